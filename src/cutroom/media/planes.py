"""The common case of colour conversion, 8-bit 4:2:0 with even sides, exact to rounding and quick.

A chroma sample covers a block of 2x2 pixels and is their mean: RGB and back changes nothing but
rounding. Formulas: ITU-T H.273, 8.3.
"""

from typing import Final

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

_K: Final = {
    "bt709": (0.2126, 0.0722),
    "fcc": (0.30, 0.11),
    "bt470bg": (0.299, 0.114),
    "smpte170m": (0.299, 0.114),
    "smpte240m": (0.212, 0.087),
    "bt2020nc": (0.2627, 0.0593),
    "bt2020c": (0.2627, 0.0593),
}
"""K_R and K_B, the shares of red and blue in luma."""
FORMATS: Final = frozenset({"yuv420p", "yuvj420p"})
"""Pixel formats that this module can take."""


def _forward(matrix: str, *, full_range: bool) -> NDArray[np.float64]:
    """3x4: RGB in 0..255 and 1 -> Y, Cb, Cr in 0..255."""
    red, blue = _K[matrix]
    luma = np.array([red, 1 - red - blue, blue])
    cb = (np.array([0, 0, 1]) - luma) / (2 * (1 - blue))
    cr = (np.array([1, 0, 0]) - luma) / (2 * (1 - red))
    scale = np.array([1, 1, 1]) if full_range else np.array([219, 224, 224]) / 255
    offset = np.array([0.0 if full_range else 16.0, 128.0, 128.0])
    return np.column_stack([np.stack([luma, cb, cr]) * scale[:, None], offset])


def to_rgb_coefficients(matrix: str, *, full_range: bool) -> NDArray[np.float32]:
    """3x4: Y, Cb, Cr and 1 -> R, G, B."""
    forward = _forward(matrix, full_range=full_range)
    inverse = np.linalg.inv(forward[:, :3])
    return np.column_stack([inverse, -inverse @ forward[:, 3]]).astype(np.float32)


def to_yuv_coefficients(matrix: str) -> NDArray[np.float32]:
    """3x4: R, G, B and 1 -> Y, Cb, Cr in limited range."""
    return _forward(matrix, full_range=False).astype(np.float32)


def deep_coefficients(matrix: str, bits: int, *, full_range: bool) -> NDArray[np.float32]:
    """As `to_rgb_coefficients`, from samples of `bits` shifted up to 16 bits, to RGB in 0..65535."""
    forward = _forward(matrix, full_range=full_range)
    unit = 256.0  # a step of 8 bits in 16
    scale = forward[:, :3] * 255 * unit
    if full_range:
        scale *= (2**bits - 1) * 2 ** (16 - bits) / (255 * unit)
    inverse = np.linalg.inv(scale) * 65_535
    return np.column_stack([inverse, -inverse @ (forward[:, 3] * unit)]).astype(np.float32)


def deep_to_rgb(frame: VideoFrame, coefficients: NDArray[np.float32]) -> NDArray[np.uint16]:
    """A yuv444p16le frame as RGB, (height, width, 3)."""
    import cv2  # noqa: PLC0415 - as above

    samples = []
    for index in range(3):
        plane = frame.planes[index]
        shape, strides = (frame.height, frame.width), (plane.line_size, 2)
        samples.append(np.ndarray(shape, np.uint16, buffer=memoryview(plane), strides=strides))
    return np.asarray(cv2.transform(cv2.merge(samples), coefficients), np.uint16)


def fits(frame: VideoFrame) -> bool:
    """Whether this module can take the frame."""
    even = frame.width % 2 == 0 and frame.height % 2 == 0
    return even and frame.format.name in FORMATS


def to_rgb(frame: VideoFrame, coefficients: NDArray[np.float32]) -> Pixels:
    """The frame as RGB, (height, width, 3)."""
    import cv2  # noqa: PLC0415 - a probe needs no OpenCV, and it takes longer to import than to probe

    luma, cb, cr = (view(frame, index) for index in range(3))
    cb, cr = _doubled(cb), _doubled(cr)
    pixels = np.empty((frame.height, frame.width, 3), np.uint8)
    for row in (0, 1):
        cv2.transform(cv2.merge((luma[row::2], cb, cr)), coefficients, dst=pixels[row::2])
    return pixels


def to_yuv(pixels: Pixels, coefficients: NDArray[np.float32]) -> VideoFrame:
    """RGB of even sides as a yuv420p frame."""
    import cv2  # noqa: PLC0415 - as above

    height, width = pixels.shape[:2]
    frame = VideoFrame(width, height, "yuv420p")
    # Three results and one thrown away: OpenCV's way from 3 channels to 3 is several times faster
    # than the one to fewer.
    small = cv2.resize(pixels, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    cv2.extractChannel(cv2.transform(pixels, coefficients), 0, view(frame, 0))
    chroma = cv2.transform(small, coefficients)
    cv2.extractChannel(chroma, 1, view(frame, 1))
    cv2.extractChannel(chroma, 2, view(frame, 2))
    return frame


def _doubled(plane: Pixels) -> Pixels:
    """Each sample twice in its row."""
    pairs: Pixels = (plane.astype(np.uint16) * np.uint16(257)).view(np.uint8)
    return pairs


def view(frame: VideoFrame, index: int) -> Pixels:
    """The samples of a plane without copying."""
    plane = frame.planes[index]
    return np.ndarray(
        (plane.height, plane.width),
        np.uint8,
        buffer=memoryview(plane),
        strides=(plane.line_size, 1),
    )
