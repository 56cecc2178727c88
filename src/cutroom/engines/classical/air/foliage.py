"""Light things that tumble through the air: leaves, petals, confetti. Outlines, colours, how they fall."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.air.anchor import anchor
from cutroom.engines.classical.air.particles import Reals, Swarm, drift, lit
from cutroom.engines.classical.noise import dice
from cutroom.engines.classical.op import Paint, Pixels, Scene

Outline = tuple[tuple[float, float], ...]
"""A polygon around the origin, about 1 long, its tip at negative y."""


def _blade(wide: float, belly: float, teeth: int = 0) -> Outline:
    """A leaf of one blade with a stalk: `belly` is where it is widest, 0 at the tip; teeth along its rim."""
    along = np.linspace(0, 1, 15)
    half = wide * np.sin(np.pi * along ** (np.log(0.5) / np.log(belly)))
    if teeth:
        half = half * (1 - 0.3 * np.abs(np.sin(np.pi * teeth * along)))
    right = [(float(h), float(0.8 * a - 0.5)) for h, a in zip(half, along, strict=True)]
    stalk = [(0.015, 0.3), (0.03, 0.52), (0.0, 0.52), (-0.015, 0.3)]
    return tuple(right[:-1] + stalk + [(-x, y) for x, y in right[-2:0:-1]])


_MAPLE: Outline = (
    (0.0, -0.52), (0.10, -0.30), (0.30, -0.26), (0.22, -0.08), (0.40, 0.06), (0.20, 0.14),
    (0.14, 0.34), (0.03, 0.30), (0.02, 0.56), (-0.02, 0.56), (-0.03, 0.30), (-0.14, 0.34),
    (-0.20, 0.14), (-0.40, 0.06), (-0.22, -0.08), (-0.30, -0.26), (-0.10, -0.30),
)  # fmt: skip
_PETAL: Outline = (
    (0.0, 0.5), (0.16, 0.34), (0.28, 0.06), (0.27, -0.22), (0.14, -0.44), (0.0, -0.34),
    (-0.14, -0.44), (-0.27, -0.22), (-0.28, 0.06), (-0.16, 0.34),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sort:
    """What falls. Colours are RGB; `turning` is in turns a second."""

    outlines: tuple[Outline, ...]
    colours: tuple[tuple[int, int, int], ...]
    depths: tuple[tuple[int, float, float, float], ...]
    """count on a square frame, length, speed, blur: far to near; shares of the height."""
    turning: tuple[float, float] = (0.10, 0.42)
    folded: float = 1.0
    """Brightness of the half of it right of its middle line; 1 where it has no fold."""
    shine: float = 0.13
    """How much brighter and darker it gets as it turns."""


LEAVES = Sort(
    outlines=(_MAPLE, _blade(0.24, 0.6), _blade(0.12, 0.5), _blade(0.28, 0.5, 4), _MAPLE, _blade(0.34, 0.68, 3)),
    colours=(
        (196, 92, 22), (214, 140, 30), (168, 48, 24), (150, 96, 36), (222, 172, 58), (128, 66, 30), (186, 150, 60),
    ),
    depths=((30, 0.032, 0.16, 0.0), (16, 0.055, 0.24, 0.0012), (5, 0.11, 0.40, 0.008)),
    folded=0.80,
)  # fmt: skip
PETALS = Sort(
    outlines=(_PETAL, tuple((0.75 * x, y) for x, y in _PETAL)),
    colours=((255, 205, 218), (250, 182, 202), (255, 226, 232), (244, 160, 188)),
    depths=((70, 0.019, 0.11, 0.0), (32, 0.030, 0.17, 0.0008), (8, 0.066, 0.30, 0.006)),
    folded=0.95,
)
CONFETTI = Sort(
    outlines=(
        ((-0.3, -0.4), (0.3, -0.4), (0.3, 0.4), (-0.3, 0.4)),
        ((-0.13, -0.5), (0.13, -0.5), (0.13, 0.5), (-0.13, 0.5)),
        tuple((0.36 * np.cos(a), 0.36 * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 14)[:-1]),
    ),
    colours=(
        (232, 48, 62), (250, 190, 40), (56, 170, 86), (44, 128, 220), (236, 92, 170), (142, 84, 206),
        (250, 250, 246), (244, 130, 36), (64, 200, 208),
    ),
    depths=((120, 0.016, 0.20, 0.0), (60, 0.026, 0.28, 0.0008), (12, 0.055, 0.42, 0.006)),
    turning=(0.5, 1.7),
    shine=0.22,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Flock:
    """All of one sort at one depth, and how each is turned: (n, 3) of start and pace in turns."""

    sort: Sort
    drift: Swarm
    length: float
    blur: float
    start: NDArray[np.float64]
    pace: NDArray[np.float64]


def scatter(scene: Scene, sort: Sort, density: float, key: Sequence[int]) -> Paint:
    """Throw them once; a frame only asks where they are and how they are turned."""
    flocks = falling(scene.clip.width / scene.clip.height, sort, density, key)
    world = anchor(scene)

    def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
        light = lit(pixels, 0.35, 1.0, 0.2)
        result = pixels.copy()
        for depth, flock in enumerate(flocks):
            _fly(result, flock, seconds, world.at(index, depth / len(flocks)), light)
        return result

    return paint


def falling(aspect: float, sort: Sort, density: float, key: Sequence[int]) -> tuple[Flock, ...]:
    """Flocks for a frame of this aspect, far to near."""
    flocks = []
    for n, (count, length, speed, blur) in enumerate(sort.depths):
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
        pace = rng.uniform(*sort.turning, (many, 3)) * rng.choice((-1, 1), (many, 3))
        flocks.append(Flock(sort, swarm, length, blur, rng.random((many, 3)), pace))
    return tuple(flocks)


def _fly(
    result: Pixels, flock: Flock, seconds: float, aside: tuple[float, float], light: Reals
) -> None:
    """Draw a flock at this moment onto the frame in place."""
    sort = flock.sort
    x, y = flock.drift.at(seconds, aside)
    turns = 2 * np.pi * (flock.start + flock.pace * seconds)
    for n in range(len(x)):
        colour = np.array(sort.colours[n % len(sort.colours)])
        # Facing away from the light it is darker; the near side of the turn decides.
        facing = 1 - sort.shine + sort.shine * float(np.cos(turns[n, 1]))
        outline = sort.outlines[n % len(sort.outlines)]
        at = np.array([x[n], y[n]])
        size = flock.length * (0.75 + 0.5 * flock.drift.phase[n])
        _lay(result, _turned(outline, turns[n], size) + at, flock.blur, colour * light * facing)
        if sort.folded < 1:
            half = tuple((max(px, 0.0), py) for px, py in outline)
            shade = colour * light * facing * sort.folded
            _lay(result, _turned(half, turns[n], size) + at, flock.blur, shade)


def _turned(outline: Outline, turn: Reals, length: float) -> Reals:
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
