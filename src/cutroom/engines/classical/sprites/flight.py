"""A bird on the wing: the way it comes, and wings drawn to its body."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sprites.sprite import Sprite, lay
from cutroom.types import Clip

Float = NDArray[np.float32]
Vector = NDArray[np.float64]
_OVER = 3
_BEATS = 4.2
"""Wing beats a second."""


@dataclass(frozen=True)
class Path:
    """From out of the picture to where it lands: fast, then slowing down, from above."""

    start: tuple[float, float]
    end: tuple[float, float]
    takeoff: float
    landing: float
    """Seconds."""

    def share(self, seconds: float) -> float:
        """How much of the time of flight has gone, 0..1."""
        return min(max((seconds - self.takeoff) / (self.landing - self.takeoff), 0.0), 1.0)

    def at(self, seconds: float, end: tuple[float, float]) -> Vector:
        """Where it is on its way to `end`, which may have moved since."""
        u = self.share(seconds)
        s = 1 - (1 - u) ** 1.7
        a, d = np.array(self.start), np.array(end)
        drop = abs(d[1] - a[1])
        b = a + (d - a) * (0.55, 0.0) + np.array([0, 0.06 * drop])
        c = d + np.array([0.10 * (a[0] - d[0]), -0.62 * drop - 0.05 * abs(a[0] - d[0])])
        way = (1 - s) ** 3 * a + 3 * (1 - s) ** 2 * s * b + 3 * (1 - s) * s * s * c + s**3 * d
        lift = 0.012 * abs(a[0] - d[0]) * math.sin(2 * math.pi * _BEATS * seconds - 1.2)
        return np.asarray(way + np.array([0, lift * (1 - s)]), np.float64)


def coming(clip: Clip, end: tuple[float, float], side: str, beyond: float = 0.0) -> Path:
    """In within the first half of the clip, from `side` (left, right, top; empty: the farther side).

    `beyond` is how many pixels further outside the picture it starts, for what is large.
    """
    length = float(clip.duration)
    takeoff = 0.06 * length
    landing = min(max(takeoff + 1.5, 0.45 * length), takeoff + 2.4, 0.8 * length)
    start = {
        "left": (-0.12 * clip.width - beyond, 0.14 * clip.height),
        "right": (1.12 * clip.width + beyond, 0.14 * clip.height),
        "top": (end[0] + 0.22 * clip.width, -0.25 * clip.height),
    }[side or ("right" if end[0] <= clip.width / 2 else "left")]
    return Path(start, end, takeoff, landing)


@dataclass(frozen=True)
class Body:
    """A perched body measured for flying: where its axis and shoulders are, in sprite pixels."""

    centre: Vector
    axis: Vector
    """Unit vector from tail to head."""
    length: float
    shade: Float
    """Main colour (3,)."""


def measure(sprite: Sprite, facing: int) -> Body:
    """The body of a sprite that looks to the right (1) or left (-1)."""
    rows, columns = np.nonzero(sprite.alpha > 0.6)
    points = np.stack([columns, rows], axis=1).astype(np.float64)
    centre = points.mean(axis=0)
    _, _, axes = np.linalg.svd(points - centre, full_matrices=False)
    axis = axes[0] if axes[0][0] * facing > 0 else -axes[0]
    along = (points - centre) @ axis
    colour = np.median(sprite.pixels[sprite.alpha > 0.9], axis=0)
    return Body(centre, axis, float(np.ptp(along)), colour.astype(np.float32))


def draw(
    frame: Pixels,
    sprite: Sprite,
    body: Body,
    at: Vector,
    *,
    turn: float,
    flap: float,
    spread: float,
) -> None:
    """Lay the flying bird into `frame`, in place: far wing, body, near wing.

    `at` is where the body's centre goes, `turn` rotates it (radians, clockwise), `flap` is -1 (wings
    down) to 1 (up), `spread` 0 (folded) to 1.
    """
    cos, sin = math.cos(turn), math.sin(turn)
    linear = np.array([[cos, -sin], [sin, cos]])
    matrix = np.c_[linear, at - linear @ body.centre]
    ahead = linear @ body.axis
    up = np.array([0.0, -1.0]) - ahead * -ahead[1]
    up /= max(float(np.linalg.norm(up)), 1e-6)
    if spread > 0.03:
        root = at + ahead * 0.10 * body.length + up * 0.10 * body.length
        _wing(frame, root, (ahead, up), body, flap=flap, spread=spread, near=False)
    lay(frame, sprite, matrix)
    if spread > 0.03:
        root = at + ahead * 0.04 * body.length + up * 0.05 * body.length
        _wing(frame, root, (ahead, up), body, flap=flap, spread=spread, near=True)


def _wing(
    frame: Pixels,
    root: Vector,
    axes: tuple[Vector, Vector],
    body: Body,
    *,
    flap: float,
    spread: float,
    near: bool,
) -> None:
    """One wing: an arm, then fingers of feathers; seen from the side, it rises and falls."""
    ahead, up = axes
    span = 0.92 * body.length * spread
    angle = 0.18 + 1.05 * flap
    rise, toward = math.sin(angle), math.cos(angle)
    out = up * rise - up * 0.30 * toward * (1 if near else -0.6) - ahead * 0.30 * toward
    chord = 0.40 * body.length * (0.4 + 0.6 * spread)
    # Along the span: the wrist bends, more so on the upstroke.
    wrist = root + out * span * 0.46 + ahead * chord * 0.22
    lead = [root + ahead * chord * 0.52, wrist + ahead * chord * 0.20]
    tips, notches = [], []
    for k in range(6):
        share = k / 5
        reach = span * (1.0 - 0.16 * share) * (1 - 0.30 * share)
        tip = root + out * reach - ahead * chord * (0.10 + 0.98 * share)
        tips.append(tip)
        notches.append(
            root + out * reach * (0.80 - 0.10 * share) - ahead * chord * (0.12 + 0.98 * share)
        )
    outline = [*lead]
    for tip, notch in zip(tips, notches, strict=True):
        outline += [tip, notch]
    outline.append(root - ahead * chord * 0.62)
    shade = body.shade * (1.0 if near else 0.62)
    _polygon(frame, np.array(outline), (root, wrist), shade, tips)


def _polygon(
    frame: Pixels, outline: Vector, arm: tuple[Vector, Vector], shade: Float, tips: list[Vector]
) -> None:
    """A feathered polygon with a soft outline, lighter at the arm, in place."""
    root, wrist = arm
    low = np.floor(outline.min(axis=0)).astype(int) - 3
    high = np.ceil(outline.max(axis=0)).astype(int) + 3
    size = tuple(int(v) for v in (high - low) * _OVER)
    if min(size) < 3 or max(size) > 6000:
        return
    tile = np.zeros((size[1], size[0], 4), np.uint8)
    tile[..., :3] = np.clip(shade, 0, 255).astype(np.uint8)

    def dots(points: Vector) -> NDArray[np.int32]:
        return np.asarray(((points - low) * _OVER * 16).round(), np.int32)

    base = tuple(float(v) for v in np.clip(shade * 0.86, 0, 255))
    cv2.fillPoly(tile, [dots(_rounded(outline))], (*base, 255.0), cv2.LINE_AA, 4)
    dark = (*(float(v) for v in np.clip(shade * 0.55, 0, 255)), 255.0)
    thick = max(1, round(0.012 * float(np.linalg.norm(tips[0] - root)) * _OVER))
    for tip in tips[1:]:
        inner = root + (wrist - root) * 0.55 + (tip - root) * 0.12
        cv2.line(
            tile,
            tuple(dots(inner)),
            tuple(dots(tip + (inner - tip) * 0.1)),
            dark,
            thick,
            cv2.LINE_AA,
            4,
        )
    upper = np.array(
        [outline[0], outline[1], tips[0] * 0.4 + wrist * 0.6, root * 0.5 + wrist * 0.5]
    )
    light = (*(float(v) for v in np.clip(shade * 1.12 + 10, 0, 255)), 255.0)
    cv2.fillPoly(tile, [dots(_rounded(upper))], light, cv2.LINE_AA, 4)
    small = cv2.resize(tile, tuple(int(v) for v in high - low), interpolation=cv2.INTER_AREA)
    wing = Sprite(
        np.ascontiguousarray(small[..., :3]),
        np.asarray(small[..., 3] / np.float32(255), np.float32),
    )
    lay(frame, wing, np.array([[1.0, 0, low[0]], [0, 1.0, low[1]]]))


def _rounded(points: Vector) -> Vector:
    """The polygon with its corners cut twice (Chaikin)."""
    for _ in range(2):
        after = np.roll(points, -1, axis=0)
        points = np.stack(
            [0.75 * points + 0.25 * after, 0.25 * points + 0.75 * after], axis=1
        ).reshape(-1, 2)
    return points


def beat(seconds: float) -> float:
    """Wings' height -1..1 at a time; they fall faster than they rise."""
    phase = 2 * math.pi * _BEATS * seconds
    return math.sin(phase + 0.35 * math.sin(phase))
