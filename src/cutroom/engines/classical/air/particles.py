"""Particles in the air: where they are at a moment, and how they fall onto a frame as soft light.

Lengths are shares of the frame's height and times are seconds, so every size and rate looks alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.colour.grade import Floats
from cutroom.engines.classical.noise import dice
from cutroom.engines.classical.op import Pixels

Reals = NDArray[np.float64]
_MARGIN = 0.12
_GOLDEN = 0.6180339887498949


@dataclass(frozen=True, slots=True)
class Swarm:
    """A swarm on its way: everything about its particles that does not change, each (n,)."""

    x: Reals
    y: Reals
    speed: Reals
    """Heights a second, downwards; below 0 upwards."""
    wind: Reals
    """Heights a second, to the right."""
    sway: Reals
    """Heights to each side."""
    swing: Reals
    """Swings a second."""
    phase: Reals
    """0..1; a particle's own number, for whatever else should differ."""
    span: float
    """Width of the lane that x wraps around in, in heights."""

    def at(self, seconds: float, aside: tuple[float, float] = (0.0, 0.0)) -> tuple[Reals, Reals]:
        """(x, y) in heights, y from above the frame to below it; smooth in time but for the wrap.

        `aside` is how far the world has moved across the lens, (right, down) in heights.
        """
        tall = 1 + 2 * _MARGIN
        fallen = self.y + self.speed * seconds + aside[1]
        lap = np.floor(fallen / tall)
        swayed = self.sway * np.sin(2 * np.pi * (self.swing * seconds + self.phase))
        moved = self.x + self.wind * seconds + aside[0] + swayed + lap * _GOLDEN * self.span
        return np.mod(moved, self.span) - _MARGIN, fallen - lap * tall - _MARGIN


def drift(
    count: int,
    aspect: float,
    *,
    speed: float,
    wind: float,
    sway: float,
    swing: float,
    key: Sequence[int],
) -> Swarm:
    """A swarm of `count` over a frame of this aspect; each particle a little different."""
    rng = dice(*key)
    span = aspect + 2 * _MARGIN
    spread = rng.uniform(0.75, 1.3, count)
    return Swarm(
        x=rng.uniform(0, span, count),
        y=rng.uniform(0, 1 + 2 * _MARGIN, count),
        speed=speed * spread,
        wind=wind * rng.uniform(0.7, 1.3, count),
        sway=sway * rng.uniform(0.4, 1.6, count),
        swing=swing * rng.uniform(0.6, 1.4, count),
        phase=rng.random(count),
        span=span,
    )


def splat(x: Reals, y: Reals, weights: Reals, height: int, width: int) -> Floats:
    """Points in pixels laid onto a (height, width) grid, each shared by its four neighbours."""
    near = (x > -1) & (x < width + 1) & (y > -1) & (y < height + 1)
    x, y, weights = x[near], y[near], weights[near]
    left, top = np.floor(x - 0.5), np.floor(y - 0.5)
    fx, fy = x - 0.5 - left, y - 0.5 - top
    total = np.zeros(height * width, np.float32)
    for dx, dy, share in (
        (0, 0, (1 - fx) * (1 - fy)), (1, 0, fx * (1 - fy)), (0, 1, (1 - fx) * fy), (1, 1, fx * fy),
    ):  # fmt: skip
        column, row = (left + dx).astype(np.int64), (top + dy).astype(np.int64)
        inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
        at = row[inside] * width + column[inside]
        np.add.at(total, at, (share * weights)[inside].astype(np.float32))
    return total.reshape(height, width)


def soft_dots(
    x: Reals,
    y: Reals,
    opacity: Reals,
    diameter: float,
    shape: tuple[int, int],
    *,
    hardness: float = 1.6,
) -> Floats:
    """Round soft dots as shares of light, 0..1, of `shape` (height, width).

    Centres are in heights, `diameter` is a share of the height. Large dots are drawn on a coarser
    grid. A dot below a pixel keeps its light, not its size.
    """
    height, width = shape
    across = diameter * height
    coarse = 2 ** max(0, int(np.floor(np.log2(max(across / 5, 1)))))
    rows, columns = max(1, height // coarse), max(1, width // coarse)
    sigma = max(across / coarse / 2.6, 0.55)
    scale = rows
    faded = min(1.0, (across / coarse / 2.6 / 0.55) ** 2)
    peak = 2 * np.pi * sigma**2 * hardness * faded
    dots = splat(x * scale, y * scale, opacity * peak, rows, columns)
    dots = np.asarray(cv2.GaussianBlur(dots, (0, 0), sigma), np.float32)
    np.minimum(dots, 1, out=dots)
    if coarse > 1:
        grown = cv2.resize(dots, (width, height), interpolation=cv2.INTER_LINEAR)
        return np.asarray(grown, np.float32)
    return dots


def dots_of_light(
    x: Reals, y: Reals, colours: Reals, diameter: float, shape: tuple[int, int]
) -> Pixels:
    """Soft coloured lights, each with a faint halo, as what they add to the dark, (height, width, 3).

    Centres are in heights, `diameter` is a share of the height, `colours` (n, 3) RGB 0..255 and above.
    """
    height, width = shape
    coarse = 2 ** max(0, int(np.log2(max(diameter * height / 5, 1))))
    rows, columns = max(1, height // coarse), max(1, width // coarse)
    sigma = max(diameter * rows / 2.6, 0.5)
    faded = min(1.0, (diameter * rows / 2.6 / 0.5) ** 2)
    core = _lights(x, y, colours * (2 * np.pi * sigma**2 * 1.6 * faded), sigma, (rows, columns))
    wide = max(diameter * rows / coarse * 2.2, 1.2)
    rows, columns = max(1, rows // 4), max(1, columns // 4)
    strength = 2 * np.pi * (sigma / 4) ** 2 * 1.6 * faded * 1.8
    halo = _lights(x, y, colours * strength, max(wide / 4, 0.7), (rows, columns))
    size = (width, height)
    return np.asarray(cv2.add(cv2.resize(core, size), cv2.resize(halo, size)), np.uint8)


def _lights(x: Reals, y: Reals, colours: Reals, sigma: float, shape: tuple[int, int]) -> Pixels:
    """Points of light, blurred, on a grid of this shape."""
    rows, columns = shape
    spread = cv2.merge([splat(x * rows, y * rows, c, rows, columns) for c in colours.T])
    return np.asarray(cv2.convertScaleAbs(cv2.GaussianBlur(spread, (0, 0), sigma)), np.uint8)


def wrapped(x: Reals, y: Reals, aspect: float) -> tuple[Reals, Reals]:
    """Places anywhere, in heights, brought back into the frame and a margin around it."""
    tall, span = 1 + 2 * _MARGIN, aspect + 2 * _MARGIN
    return np.mod(x + _MARGIN, span) - _MARGIN, np.mod(y + _MARGIN, tall) - _MARGIN


def cover(pixels: Pixels, colour: Sequence[float] | Reals, share: Floats) -> Pixels:
    """A flat colour over the frame where `share` (0..1, (height, width)) says; a new array."""
    flat = np.empty_like(pixels)
    flat[:] = np.clip(np.rint(colour), 0, 255).astype(np.uint8)
    return np.asarray(cv2.blendLinear(pixels, flat, 1 - share, share), np.uint8)


def lit(pixels: Pixels, dim: float, bright: float, tint: float = 0.25) -> Reals:
    """The colour of something white in the light of this frame: (3,), between `dim` and `bright`."""
    mean = np.array(cv2.mean(pixels)[:3])
    level = float(mean.mean())
    hue = np.clip(mean / max(level, 1.0), 0.6, 1.6)
    value = dim + (bright - dim) * min(level / 120, 1.0) ** 0.8
    return np.asarray(value * (1 - tint + tint * hue), np.float64)
