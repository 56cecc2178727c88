"""Laying drawn RGBA tiles over a picture, in float."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Plane: TypeAlias = NDArray[np.float32]
"""A picture or layer in float: (height, width, 3) or with alpha (height, width, 4), all 0..255."""


def paste(picture: Plane, layer: Plane, at: tuple[int, int]) -> Plane:
    """The picture with the RGBA tile laid over it at `at` (x, y); cut at the edges."""
    height, width = picture.shape[:2]
    x0, y0 = max(at[0], 0), max(at[1], 0)
    x1, y1 = min(at[0] + layer.shape[1], width), min(at[1] + layer.shape[0], height)
    part = layer[y0 - at[1] : y1 - at[1], x0 - at[0] : x1 - at[0]]
    picture[y0:y1, x0:x1] = over(picture[y0:y1, x0:x1], part)
    return picture


def over(below: Plane, above: Plane) -> Plane:
    """RGBA (alpha 0..255) over RGB."""
    alpha = above[..., 3:] / np.float32(255)
    return np.asarray(below + alpha * (above[..., :3] - below), np.float32)


def smooth(x: Plane) -> Plane:
    """0..1 with flat ends."""
    x = np.clip(x, 0, 1)
    return np.asarray(x * x * (3 - 2 * x), np.float32)
