from pathlib import Path

import pytest

from cutroom.errors import InvalidMedia
from cutroom.media import sniff

HEADS = {
    b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2": ("video", "mov"),
    b"\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00qt  ": ("video", "mov"),
    b"\x00\x00\x00\x08wide\x00\x00\x00\x00mdat": ("video", "mov"),
    b"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska": ("video", "matroska"),
    b"RIFF\x00\x00\x00\x00AVI LIST": ("video", "avi"),
    b"FLV\x01\x05\x00\x00\x00\x09": ("video", "flv"),
    b"OggS\x00\x02": ("video", "ogg"),
    b"\x00\x00\x01\xba\x44\x00": ("video", "mpeg"),
    (b"\x47\x40\x00\x10" + b"\xff" * 184) * 4: ("video", "mpegts"),
    b"GIF89a\x01\x00\x01\x00": ("image", "GIF"),
    b"\xff\xd8\xff\xe0\x00\x10JFIF": ("image", "JPEG"),
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0d": ("image", "PNG"),
    b"RIFF\x00\x00\x00\x00WEBPVP8 ": ("image", "WEBP"),
    b"BM\x46\x00\x00\x00": ("image", "BMP"),
    b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1": ("image", "AVIF"),
    b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avif": ("image", "AVIF"),
}

REFUSED = {
    b"": "empty",
    b"#EXTM3U\n#EXTINF:1\nfile:///etc/passwd": "playlist",
    b"\xef\xbb\xbf  #EXTM3U\n": "playlist",
    b"ffconcat version 1.0\nfile secret.mp4\n": "playlist",
    b"<svg xmlns='http://www.w3.org/2000/svg'/>": "SVG",
    b"<?xml version='1.0'?><svg/>": "SVG",
    b"<?xml version='1.0'?><MPD/>": "XML",
    b"<!DOCTYPE html><html>": "web page",
    b"%PDF-1.7": "PDF",
    b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic": "HEIC",
    b"RIFF\x00\x00\x00\x00WAVEfmt ": "WAV",
    b"ID3\x04\x00": "MP3",
    b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n": "neither",
    bytes(4096): "neither",
}


@pytest.mark.parametrize(("head", "found"), HEADS.items(), ids=[str(v) for v in HEADS.values()])
def test_first_bytes_decide_and_the_name_does_not(
    tmp_path: Path, head: bytes, found: tuple[str, str]
) -> None:
    path = tmp_path / "lies.m3u8"
    path.write_bytes(head)
    assert sniff.sniff(path) == found


@pytest.mark.parametrize(("head", "word"), REFUSED.items(), ids=list(map(str, range(len(REFUSED)))))
def test_what_is_refused_is_named(tmp_path: Path, head: bytes, word: str) -> None:
    path = tmp_path / "video.mp4"
    path.write_bytes(head)
    with pytest.raises(InvalidMedia, match=word):
        sniff.sniff(path)


def test_a_gif_is_both_an_image_and_a_video(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"GIF89a")
    assert sniff.video(path) == "gif"
    assert sniff.image(path) == "GIF"


def test_an_image_is_no_video_and_a_video_no_image(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(InvalidMedia, match="JPEG image, not a video"):
        sniff.video(path)
    path.write_bytes(b"\x1a\x45\xdf\xa3")
    with pytest.raises(InvalidMedia, match="not an image"):
        sniff.image(path)


def test_a_missing_file_is_invalid_media(tmp_path: Path) -> None:
    with pytest.raises(InvalidMedia, match="cannot be read"):
        sniff.sniff(tmp_path / "nothing.mp4")
