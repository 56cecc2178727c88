"""What every drawn place is made of: a picture size, the hour, dice, and layers laid over another."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.noise import clouds, dice
from cutroom.engines.classical.op import Pixels

Float: TypeAlias = NDArray[np.float32]
Hour = Literal["day", "sunset", "night"]
Backdrop: TypeAlias = Callable[[float], Pixels]
"""Seconds -> the place at that moment, (height, width, 3), RGB. May be called from several threads."""


@dataclass(frozen=True)
class Canvas:
    """What a place is drawn on."""

    width: int
    height: int
    hour: Hour
    seed: int
    feet: float = 0.9
    """Where the highest feet in the picture stand, share of the height: ground should reach up there."""

    def dice(self, key: int) -> np.random.Generator:
        """Dice of this picture's own; the same for the same key."""
        return dice(self.seed, 5501, key)

    def noise(self, height: int, width: int, cell: float, octaves: int, key: int) -> Float:
        """Smooth noise that tiles, 0..1, normalised so that its middle half is 0.25..0.75."""
        field = clouds(height, width, cell, octaves, self.dice(key))
        low, high = np.percentile(field, (25, 75))
        return np.asarray((field - low) / (high - low) * 0.5 + 0.25, np.float32)

    def pick(self, **values: object) -> object:
        """The value that goes with the hour."""
        return values[self.hour]


def ramp(stops: tuple[tuple[float, tuple[int, int, int]], ...], count: int) -> Float:
    """A column of colours (count, 3) through (share, RGB) stops."""
    at = np.linspace(0, 1, count)
    places = [s for s, _ in stops]
    return np.stack(
        [np.interp(at, places, [c[k] for _, c in stops]) for k in range(3)], axis=1
    ).astype(np.float32)


def smooth(x: Float, low: float, high: float) -> Float:
    """0 below `low`, 1 above `high`, without corners."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def over(below: Pixels, colour: Float | tuple[float, float, float], alpha: Float) -> Pixels:
    """A colour or picture over another by alpha 0..1 (height, width); a new array."""
    cover = alpha[..., None]
    mixed = below + cover * (np.asarray(colour, np.float32) - below)
    return np.asarray(np.clip(mixed, 0, 255), np.uint8)


def lay_over(frame: Pixels, layer: Pixels, top: int = 0, left: int = 0) -> None:
    """An RGBA layer over part of a frame, in place; what sticks out is cut off."""
    layer = layer[max(-top, 0) :, max(-left, 0) :]
    top, left = max(top, 0), max(left, 0)
    part = frame[top : top + layer.shape[0], left : left + layer.shape[1]]
    layer = layer[: part.shape[0], : part.shape[1]]
    alpha = cv2.cvtColor(layer[..., 3], cv2.COLOR_GRAY2RGB)
    kept = cv2.multiply(part, 255 - alpha, scale=1 / 255)
    part[:] = cv2.add(
        kept, cv2.multiply(np.ascontiguousarray(layer[..., :3]), alpha, scale=1 / 255)
    )


def ridge(width: int, roughness: float, bumps: float, rng: np.random.Generator) -> Float:
    """A skyline (width,) about -1..1: octaves of noise, each `roughness` as tall as the last."""
    line = np.zeros(width, np.float32)
    tall, count = 1.0, bumps
    while count < width / 2:
        knots = rng.normal(0, 0.5, int(count) + 3).astype(np.float32)
        x = np.linspace(0, int(count), width)
        k = x.astype(int)
        t = x - k
        t = t * t * (3 - 2 * t)
        line += tall * (knots[k] * (1 - t) + knots[k + 1] * t).astype(np.float32)
        tall *= roughness
        count *= 2
    return line


def below_line(line: Float, height: int) -> Float:
    """Coverage 0..1 (height, width) of what lies below the line y(x), antialiased."""
    rows = np.arange(height, dtype=np.float32)[:, None]
    return np.asarray(np.clip(rows - line[None] + 0.5, 0, 1), np.float32)


def shaded(colour: Float, amount: Float) -> Float:
    """A colour (3,) or picture brightened by `amount` (1 is unchanged)."""
    return np.asarray(np.clip(colour * amount[..., None], 0, 255), np.float32)
