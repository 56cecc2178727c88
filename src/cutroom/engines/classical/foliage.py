"""Leaves and petals that tumble through the air: outlines, colours, and how they fall onto a frame."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.noise import dice
from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.particles import Drift, Reals, drift, lit


@dataclass(frozen=True, slots=True)
class Kind:
    """What falls. `outline` is a polygon around the origin, about 1 long; colours are RGB."""

    outline: tuple[tuple[float, float], ...]
    colours: tuple[tuple[int, int, int], ...]
    depths: tuple[tuple[int, float, float, float], ...]
    """count on a square frame, length, speed, blur: far to near; shares of the height."""


LEAVES = Kind(
    outline=(
        (0.0, -0.52), (0.10, -0.30), (0.30, -0.26), (0.22, -0.08), (0.40, 0.06), (0.20, 0.14),
        (0.14, 0.34), (0.03, 0.30), (0.02, 0.56), (-0.02, 0.56), (-0.03, 0.30), (-0.14, 0.34),
        (-0.20, 0.14), (-0.40, 0.06), (-0.22, -0.08), (-0.30, -0.26), (-0.10, -0.30),
    ),
    colours=((196, 92, 22), (214, 140, 30), (168, 48, 24), (150, 96, 36), (222, 172, 58)),
    depths=((30, 0.032, 0.16, 0.0), (16, 0.055, 0.24, 0.0012), (5, 0.11, 0.40, 0.008)),
)  # fmt: skip
PETALS = Kind(
    outline=(
        (0.0, 0.5), (0.16, 0.34), (0.28, 0.06), (0.27, -0.22), (0.14, -0.44), (0.0, -0.34),
        (-0.14, -0.44), (-0.27, -0.22), (-0.28, 0.06), (-0.16, 0.34),
    ),
    colours=((255, 205, 218), (250, 182, 202), (255, 226, 232), (244, 160, 188)),
    depths=((70, 0.019, 0.11, 0.0), (32, 0.030, 0.17, 0.0008), (8, 0.066, 0.30, 0.006)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Flock:
    """All of one kind at one depth, and how each is turned: (n, 3) of start and pace in turns."""

    kind: Kind
    drift: Drift
    length: float
    blur: float
    start: NDArray[np.float64]
    pace: NDArray[np.float64]


def falling(aspect: float, kind: Kind, density: float, key: Sequence[int]) -> tuple[Flock, ...]:
    """Flocks for a frame of this aspect, far to near."""
    flocks = []
    for n, (count, length, speed, blur) in enumerate(kind.depths):
        many = max(1, round(count * aspect * density))
        rng = dice(*key, n, 1)
        swarm = drift(
            many,
            aspect,
            speed=speed,
            wind=0.45 * speed,
            sway=0.9 * length,
            swing=0.28,
            key=(*key, n),
        )
        pace = rng.uniform(0.10, 0.42, (many, 3)) * rng.choice((-1, 1), (many, 3))
        flocks.append(Flock(kind, swarm, length, blur, rng.random((many, 3)), pace))
    return tuple(flocks)


def scattered(pixels: Pixels, flocks: Sequence[Flock], seconds: float) -> Pixels:
    """The frame with every flock in front of it at this moment; a new array."""
    light = lit(pixels, 0.35, 1.0, 0.2)
    result = pixels.copy()
    for flock in flocks:
        x, y = flock.drift.at(seconds)
        turns = 2 * np.pi * (flock.start + flock.pace * seconds)
        for n in range(len(x)):
            colour = np.array(flock.kind.colours[n % len(flock.kind.colours)])
            # Facing away from the light a leaf is darker; the near side of the turn decides.
            facing = 0.87 + 0.13 * float(np.cos(turns[n, 1]))
            shape = _turned(flock.kind.outline, turns[n], flock.length)
            placed = shape + np.array([x[n], y[n]])
            _lay(result, placed, flock.blur, colour * light * facing)
    return result


def _turned(outline: Sequence[tuple[float, float]], turn: Reals, length: float) -> Reals:
    """The outline tumbling in space, seen from the front, in heights, (n, 2)."""
    points = np.array(outline)
    flat = points * (np.cos(turn[1]) * 0.85 + 0.15 * np.sign(np.cos(turn[1]) + 1e-9), 1.0)
    flat[:, 1] *= 0.55 + 0.45 * np.cos(turn[2]) ** 2
    cos, sin = np.cos(turn[0]), np.sin(turn[0])
    return np.asarray(flat @ np.array([[cos, sin], [-sin, cos]]) * length, np.float64)


def _lay(pixels: Pixels, shape: Reals, blur: float, colour: Reals) -> None:
    """Draw one shape onto the frame in place, soft by `blur` of the height."""
    height, width = pixels.shape[:2]
    points = shape * height
    soft = blur * height
    margin = int(3 * soft) + 2
    left, top = (int(v) - margin for v in np.floor(points.min(axis=0)))
    right, bottom = (int(v) + margin + 1 for v in np.ceil(points.max(axis=0)))
    if right <= 0 or bottom <= 0 or left >= width or top >= height:
        return
    cover = np.zeros((bottom - top, right - left), np.uint8)
    fixed = np.rint((points - (left, top) - 0.5) * 16).astype(np.int32)
    cv2.fillPoly(cover, [fixed], 255, cv2.LINE_AA, 4)
    if soft > 0.4:
        cover = np.asarray(cv2.GaussianBlur(cover, (0, 0), soft), np.uint8)
    inside = np.s_[max(top, 0) : min(bottom, height), max(left, 0) : min(right, width)]
    share = cover[
        max(-top, 0) : cover.shape[0] - max(bottom - height, 0),
        max(-left, 0) : cover.shape[1] - max(right - width, 0),
    ]
    under = pixels[inside].astype(np.float32)
    opaque = share.astype(np.float32)[..., None] * np.float32(0.94 / 255)
    over = np.clip(colour, 0, 255).astype(np.float32)
    pixels[inside] = np.rint(under + (over - under) * opaque).astype(np.uint8)
