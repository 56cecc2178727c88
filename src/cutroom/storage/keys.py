"""What stored files are called, and how they are shown. A key looks like `namespace/repository/folder/name.mp4`."""

import re
import unicodedata
from pathlib import PurePosixPath
from urllib.parse import quote

from cutroom.errors import InvalidParams

INPUTS = ".inputs"
"""Where the inputs of generations lie, `.inputs/{generation}/{place}-{copy}`; no namespace begins with a dot."""
PARTS = ".parts"
"""Where the parts of long results lie, `.parts/{generation}/{mark}/{name}`."""
KEY_BYTES = 900
"""Longest key: S3 takes 1024 bytes, of which the installation's prefix needs some."""
SEGMENT_BYTES = 200
"""Longest part of a key between slashes: file systems take 255 bytes, staging adds a few."""
STAGED = re.compile(r"#\d+$")
"""How the names of files end that a folder's store has not finished yet; no key ends so."""

TYPES = {
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".mkv": "video/x-matroska",
    ".mov": "video/quicktime",
    ".mp4": "video/mp4",
    ".png": "image/png",
    ".webm": "video/webm",
    ".webp": "image/webp",
}


def content_type(key: str) -> str:
    """The media type to serve a key as; nothing that a browser would run, whatever its suffix."""
    return TYPES.get(PurePosixPath(key).suffix.lower(), "application/octet-stream")


def disposition(key: str) -> str:
    """What a browser is told to do with a key: show videos and pictures, save the rest."""
    shown = "inline" if content_type(key).startswith(("video/", "image/")) else "attachment"
    return f"{shown}; filename*=UTF-8''{quote(PurePosixPath(key).name, safe='')}"


def owner(key: str) -> str:
    """The namespace that a key lies in."""
    return key.partition("/")[0]


def input_folder(generation_id: str) -> str:
    """Where the inputs of a generation lie."""
    return f"{INPUTS}/{generation_id}"


def input_key(generation_id: str, place: int, copy: str) -> str:
    """Where one input of a generation lies; its places count from 0, and no two tries write to one key."""
    return f"{input_folder(generation_id)}/{place}-{copy}"


def check_key(key: str) -> str:
    """The key itself. Raises InvalidParams for one that could mean a place outside the storage."""
    segments = key.split("/")
    if any(segment in {"", ".", ".."} for segment in segments):
        raise InvalidParams("Invalid path: empty, '.' and '..' are not names.")
    if "\\" in key or any(unicodedata.category(letter)[0] == "C" for letter in key):
        raise InvalidParams("Invalid path: it holds a character that is not allowed.")
    if any(map(STAGED.search, segments)):
        raise InvalidParams("Invalid path: a name may not end in '#' and digits.")
    if len(key.encode()) > KEY_BYTES or any(len(s.encode()) > SEGMENT_BYTES for s in segments):
        raise InvalidParams("Invalid path: too long.")
    return key
