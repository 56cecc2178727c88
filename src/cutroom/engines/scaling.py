"""Pictures cut to a shape, and brought to a size."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""RGB, (height, width, 3)."""


def middle(picture: Pixels, shape: tuple[int, int]) -> Pixels:
    """As much of the picture's middle as has the shape of a width and a height, at its own scale."""
    tall, wide = picture.shape[:2]
    scale = max(shape[0] / wide, shape[1] / tall)
    across, down = min(wide, round(shape[0] / scale)), min(tall, round(shape[1] / scale))
    left, top = (wide - across) // 2, (tall - down) // 2
    return picture[top : top + down, left : left + across]


def scaled(picture: Pixels, size: tuple[int, int]) -> Pixels:
    """A picture to be looked at, at a width and height; enlarged by Lanczos's filter, reduced by area."""
    if picture.shape[1::-1] == size:
        return np.ascontiguousarray(picture)
    way = cv2.INTER_AREA if size[0] < picture.shape[1] else cv2.INTER_LANCZOS4
    return np.asarray(cv2.resize(picture, size, interpolation=way), np.uint8)


def resized(frame: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    """A frame or a plane to be compared or worked on, at a width and height, in its own type.

    Averaged where it shrinks, by cubic splines where it grows, which ring less beside edges than Lanczos's filter.
    """
    if size == (frame.shape[1], frame.shape[0]):
        return frame
    shrinks = size[0] * size[1] < frame.shape[0] * frame.shape[1]
    way = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(frame, size, interpolation=way), frame.dtype)
