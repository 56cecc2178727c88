"""The files of an edit as another server is to get them: named by what is in them."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from cutroom.media import sniff

_TYPES = {
    "mov": ("mp4", "video/mp4"), "matroska": ("mkv", "video/x-matroska"), "avi": ("avi", "video/x-msvideo"),
    "mpegts": ("ts", "video/mp2t"), "mpeg": ("mpg", "video/mpeg"), "ogg": ("ogv", "video/ogg"), "flv": ("flv", "video/x-flv"),
    "JPEG": ("jpg", "image/jpeg"), "PNG": ("png", "image/png"), "WEBP": ("webp", "image/webp"),
    "GIF": ("gif", "image/gif"), "AVIF": ("avif", "image/avif"), "BMP": ("bmp", "image/bmp"),
}  # fmt: skip
"""What `sniff` calls a format -> the end of a file's name, its media type."""


@dataclass(frozen=True, slots=True)
class Named:
    """A file under a name that is the same whenever its content is."""

    path: Path
    name: str
    kind: str
    """Its media type."""


def named(path: Path) -> Named:
    """The file with its name. Raises InvalidMedia for what is neither a video nor an image."""
    ending, kind = _TYPES.get(sniff.sniff(path).format, ("bin", "application/octet-stream"))
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Named(path, f"{digest[:20]}.{ending}", kind)
