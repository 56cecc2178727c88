"""How water, clouds and fire move, in a loop without a seam.

Clouds are carried along by a field of velocities: two copies, half a period apart, each fade in and out at
the ends of its way, so that none is ever carried far nor jumps back (the flow maps of games, Vlachos 2010).
Water is bent by two wave fields that cross, drawn in the perspective of a plane; fire by a field that rises.
Every displacement is taken less that of the first moment, so that the first frame is the image itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np

from cutroom.engines.classical.noise import clouds, dice
from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.stills.regions import Float

Bend: TypeAlias = Callable[[float], Pixels]
"""Seconds -> the matter of a region at that moment."""
_TILE = 256
"""Side of the noise that bends water and fire; it wraps."""


@dataclass(frozen=True)
class Going:
    """How matter moves."""

    pace: float
    """1: as is usual for it."""
    period: float
    """Seconds of a loop."""
    seed: int


@dataclass(frozen=True)
class Matter:
    """What is to move."""

    pixels: Pixels
    """The region's box, its matter carried on beyond the border."""
    height: int
    """Of the whole picture."""
    rows: slice
    """Of the picture that the box takes."""
    going: Going


def _noise(seed: int, key: int) -> Float:
    """A tile of noise, mean 0, deviation 1."""
    field = clouds(_TILE, _TILE, 0.16, 3, dice(seed, key))
    return np.asarray((field - field.mean()) / max(float(field.std()), 1e-3), np.float32)


class Clouds:
    """A sky whose clouds go to the right, faster where they are high above."""

    def __init__(self, matter: Matter) -> None:
        going, height = matter.going, matter.height
        self._matter, self._period = matter.pixels, going.period
        tall, wide = self._matter.shape[:2]
        y, self._x = np.mgrid[0:tall, 0:wide].astype(np.float32)
        high = 1 - (y + matter.rows.start) / max(matter.rows.stop, 1)
        speed = (0.010 + 0.016 * high) * height * going.pace**0.7
        self._speed, self._y = np.asarray(speed, np.float32), y

    def __call__(self, seconds: float) -> Pixels:
        """The matter at a moment."""
        one, share = self._carried(seconds / self._period)
        other, _ = self._carried(seconds / self._period + 0.5)
        return np.asarray(cv2.addWeighted(one, share, other, 1 - share, 0), np.uint8)

    def _carried(self, turns: float) -> tuple[Pixels, float]:
        """The matter carried along since the middle of its way, and its weight."""
        phase = (turns + 0.5) % 1 - 0.5
        x = self._x - self._speed * np.float32(phase * self._period)
        shown = cv2.remap(self._matter, x, self._y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)  # fmt: skip
        even = 1 - abs(2 * phase)
        return np.asarray(shown, np.uint8), even * even * (3 - 2 * even)


class Waves:
    """Water bent by two wave fields that cross."""

    def __init__(self, matter: Matter) -> None:
        going, height = matter.going, matter.height
        self._matter, self._period = matter.pixels, going.period
        self._beats = max(1, round(going.pace))
        tall, wide = self._matter.shape[:2]
        y, x = np.mgrid[0:tall, 0:wide].astype(np.float32)
        near = (y + 0.06 * tall) / (1.06 * tall)
        self._x, self._y = x, y
        half_y, half_x = y[::2, ::2], x[::2, ::2]
        # Of a plane that begins at the region's upper edge.
        depth = 1 / (0.12 + (half_y + 1) / tall)
        self._u = np.asarray(half_x / height * 150 * depth**0.7, np.float32)
        self._v = np.asarray(depth * 170, np.float32)
        self._reach = np.asarray((0.0022 + 0.0085 * near[::2, ::2]) * height, np.float32)
        self._field = _noise(going.seed, 871)
        self._first = self._slopes(0.0)

    def __call__(self, seconds: float) -> Pixels:
        """The matter at a moment."""
        across, down = (
            (now - then) * self._reach
            for now, then in zip(self._slopes(seconds), self._first, strict=True)
        )
        size = self._matter.shape[1::-1]
        x = self._x + cv2.resize(across * np.float32(0.8), size, interpolation=cv2.INTER_LINEAR)
        y = self._y + cv2.resize(down, size, interpolation=cv2.INTER_LINEAR)
        bent = cv2.remap(self._matter, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        return np.asarray(bent, np.uint8)

    def _slopes(self, seconds: float) -> tuple[Float, Float]:
        """How the water leans across and down, about -2..2, at half the size."""
        gone = np.float32(seconds / self._period * self._beats * _TILE)
        one = self._at(self._u + gone, self._v + gone)
        two = self._at(self._u * 1.7 - gone, self._v * 1.6 + 90 + gone)
        return 0.6 * (one - two), 0.6 * (one + two)

    def _at(self, u: Float, v: Float) -> Float:
        return np.asarray(
            cv2.remap(self._field, u.astype(np.float32), v.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP),
            np.float32,
        )  # fmt: skip


class Flames:
    """Fire bent by a field that rises, and brighter and darker by turns."""

    def __init__(self, matter: Matter) -> None:
        going, height = matter.going, matter.height
        self._matter, self._period = matter.pixels, going.period
        self._beats = max(1, round(3 * going.pace))
        tall, wide = self._matter.shape[:2]
        self._y, self._x = np.mgrid[0:tall, 0:wide].astype(np.float32)
        scale = np.float32(9 * _TILE / 10 / max(0.12 * height, 8) * 0.16)
        self._u, self._v = self._x[::2, ::2] * scale, self._y[::2, ::2] * scale
        lift = np.clip(1 - self._y[::2, ::2] / tall, 0.15, 1)
        self._reach = np.asarray(0.011 * height * lift, np.float32)
        self._field = _noise(going.seed, 872)
        self._light = dice(going.seed, 873).random(4) * 2 * np.pi
        self._first = self._lean(0.0)
        self._glow = self._gain(0.0)

    def __call__(self, seconds: float) -> Pixels:
        """The matter at a moment."""
        across, down = (
            (now - then) * self._reach
            for now, then in zip(self._lean(seconds), self._first, strict=True)
        )
        size = self._matter.shape[1::-1]
        x = self._x + cv2.resize(across, size, interpolation=cv2.INTER_LINEAR)
        y = self._y + cv2.resize(down, size, interpolation=cv2.INTER_LINEAR)
        bent = cv2.remap(self._matter, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        return np.asarray(cv2.convertScaleAbs(bent, alpha=1 + self._gain(seconds) - self._glow))

    def _lean(self, seconds: float) -> tuple[Float, Float]:
        gone = np.float32(seconds / self._period * self._beats * _TILE)
        leans = [
            cv2.remap(self._field, self._u + shift, self._v + gone + shift, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
            for shift in (np.float32(0), np.float32(97))
        ]  # fmt: skip
        return np.asarray(leans[0], np.float32), np.asarray(leans[1], np.float32)

    def _gain(self, seconds: float) -> float:
        turn = 2 * np.pi * seconds / self._period
        return float(sum(0.028 * np.sin(turn * n + p) for n, p in zip((7, 11, 18, 29), self._light, strict=True)))  # fmt: skip
