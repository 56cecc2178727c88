"""What a clip's numbers mean as colours, and the way between them and RGB."""

from typing import Final

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter
from numpy.typing import NDArray

from cutroom.media import planes
from cutroom.types import Colour

Pixels = NDArray[np.uint8]

# ITU-T H.273 code points, in FFmpeg's names.
MATRICES: Final = {
    0: "gbr",
    1: "bt709",
    2: "unspecified",
    4: "fcc",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "ycgco",
    9: "bt2020nc",
    10: "bt2020c",
    14: "ictcp",
}
PRIMARIES: Final = {
    1: "bt709",
    2: "unspecified",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "film",
    9: "bt2020",
    10: "smpte428",
    11: "smpte431",
    12: "smpte432",
    22: "ebu3213",
}
TRANSFERS: Final = {
    1: "bt709",
    2: "unspecified",
    4: "gamma22",
    5: "gamma28",
    6: "smpte170m",
    7: "smpte240m",
    8: "linear",
    11: "iec61966-2-4",
    12: "bt1361e",
    13: "iec61966-2-1",
    14: "bt2020-10",
    15: "bt2020-12",
    16: "smpte2084",
    17: "smpte428",
    18: "arib-std-b67",
}
BT709: Final = Colour("bt709", "bt709", "bt709")
BT601: Final = Colour("smpte170m", "smpte170m", "smpte170m")
HDR_TRANSFERS: Final = frozenset({"smpte2084", "arib-std-b67"})

SWS_MATRIX: Final = {
    "bt709": 1,
    "fcc": 4,
    "bt470bg": 5,
    "smpte170m": 5,
    "smpte240m": 7,
    "bt2020nc": 9,
    "bt2020c": 9,
}
"""Coefficients as libswscale numbers them."""


def code(names: dict[int, str], name: str) -> int:
    """The H.273 code of a name; 2, unspecified, for one that has none."""
    return next((number for number, known in names.items() if known == name), 2)


def described(frame: VideoFrame) -> Colour:
    """What the frame says of its own colours, `unspecified` where it is silent."""
    return Colour(
        matrix=MATRICES.get(int(frame.colorspace), "unspecified"),
        primaries=PRIMARIES.get(int(frame.color_primaries), "unspecified"),
        transfer=TRANSFERS.get(int(frame.color_trc), "unspecified"),
        full_range=int(frame.color_range) == ColorRange.JPEG
        or frame.format.name.startswith("yuvj"),
    )


def matrix(colour: Colour, width: int, height: int) -> str:
    """The YUV matrix in force: the declared one, else BT.709 for HD and BT.601 below, as players do."""
    if colour.matrix in SWS_MATRIX:
        return colour.matrix
    return "bt709" if width >= 1280 or height > 576 else "smpte170m"


def is_hdr(colour: Colour) -> bool:
    """Whether the clip needs tone-mapping to be shown as standard dynamic range."""
    return colour.transfer in HDR_TRANSFERS


def is_wide(colour: Colour) -> bool:
    """Whether RGB of this clip must be brought into BT.709: HDR, or BT.2020 primaries."""
    return is_hdr(colour) or colour.primaries == "bt2020"


def delivered(colour: Colour, width: int, height: int) -> Colour:
    """How a result made from such a clip is tagged: its own BT.601 or BT.709, always limited range."""
    if is_wide(colour):
        return BT709
    chosen = matrix(colour, width, height)
    if chosen not in {"bt709", "bt470bg", "smpte170m"}:
        chosen = "bt709"
    usual = BT709 if chosen == "bt709" else Colour(chosen, chosen, "smpte170m")
    return Colour(
        chosen,
        usual.primaries if colour.primaries == "unspecified" else colour.primaries,
        usual.transfer if colour.transfer == "unspecified" else colour.transfer,
    )


class ToRgb:
    """Turns frames of one clip into RGB. Not for several threads at once: each makes its own."""

    def __init__(self, colour: Colour, width: int, height: int) -> None:
        self._matrix = matrix(colour, width, height)
        self._full = colour.full_range
        self._swscale = VideoReformatter()
        self._coefficients = planes.to_rgb_coefficients(self._matrix, full_range=colour.full_range)

    def __call__(self, frame: VideoFrame, size: tuple[int, int]) -> Pixels:
        """The frame as RGB in `size` (width, height), as stored, C-contiguous and the caller's own."""
        whole = size == (frame.width, frame.height)
        if whole and planes.fits(frame):
            return planes.to_rgb(frame, self._coefficients)
        return plane_view(self.converted(frame, "rgb24", size), 3).copy()

    def deep(self, frame: VideoFrame, size: tuple[int, int]) -> NDArray[np.uint16]:
        """As a call, in 16 bits (0..65535), for frames of more than 8."""
        # Not rgb48: libswscale's exact path to it overflows, and its other one is off by 5 in 1023.
        bits = max(component.bits for component in frame.format.components)
        even = self.converted(frame, "yuv444p16le", size)
        return planes.deep_to_rgb(
            even, planes.deep_coefficients(self._matrix, bits, full_range=self._full)
        )

    def converted(self, frame: VideoFrame, pixel_format: str, size: tuple[int, int]) -> VideoFrame:
        """The frame in another pixel format by libswscale: RGB, or YUV in the source's own range."""
        source = ColorRange.JPEG if self._full else ColorRange.MPEG
        return self._swscale.reformat(
            frame,
            width=size[0],
            height=size[1],
            format=pixel_format,
            src_colorspace=SWS_MATRIX[self._matrix],
            dst_colorspace=SWS_MATRIX[self._matrix],
            src_color_range=source,
            dst_color_range=source if pixel_format.startswith("yuv") else ColorRange.JPEG,
            interpolation=EXACT if size == (frame.width, frame.height) else _QUICK,
            threads=1,
        )


class FromRgb:
    """Turns RGB of even sides into frames for an encoder, limited range. Safe for several threads."""

    def __init__(self, colour: Colour) -> None:
        self._coefficients = planes.to_yuv_coefficients(colour.matrix)

    def __call__(self, pixels: Pixels) -> VideoFrame:
        """A new yuv420p frame of the same size."""
        return planes.to_yuv(pixels, self._coefficients)


def plane_view(frame: VideoFrame, channels: int) -> Pixels:
    """The samples of a packed 8-bit frame without copying: (height, width, channels)."""
    plane = frame.planes[0]
    return np.ndarray(
        (frame.height, frame.width, channels),
        np.uint8,
        buffer=memoryview(plane),
        strides=(plane.line_size, channels, 1),
    )


EXACT = (
    Interpolation.BILINEAR
    | Interpolation.ACCURATE_RND
    | Interpolation.FULL_CHR_H_INT
    | Interpolation.FULL_CHR_H_INP
)
"""Without these flags libswscale's shortcut is 1 to 4 levels too dark."""
_QUICK = Interpolation.FAST_BILINEAR
