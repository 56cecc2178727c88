"""What rain does to the ground: rings and droplets where drops land, and the sheen of a wet surface.

Where the ground is, is not known: it is taken to be the lower part of the frame, so both fade in downwards.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats
from cutroom.engines.classical.noise import dice
from cutroom.engines.classical.op import Pixels

_HORIZON = 0.60
"""Share of the height from which on drops are seen to land."""
_LIFE = 0.22
"""Seconds that a splash lasts."""


class Puddles:
    """The wet ground of one clip."""

    def __init__(self, aspect: float, density: float, key: Sequence[int]) -> None:
        many = max(4, round(130 * aspect * density))
        self._own = dice(*key).random((many, 6))
        self._aspect = aspect

    def splashes(
        self, seconds: float, aside: tuple[float, float], shape: tuple[int, int]
    ) -> Floats:
        """How much of the frame they cover, 0..1, (height, width)."""
        height, own, deep = shape[0], self._own, 1 - _HORIZON
        rest = 0.25 + 0.5 * own[:, 0]  # a place is hit again after a while, and not at once
        lives = seconds / (_LIFE + rest) + own[:, 1]
        turn = np.floor(lives)
        age = (lives - turn) * (_LIFE + rest) / _LIFE
        x = np.mod(own[:, 2] * self._aspect + turn * 0.754877666 + aside[0], self._aspect)
        down = np.mod(own[:, 3] + turn * 0.569840291 + aside[1] / deep, 1.0) ** 0.8
        plane = np.zeros(shape, np.uint8)
        for n in np.flatnonzero(age < 1):
            size = (0.004 + 0.011 * down[n]) * (0.6 + 0.8 * own[n, 4])
            at = (x[n], _HORIZON + deep * down[n])
            _splash(plane, at, size, float(age[n]), 0.35 + 0.65 * float(down[n]))
        soft = cv2.GaussianBlur(plane, (0, 0), max(height / 1100, 0.45))
        return np.asarray(soft, np.float32) * np.float32(0.75 / 255)

    def sheen(self, wet: Pixels, strength: float) -> Pixels:
        """The ground darker, and what stands above it smeared down on it as on wet asphalt; a new array."""
        height, width = wet.shape[:2]
        top = round(_HORIZON * 0.92 * height)
        if height - top < 4:
            return wet
        rows, columns = max(2, (height - top) // 4), max(2, width // 4)
        ground = cv2.resize(wet[top:], (columns, rows), interpolation=cv2.INTER_AREA)
        above = wet[max(0, 2 * top - height) : top][::-1]
        mirror = cv2.resize(above, (columns, rows), interpolation=cv2.INTER_AREA)
        smeared = cv2.blur(mirror, (3, max(3, rows // 3) | 1))
        rough = cv2.absdiff(ground, cv2.GaussianBlur(ground, (0, 0), 2.0)).max(axis=-1)
        flat = 1 - np.clip(cv2.GaussianBlur(rough, (0, 0), 2.0).astype(np.float32) / 14, 0, 1)
        fade = tone.smoothstep(np.linspace(0, 1, rows, dtype=np.float32)[:, None], 0.0, 0.75)
        share = np.asarray(flat * fade * np.float32(min(0.30 * strength, 0.4)), np.float32)
        size = (width, height - top)
        share = np.asarray(cv2.resize(share, size), np.float32)
        reflected = np.asarray(cv2.resize(smeared, size), np.uint8)
        result = wet.copy()
        result[top:] = cv2.blendLinear(wet[top:], reflected, 1 - 1.25 * share, share)
        return result


def _splash(plane: Pixels, at: tuple[float, float], size: float, age: float, bright: float) -> None:
    """A ring that widens and droplets that hop, drawn in place; lengths are in heights."""
    height = plane.shape[0]
    x, y = at[0] * height * 16, at[1] * height * 16
    level = int(230 * bright * (1 - age))
    reach = size * height * 16 * (0.35 + age)
    axes = (round(reach), round(reach * 0.34))
    cv2.ellipse(plane, (round(x), round(y)), axes, 0, 0, 360, level, 1, cv2.LINE_AA, 4)
    hop = 4 * age * (1 - age)
    for side in (-0.8, 0.1, 0.9):
        spot = (
            round(x + side * reach * 0.9),
            round(y - hop * size * height * 16 * (1.5 - abs(side))),
        )
        cv2.circle(plane, spot, max(6, round(size * height * 1.6)), level, -1, cv2.LINE_AA, 4)
