"""What a model changed, laid into the clip's own frame."""

from math import gcd
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.diffusion.family import Pixels
from cutroom.engines.diffusion.fitting.enlarged import enlarged

_ROOM = 8
"""Pixels of the model's about what is shown, so that nothing is made up at its edges."""
_WIDE = 0.04
"""Radius, as a share of the longer side, over which the shade beside a change is told."""
_MOST = 12.0
"""Grey levels of shade that are mended at most."""
_COARSE = 8
"""Pixels of a matte to one by which shades are told."""


class Box(NamedTuple):
    """A part of a frame."""

    top: int
    bottom: int
    left: int
    right: int

    def of(self, frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """That part of a frame."""
        return frame[self.top : self.bottom, self.left : self.right]


def composite(pixels: Pixels, here: Pixels, made: Pixels, matte: NDArray[np.uint8]) -> Pixels:
    """The clip's frame with what the model made where the matte is; elsewhere bit for bit as it was.

    `here` is what the model saw of it, `made` what it made, with its colours brought to the clip's. Where
    the two differ by a shade beside the matte, what is within it is mended by as much. An empty matte
    gives the frame itself back.
    """
    if not matte.any():
        return pixels
    small, large = _boxes(matte, made.shape, pixels.shape)
    mended = np.clip(np.rint(made + _shade(here, made, matte)), 0, 255).astype(np.uint8)
    shown = enlarged(small.of(mended), small.of(here), np.ascontiguousarray(large.of(pixels)))
    size = pixels.shape[1], pixels.shape[0]
    weight = large.of(np.asarray(cv2.resize(matte, size, interpolation=cv2.INTER_LINEAR), np.uint8))
    under = large.of(pixels).astype(np.float32)
    mixed = under + (shown - under) * (weight[..., None] / np.float32(255))
    whole = pixels.copy()
    large.of(whole)[:] = np.clip(np.rint(mixed), 0, 255)
    return whole


def _boxes(
    matte: NDArray[np.uint8], made: tuple[int, ...], pixels: tuple[int, ...]
) -> tuple[Box, Box]:
    """Where something of the matte is, with room: in the model's pixels, and exactly the same in the clip's."""
    small: list[int] = []
    large: list[int] = []
    for axis in (0, 1):
        places = np.flatnonzero(matte.any(axis=1 - axis))
        scale = made[axis] / matte.shape[axis]
        # Of so many pixels of the model's the clip has a whole number.
        step = made[axis] // gcd(made[axis], pixels[axis])
        first = max(int(places[0] * scale) - _ROOM, 0) // step * step
        last = min(-(-(int((places[-1] + 1) * scale) + _ROOM) // step) * step, made[axis])
        small += first, last
        large += (side * pixels[axis] // made[axis] for side in (first, last))
    return Box(*small), Box(*large)


def _shade(here: Pixels, made: Pixels, matte: NDArray[np.uint8]) -> NDArray[np.float32]:
    """By how much the clip differs from the made frame beside the matte, carried on into it; (height, width, 3)."""
    height, width = (max(side // _COARSE, 1) for side in matte.shape)
    clear = (matte == 0).astype(np.float32)
    size = matte.shape[1], matte.shape[0]
    old, new = (cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in (here, made))
    off = np.clip(old.astype(np.float32) - new, -_MOST, _MOST) * clear[..., None]
    few, known = (
        cv2.resize(one, (width, height), interpolation=cv2.INTER_AREA) for one in (off, clear)
    )
    radius = max(_WIDE * max(width, height), 0.5)
    few, known = (cv2.GaussianBlur(one, (0, 0), radius) for one in (few, known))
    told = few / (known[..., None] + 0.02)
    return np.asarray(
        cv2.resize(told, (made.shape[1], made.shape[0]), interpolation=cv2.INTER_LINEAR), np.float32
    )
