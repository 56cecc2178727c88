"""A subject before another place: freed of the old one's colour, and touched by the light of the new."""

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Pixels

Float = NDArray[np.float32]

_WRAP = 0.42
"""How much of the new place's light comes round the rim of the subject."""
_REACH = 0.012
"""How far it comes, as a share of the frame's height."""


def composed(pixels: Pixels, behind: Pixels, ground: Pixels, alpha: Float, light: Float) -> Pixels:
    """The subject over `ground`, which is changed in place and given back.

    `behind` is the old place, `alpha` the matte 0..1, `light` (3,) the factors of the new light.
    """
    box = _box(alpha)
    if box is None:
        return ground
    cover = (alpha[box] * 255 + 0.5).astype(np.uint8)
    a = cv2.cvtColor(cover, cv2.COLOR_GRAY2RGB)
    rest = cv2.bitwise_not(a)
    here = np.ascontiguousarray(pixels[box])
    # I = aF + (1-a)B, so aF = I - (1-a)B: what is left of the subject once its old background is gone.
    freed = cv2.subtract(here, cv2.multiply(np.ascontiguousarray(behind[box]), rest, scale=1 / 255))
    # Where the plate is wrong the plain product is safer; they agree where alpha is near 1.
    plain = cv2.multiply(here, a, scale=1 / 255)
    front = cv2.addWeighted(cv2.min(freed, a), 0.6, plain, 0.4, 0)
    if (light != 1).any():
        front = cv2.multiply(front, np.append(light, 1).astype(np.float64))
    place = np.ascontiguousarray(ground[box])
    front = cv2.add(front, _wrapped(place, cover, pixels.shape[0]))
    ground[box] = cv2.add(front, cv2.multiply(place, rest, scale=1 / 255))
    return ground


def _wrapped(place: Pixels, cover: NDArray[np.uint8], height: int) -> Pixels:
    """The light of the place that spills over the rim: bright where the place beside it is bright."""
    reach = max(1.2, _REACH * height)
    shrink = max(1, round(reach / 2))
    size = (max(1, place.shape[1] // shrink), max(1, place.shape[0] // shrink))
    small = cv2.resize(cover, size, interpolation=cv2.INTER_AREA)
    outside = cv2.bitwise_not(small)
    shown = cv2.multiply(
        cv2.resize(place, size, interpolation=cv2.INTER_AREA),
        cv2.cvtColor(outside, cv2.COLOR_GRAY2RGB),
        scale=1 / 255,
    )
    spill = cv2.GaussianBlur(shown, (0, 0), reach / shrink, borderType=cv2.BORDER_REPLICATE)
    spill = cv2.resize(spill, place.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    # Only on the subject, and only what is brighter than a dull wall: dark places shed no light.
    spill = cv2.multiply(spill, cv2.cvtColor(cover, cv2.COLOR_GRAY2RGB), scale=_WRAP / 255)
    return np.asarray(cv2.subtract(spill, np.full_like(spill, 10)), np.uint8)


def _box(alpha: Float) -> tuple[slice, slice] | None:
    """Rows and columns that the matte touches."""
    rows = np.flatnonzero(cv2.reduce(alpha, 1, cv2.REDUCE_MAX).ravel() > 0)
    columns = np.flatnonzero(cv2.reduce(alpha, 0, cv2.REDUCE_MAX).ravel() > 0)
    if len(rows) == 0 or len(columns) == 0:
        return None
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
