"""A frame of a result made small, to be seen while the rest is made."""

from fractions import Fraction

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter
from numpy.typing import NDArray
from PIL import Image

from cutroom.media import colour as colours
from cutroom.media import thumbnail
from cutroom.types import Colour

BOX = (480, 960)
"""Width and height that it fits into."""


def of(frame: VideoFrame, colour: Colour, aspect: Fraction) -> NDArray[np.uint8]:
    """A frame as an encoder takes it, small, in RGB and with square pixels."""
    size = thumbnail.fitted((frame.width * aspect, Fraction(frame.height)), BOX)
    small = VideoReformatter().reformat(
        frame,
        width=size[0],
        height=size[1],
        format="rgb24",
        src_colorspace=colours.SWS_MATRIX[colour.matrix],
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
        interpolation=Interpolation.AREA,
        threads=1,
    )
    return colours.plane_view(small, 3).copy()


def jpeg(pixels: NDArray[np.uint8]) -> bytes:
    """The bytes of a small JPEG of a frame, RGB. Raises ValueError for what is none."""
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8:
        raise ValueError(f"{pixels.dtype} {pixels.shape} is no frame")
    height, width = pixels.shape[:2]
    size = thumbnail.fitted((Fraction(width), Fraction(height)), BOX)
    image = Image.fromarray(np.ascontiguousarray(pixels))
    if size != image.size:
        image = image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    return thumbnail.jpeg(image)
