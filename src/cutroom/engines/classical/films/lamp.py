"""Light that things give off: a glow added to what is there."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.films.drawing import RGB
from cutroom.engines.classical.op import Pixels


def glow(
    frame: Pixels, at: tuple[float, float], reach: float, colour: RGB, strength: float
) -> None:
    """Add a round glow of `reach` pixels to the frame, in place; it brightens and never clips hard."""
    radius = max(2, round(reach))
    left, top = round(at[0]) - radius, round(at[1]) - radius
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + 2 * radius, frame.shape[1]), min(top + 2 * radius, frame.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    light = _disc(min(radius, 256))
    if radius > 256:
        light = np.asarray(cv2.resize(light, (2 * radius, 2 * radius)), np.float32)
    share = light[y0 - top : y1 - top, x0 - left : x1 - left, None] * np.float32(strength)
    part = frame[y0:y1, x0:x1]
    room = 255 - part.astype(np.float32)
    part[:] = (part + room * share * (np.array(colour, np.float32) / 255) + 0.5).astype(np.uint8)


@lru_cache(maxsize=64)
def _disc(radius: int) -> NDArray[np.float32]:
    """A soft disc (2 radius, 2 radius), 1 in the middle, 0 at its rim."""
    line = (np.arange(2 * radius, dtype=np.float32) + 0.5 - radius) / radius
    away = np.minimum(np.hypot(line[:, None], line[None]), 1)
    disc = np.asarray((1 - away) ** 2 * np.exp(-2.2 * away), np.float32)
    disc.setflags(write=False)
    return disc
