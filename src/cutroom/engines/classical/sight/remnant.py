"""Whether a hole takes a thing whole, or the thing goes on beyond one side of it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Pixels

_EDGE = 14
"""Grey levels within a small pixel's neighbourhood that are an edge."""
_BUSY, _CALM = 0.08, 0.03
"""Shares of edges beside a hole: where the thing goes on; where there is but a wall."""


def goes_on(picture: Pixels, hole: NDArray[np.uint8]) -> bool:
    """Whether one side of the hole is full of edges and the other three are bare.

    A cap cut off its bottle, a head off its shoulders. Where the place itself has edges they lie on
    several sides, and nothing can be said.
    """
    rows, columns = (
        np.flatnonzero((hole > 127).any(axis=1)),
        np.flatnonzero((hole > 127).any(axis=0)),
    )
    if len(rows) == 0:
        return False
    height, width = hole.shape
    grey = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (3, 3), 0)
    steep = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > _EDGE
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    gap, reach = 2, max(6, round(0.08 * height))
    sides = (
        steep[max(top - gap - reach, 0) : max(top - gap, 0), left:right],
        steep[min(bottom + gap, height) : bottom + gap + reach, left:right],
        steep[top:bottom, max(left - gap - reach, 0) : max(left - gap, 0)],
        steep[top:bottom, min(right + gap, width) : right + gap + reach],
    )
    shares = sorted(float(side.mean()) if side.size else 0.0 for side in sides)
    return shares[3] > _BUSY and shares[2] < _CALM
