"""A bird that sits on a wire, looks about, flicks its tail and shuffles its wing."""

import math
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from cutroom.sample.layers import Plane

Points: TypeAlias = list[tuple[float, float]]

_OVER = 4
"""How much finer a bird is drawn than shown."""
_TAU = 2 * math.pi
_DARK, _DEEP, _FEATHER = (44, 44, 54, 255), (22, 22, 28, 255), (62, 62, 76, 255)
_HORN, _EYE = (92, 78, 58, 255), (226, 214, 190, 255)
_BODY = (
    (0.12, -0.84), (0.25, -0.70), (0.30, -0.50), (0.255, -0.31), (0.14, -0.17), (-0.02, -0.105),
    (-0.18, -0.14), (-0.285, -0.27), (-0.27, -0.43), (-0.17, -0.60), (-0.04, -0.74),
)  # fmt: skip
_WING = (
    (0.12, -0.64), (0.19, -0.49), (0.12, -0.31), (-0.08, -0.17), (-0.34, -0.03), (-0.385, -0.05),
    (-0.31, -0.27), (-0.21, -0.47), (-0.05, -0.62),
)  # fmt: skip


class Place(Protocol):
    """Bird lengths to pixels of a tile, turned by `angle` about a point."""

    def __call__(
        self, points: Points, about: tuple[float, float] = ..., angle: float = ...
    ) -> Points:
        """The points in pixels."""


@dataclass(frozen=True, slots=True)
class _Pose:
    """How a bird holds itself; angles in radians, lengths in bird heights."""

    turn: float
    """Of the head: 0 along the body, pi backwards."""
    nod: float
    tail: float
    wing: float
    breath: float


def bird(
    which: int, x: float, wire: NDArray[np.float32], height: int, now: float
) -> tuple[Plane, tuple[int, int]]:
    """Bird `which` as an RGBA tile and the (x, y) of its upper left corner in the frame."""
    tall = 0.142 * height * (1.0, 0.94)[which]
    side = math.ceil(tall * 2.0)
    feet_y = float(np.interp(x, np.arange(len(wire)), wire)) - 0.001 * height
    left, top = math.floor(x - side / 2), math.floor(feet_y - side * 0.72)
    origin = ((x - left) * _OVER, (feet_y - top) * _OVER)
    facing = (1, -1)[which]

    def place(points: Points, about: tuple[float, float] = (0, 0), angle: float = 0) -> Points:
        cos, sin = math.cos(angle), math.sin(angle)
        placed = []
        for px, py in points:
            dx, dy = px - about[0], py - about[1]
            rx, ry = about[0] + cos * dx - sin * dy, about[1] + sin * dx + cos * dy
            placed.append((origin[0] + facing * rx * tall * _OVER, origin[1] + ry * tall * _OVER))
        return placed

    tile = Image.new("RGBA", (side * _OVER, side * _OVER), (30, 30, 36, 0))
    _draw_bird(ImageDraw.Draw(tile), place, _pose(which, now), tall * _OVER)
    return _lit(tile.resize((side, side), Image.Resampling.BOX), tall), (left, top)


def _pose(which: int, now: float) -> _Pose:
    """How bird `which` holds itself at a time: looks about, flicks its tail, shuffles its wing."""
    turns = ((0.5, 0.0), (0.9, 2.2), (2.0, 2.2), (2.25, 0.35), (3.1, 0.35), (3.3, 0.0))
    if which:
        turns = ((0.25, 0.25), (1.3, 0.25), (1.55, 2.5), (2.6, 2.5), (2.85, 0.9), (3.6, 0.0))
    turn = _ease(now % 4.0, turns)
    flicks = (1.15, 2.75, 2.95) if which else (0.35, 1.9, 3.5)
    shuffles = (0.8, 3.2) if which else (2.45,)
    tail = sum(0.32 * math.exp(-(((now % 4.0 - at) / 0.09) ** 2)) for at in flicks)
    wing = sum(
        0.16 * math.exp(-(((now % 4.0 - at) / 0.16) ** 2)) * math.cos(26 * (now % 4.0 - at))
        for at in shuffles
    )
    nod = 0.018 * math.sin(_TAU * now / 1.7 + 2 * which)
    return _Pose(turn, nod, tail, wing, 0.008 * math.sin(_TAU * now / 1.3 + which))


def _draw_bird(draw: ImageDraw.ImageDraw, place: Place, pose: _Pose, unit: float) -> None:
    """A perched starling in profile; lengths in bird heights, feet at (0, 0), y downwards."""
    rump = (-0.20, -0.24)
    tail = [(-0.27, -0.40), (-0.08, -0.15), (-0.40, 0.20), (-0.47, 0.235), (-0.55, 0.20)]
    draw.polygon(place(tail, rump, pose.tail), _DARK)
    draw.line(place([(-0.20, -0.24), (-0.47, 0.19)], rump, pose.tail), _DEEP, round(0.012 * unit))
    for foot in (-0.035, 0.075):
        draw.line(place([(foot - 0.02, -0.14), (foot, 0.0)]), _HORN, round(0.026 * unit))
        draw.line(place([(foot - 0.04, 0.0), (foot + 0.05, 0.0)]), _HORN, round(0.03 * unit))
    swell = 1 + pose.breath
    body = [(x * swell, y) for x, y in _BODY]
    draw.polygon(place(_smooth_loop(body)), _DARK)
    _draw_head(draw, place, pose)
    shoulder = (0.06, -0.56)
    draw.polygon(place(_smooth_loop(list(_WING)), shoulder, pose.wing), _FEATHER)
    for row in range(3):
        feather = [
            (0.10 - 0.07 * row, -0.30 - 0.075 * row),
            (-0.10 - 0.03 * row, -0.175 - 0.085 * row),
            (-0.315 + 0.015 * row, -0.075 - 0.075 * row),
        ]
        draw.line(place(feather, shoulder, pose.wing), _DEEP, round(0.009 * unit), joint="curve")


def _draw_head(draw: ImageDraw.ImageDraw, place: Place, pose: _Pose) -> None:
    """The head, its beak foreshortened by how far it is turned, and an eye where one is seen."""
    along = math.cos(pose.turn)
    cx, cy = 0.145 + 0.025 * along, -0.815 + pose.nod
    reach = 0.135 + 0.15 * abs(along)
    way = 1 if along >= 0 else -1
    beak = [
        (cx + way * 0.09, cy - 0.055),
        (cx + way * reach, cy + 0.012),
        (cx + way * (reach - 0.012), cy + 0.03),
        (cx + way * 0.08, cy + 0.068),
    ]
    draw.polygon(place(beak), _HORN)
    skull = [
        (cx + 0.150 * math.cos(a) * (1 + 0.06 * along * math.cos(a)), cy + 0.134 * math.sin(a))
        for a in np.linspace(0, _TAU, 40, endpoint=False)
    ]
    draw.polygon(place(skull), _DARK)
    eye = (cx + 0.105 * along, cy - 0.03)
    for radius, colour in ((0.027, _EYE), (0.016, _DEEP)):
        ring = [
            (eye[0] + radius * math.cos(a), eye[1] + radius * math.sin(a))
            for a in np.linspace(0, _TAU, 20, endpoint=False)
        ]
        draw.polygon(place(ring), colour)


def _lit(tile: Image.Image, tall: float) -> Plane:
    """The tile with evening light on its right and upper edges, as though it were round."""
    rgba = np.asarray(tile, np.float32).copy()
    solid = rgba[..., 3] / 255
    # Where alpha is partial, Pillow has averaged the colour with the transparent background.
    thick = Image.fromarray((solid * 255).astype(np.uint8)).filter(
        ImageFilter.GaussianBlur(0.055 * tall)
    )
    round_ = np.asarray(thick, np.float32) / 255
    slope_y, slope_x = np.gradient(round_)
    light = np.clip(-(0.75 * slope_x - 0.62 * slope_y) * tall * 0.28, -0.5, 1.2)
    rgba[..., :3] *= np.clip(1 + 0.5 * light[..., None], 0.4, 2)
    rgba[..., :3] += np.clip(light, 0, 1)[..., None] * np.array([58, 44, 30], np.float32)
    return rgba


def _ease(now: float, stops: tuple[tuple[float, float], ...]) -> float:
    """The value at a time between (time, value) stops, slow in, slow out; held at both ends."""
    before = stops[0]
    for after in stops:
        if now < after[0]:
            share = (now - before[0]) / max(after[0] - before[0], 1e-6)
            share = min(max(share, 0), 1)
            return before[1] + (after[1] - before[1]) * share * share * (3 - 2 * share)
        before = after
    return before[1]


def _smooth_loop(points: Points, steps: int = 8) -> Points:
    """A closed Catmull-Rom curve through the points."""
    p = np.array(points)
    before, after, beyond = np.roll(p, 1, 0), np.roll(p, -1, 0), np.roll(p, -2, 0)
    curve = [
        0.5
        * (
            2 * p
            + (after - before) * t
            + (2 * before - 5 * p + 4 * after - beyond) * t**2
            + (3 * p - before - 3 * after + beyond) * t**3
        )
        for t in np.arange(steps) / steps
    ]
    loop = np.stack(curve, axis=1).reshape(-1, 2)
    return [(float(x), float(y)) for x, y in loop]
