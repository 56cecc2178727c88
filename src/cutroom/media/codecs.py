"""Which codecs the FFmpeg at hand was built with."""

from typing import Literal

import av
from av.codec import Codec
from av.codec.codec import UnknownCodecError

RESULTS = {"h264": "libx264", "av1": "libsvtav1", "vp9": "libvpx-vp9"}
"""What results can be encoded as, and by which encoder."""
SOURCES = ("h264", "hevc", "av1", "vp9", "vp8", "mpeg4", "prores", "mjpeg", "gif", "aac", "opus")
"""What videos of people usually hold."""


def ffmpeg_version() -> str:
    """FFmpeg's own version, e.g. `8.1.2`."""
    return str(av.ffmpeg_version_info)


def can_encode(codec: str) -> bool:
    """Whether results can be made as `codec` (h264, av1, vp9)."""
    return _exists(RESULTS[codec], "w")


def can_decode(codec: str) -> bool:
    """Whether sources in `codec` can be read."""
    return _exists(codec, "r")


def _exists(name: str, mode: Literal["r", "w"]) -> bool:
    try:
        Codec(name, mode)
    except UnknownCodecError:
        return False
    return True
