"""Pictures cut to a shape, and brought to a size."""

import cv2
import numpy as np

from cutroom.engines.diffusion.family import Pixels


def middle(picture: Pixels, shape: tuple[int, int]) -> Pixels:
    """As much of the picture's middle as has the shape of a width and a height, at its own scale."""
    tall, wide = picture.shape[:2]
    scale = max(shape[0] / wide, shape[1] / tall)
    across, down = min(wide, round(shape[0] / scale)), min(tall, round(shape[1] / scale))
    left, top = (wide - across) // 2, (tall - down) // 2
    return picture[top : top + down, left : left + across]


def scaled(picture: Pixels, size: tuple[int, int]) -> Pixels:
    """The whole picture at a width and height; enlarged by Lanczos's filter, reduced by area."""
    if picture.shape[1::-1] == size:
        return np.ascontiguousarray(picture)
    way = cv2.INTER_AREA if size[0] < picture.shape[1] else cv2.INTER_LANCZOS4
    return np.asarray(cv2.resize(picture, size, interpolation=way), np.uint8)
