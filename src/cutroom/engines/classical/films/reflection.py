"""The mirror image of something on the water, broken by waves."""

import cv2
import numpy as np

from cutroom.engines.classical.films.drawing import Figure
from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sprites.sprite import Sprite, lay

_SQUASH = 0.62
"""A slanting look shortens what lies in the water."""
_DEPTH = 0.62
"""Opacity at the waterline."""


def mirror(
    frame: Pixels,
    figure: Figure,
    at: tuple[float, float],
    *,
    scale: float,
    seconds: float,
    shore: float,
) -> None:
    """Lay the reflection of a figure whose origin floats at a place of the frame, in place.

    It ends where the water does: at the row `shore`.
    """
    line = round(figure.origin[1])
    upper = figure.sprite.pixels[:line][::-1]
    cover = figure.sprite.alpha[:line][::-1]
    tall = max(2, round(len(upper) * _SQUASH * scale))
    wide = max(2, round(figure.sprite.width * scale))
    pixels = cv2.resize(upper, (wide, tall), interpolation=cv2.INTER_AREA)
    alpha = cv2.resize(np.ascontiguousarray(cover), (wide, tall), interpolation=cv2.INTER_AREA)
    y, x = np.mgrid[0:tall, 0:wide].astype(np.float32)
    depth = y / tall
    size = 0.030 * tall * (0.25 + 1.5 * depth)
    ripple = size * (
        np.sin(34 * depth**0.7 + 3.1 * seconds) + 0.6 * np.sin(61 * depth**0.8 - 4.3 * seconds)
    )
    broken = 0.70 + 0.30 * np.sin(48 * depth**0.7 - 2.2 * seconds + 0.02 * x)
    pixels = cv2.remap(pixels, x + ripple, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    shown = cv2.remap(alpha, x + ripple, y, cv2.INTER_LINEAR)
    ends = np.clip((shore - at[1] - y) / (0.06 * frame.shape[0]), 0, 1)
    faint = np.asarray(shown * broken * _DEPTH * ends * (1 - depth) ** 0.8, np.float32)
    dim = np.asarray(pixels * np.float32(0.72), np.uint8)
    place = np.array([[1.0, 0, at[0] - figure.origin[0] * scale], [0, 1.0, at[1]]])
    lay(frame, Sprite(dim, faint), place)
