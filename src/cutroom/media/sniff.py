"""What a file is, told by its first bytes alone: no codec runs, and its name is not asked."""

from pathlib import Path
from typing import Literal, NamedTuple

from cutroom.errors import InvalidMedia

HEAD = 4096
"""Bytes looked at."""

VIDEOS = "MP4, MOV, WebM, Matroska, AVI, FLV, GIF, MPEG-TS, MPEG-PS or Ogg"
IMAGES = "JPEG, PNG, WebP, GIF, AVIF or BMP"

_STILL_BRANDS = {b"avif": "AVIF", b"avis": "AVIF"}
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_MOV_BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp"}

_MAGIC: tuple[tuple[bytes, Literal["video", "image"], str], ...] = (
    (b"\x1a\x45\xdf\xa3", "video", "matroska"),
    (b"FLV\x01", "video", "flv"),
    (b"OggS", "video", "ogg"),
    (b"\x00\x00\x01\xba", "video", "mpeg"),
    (b"GIF87a", "image", "GIF"),
    (b"GIF89a", "image", "GIF"),
    (b"\xff\xd8\xff", "image", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "image", "PNG"),
    (b"BM", "image", "BMP"),
)

_REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"#EXTM3U", "a playlist, which names other files; send the video itself"),
    (b"ffconcat", "a playlist, which names other files; send the video itself"),
    (b"<svg", "an SVG drawing; send a JPEG or PNG of it"),
    (b"<?xml", "an XML document"),
    (b"<!doctype", "a web page"),
    (b"<html", "a web page"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"\x00\x00\x01\x00", "an ICO icon"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a Windows Media file"),
    (b"ID3", "an MP3 sound file; it holds no picture"),
    (b"fLaC", "a FLAC sound file; it holds no picture"),
)


class Sniffed(NamedTuple):
    """What a file turned out to be."""

    kind: Literal["video", "image"]
    """A GIF is an image here; `video` takes it too."""
    format: str
    """FFmpeg's demuxer for a video, Pillow's format for an image."""


def sniff(path: Path) -> Sniffed:
    """The kind and format of the file. Raises InvalidMedia naming what it is instead, or what is taken."""
    return sniff_head(_head(path))


def sniff_head(head: bytes) -> Sniffed:
    """As `sniff`, of a file's first `HEAD` bytes."""
    for magic, kind, name in _MAGIC:
        if head.startswith(magic):
            return Sniffed(kind, name)
    if head[:4] == b"RIFF":
        return _riff(head)
    if head[4:8] in _MOV_BOXES:
        return _boxes(head)
    if _transport_stream(head):
        return Sniffed("video", "mpegts")
    raise InvalidMedia(f"The file is {_refused(head)}.")


def video(path: Path) -> str:
    """FFmpeg's demuxer name for a file that may hold moving pictures. Raises InvalidMedia."""
    kind, name = sniff(path)
    if name == "GIF":
        return "gif"
    if kind != "video":
        raise InvalidMedia(f"The file is a {name} image, not a video. Videos can be {VIDEOS}.")
    return name


def image(path: Path) -> str:
    """Pillow's format name for a file that holds a picture. Raises InvalidMedia."""
    kind, name = sniff(path)
    if kind != "image":
        raise InvalidMedia(f"The file is a video ({name}), not an image. Images can be {IMAGES}.")
    return name


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError as error:
        raise InvalidMedia("The file cannot be read.") from error
    if not head:
        raise InvalidMedia("The file is empty (0 bytes).")
    return head


def _riff(head: bytes) -> Sniffed:
    form = head[8:12]
    if form in {b"AVI ", b"AVIX"}:
        return Sniffed("video", "avi")
    if form == b"WEBP":
        return Sniffed("image", "WEBP")
    if form == b"WAVE":
        raise InvalidMedia("The file is a WAV sound file; it holds no picture.")
    raise InvalidMedia("The file is a RIFF file of an unknown kind.")


def _boxes(head: bytes) -> Sniffed:
    """ISO base media: the brands of `ftyp` part videos from stills."""
    if head[4:8] != b"ftyp":
        return Sniffed("video", "mov")
    size = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, size, 4))]
    for brand in brands:
        if brand in _STILL_BRANDS:
            return Sniffed("image", _STILL_BRANDS[brand])
    if brands[0] in _HEIF_BRANDS:
        raise InvalidMedia(f"The file is a HEIC/HEIF image. Images can be {IMAGES}.")
    return Sniffed("video", "mov")


def _transport_stream(head: bytes) -> bool:
    """MPEG-TS: a sync byte every 188 bytes, or every 192 after a 4-byte time (M2TS)."""
    return any(
        len(head) > start + 2 * step
        and all(head[at] == 0x47 for at in range(start, len(head), step))
        for start, step in ((0, 188), (4, 192))
    )


def _refused(head: bytes) -> str:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith(b"<?xml") and b"<svg" in text:
        return "an SVG drawing; send a JPEG or PNG of it"
    for magic, what in _REFUSED:
        if text.startswith(magic.lower()) or head.startswith(magic):
            return what
    return f"neither a video nor an image that is known here (videos: {VIDEOS}; images: {IMAGES})"
