"""What stands out whether it moves or not: salience in every frame, followed through the clip."""

import cv2
import numpy as np

from cutroom.engine import Tick
from cutroom.engines.classical.sight.reel import Reel, Shelf
from cutroom.engines.classical.sight.salience import salience

_EVERY = 0.25
"""Seconds between the frames that are looked at; those between are blended."""


def stand_out(reel: Reel, tick: Tick) -> Shelf:
    """How much each small pixel stands out in every frame, 0..255."""
    shelf = Shelf(len(reel), reel.height, reel.width)
    picks = _looked_at(reel)
    before, last = 0, shelf[0]
    for index in picks:
        plane = np.asarray(np.clip(salience(reel[index]) * 255, 0, 255), np.uint8)
        shelf[index] = plane
        for between in range(before + 1, index):
            share = (between - before) / (index - before)
            shelf[between] = np.asarray(cv2.addWeighted(last, 1 - share, plane, share, 0), np.uint8)
        before, last = index, plane
        tick(0.0)
    return shelf


def _looked_at(reel: Reel) -> list[int]:
    """The first and the last frame, and enough between them."""
    span = float(reel.times[-1] - reel.times[0])
    count = max(3, round(span / _EVERY) + 1)
    return reel.sample(count)
