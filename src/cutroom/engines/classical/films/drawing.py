"""A thing drawn by shapes on a transparent tile, in a unit of its own, smooth at its edges."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.sprites.sprite import Sprite

Points: TypeAlias = Sequence[tuple[float, float]] | NDArray[np.float64]
RGB: TypeAlias = tuple[float, float, float]
_OVER = 3
_SHIFT = 4
_MOST = 3600
"""Pixels of the longer side of an over-sampled tile; larger things are over-sampled less."""


@dataclass(frozen=True)
class Figure:
    """A drawn thing: its picture, and where in it (pixels) the unit's origin lies."""

    sprite: Sprite
    origin: tuple[float, float]

    def turned_about(self) -> "Figure":
        """Left and right exchanged."""
        return Figure(self.sprite.mirrored(), (self.sprite.width - self.origin[0], self.origin[1]))

    def matrix(
        self, at: tuple[float, float], *, turn: float = 0.0, scale: float = 1.0
    ) -> NDArray[np.float64]:
        """The matrix (2, 3) that puts the origin at a place of the frame, turned in radians, clockwise."""
        cos, sin = scale * math.cos(turn), scale * math.sin(turn)
        linear = np.array([[cos, -sin], [sin, cos]])
        return np.asarray(np.c_[linear, np.array(at) - linear @ np.array(self.origin)], np.float64)


class Drawing:
    """Shapes laid one over the other; `unit` is how many pixels of the frame the length 1 gets.

    `box` is (left, top, right, bottom) in units: what is drawn outside it is cut off.
    """

    def __init__(self, box: tuple[float, float, float, float], unit: float) -> None:
        self._box, self.unit = box, max(unit, 2.0)
        self._size = (
            max(3, math.ceil((box[2] - box[0]) * self.unit)),
            max(3, math.ceil((box[3] - box[1]) * self.unit)),
        )
        self._over = max(1, min(_OVER, _MOST // max(self._size)))
        shape = (self._size[1] * self._over, self._size[0] * self._over, 4)
        self._tile = np.zeros(shape, np.uint8)  # colours times alpha

    def fill(self, points: Points, colour: RGB, *, curved: bool = False) -> None:
        """A polygon, or the smooth loop through its points."""
        outline = loop(points) if curved else np.asarray(points, np.float64)
        cv2.fillPoly(self._tile, [self._dots(outline)], (*colour, 255.0), cv2.LINE_AA, _SHIFT)

    def stroke(self, points: Points, width: float, colour: RGB, *, curved: bool = False) -> None:
        """A line through the points, `width` units thick."""
        line = curve(points) if curved else np.asarray(points, np.float64)
        thick = max(1, round(width * self.unit * self._over))
        cv2.polylines(
            self._tile,
            [self._dots(line)],
            isClosed=False,
            color=(*colour, 255.0),
            thickness=thick,
            lineType=cv2.LINE_AA,
            shift=_SHIFT,
        )

    def oval(
        self, centre: tuple[float, float], radii: tuple[float, float], colour: RGB, turn: float = 0
    ) -> None:
        """An ellipse with half axes `radii`, turned in radians, clockwise."""
        angles = np.linspace(0, 2 * math.pi, 48, endpoint=False)
        x, y = radii[0] * np.cos(angles), radii[1] * np.sin(angles)
        cos, sin = math.cos(turn), math.sin(turn)
        self.fill(np.c_[centre[0] + cos * x - sin * y, centre[1] + sin * x + cos * y], colour)

    def figure(self, light: float = 0.0, thick: float = 0.12) -> Figure:
        """What was drawn, lit from the upper left by `light` (0: flat) as though `thick` units round."""
        small = cv2.resize(self._tile, self._size, interpolation=cv2.INTER_AREA)
        alpha = np.asarray(small[..., 3] / np.float32(255), np.float32)
        cover = np.maximum(alpha, np.float32(0.004))[..., None]
        solid = np.asarray(small[..., :3].astype(np.float32) / cover, np.float32)
        if light > 0:
            solid = _rounded(solid, alpha, light, thick * self.unit)
        pixels = np.clip(_bled(solid, alpha), 0, 255).astype(np.uint8)
        left, top = self._box[:2]
        return Figure(Sprite(pixels, alpha), (-left * self.unit, -top * self.unit))

    def _dots(self, points: NDArray[np.float64]) -> NDArray[np.int32]:
        scale = self.unit * self._over * 2**_SHIFT
        return np.asarray(((points - self._box[:2]) * scale).round(), np.int32)


def _rounded(
    solid: NDArray[np.float32], alpha: NDArray[np.float32], light: float, reach: float
) -> NDArray[np.float32]:
    """Brighter where the outline looks to the light, darker where it looks away."""
    soft = cv2.GaussianBlur(alpha, (0, 0), max(reach / 2, 0.6))
    slope_y, slope_x = np.gradient(soft)
    facing = np.clip((0.55 * slope_x + 0.8 * slope_y) * reach, -1, 1)[..., None]
    return np.asarray(solid * (1 + light * facing) + 26 * light * np.maximum(facing, 0), np.float32)


def _bled(solid: NDArray[np.float32], alpha: NDArray[np.float32]) -> NDArray[np.float32]:
    """Colours carried outwards over the outline, so that soft edges are not dark."""
    weight = (alpha > 0.5).astype(np.float32)
    near = cv2.blur(weight, (5, 5))
    spread = cv2.blur(solid * weight[..., None], (5, 5)) / np.maximum(near, 1e-3)[..., None]
    mended = np.where((weight[..., None] < 0.5) & (near[..., None] > 0.01), spread, solid)
    return np.asarray(mended, np.float32)


def loop(points: Points, steps: int = 8) -> NDArray[np.float64]:
    """A closed Catmull-Rom curve through the points, `steps` between two of them: (n * steps, 2)."""
    p = np.asarray(points, np.float64)
    return _spline(np.roll(p, 1, 0), p, np.roll(p, -1, 0), np.roll(p, -2, 0), steps)


def curve(points: Points, steps: int = 8) -> NDArray[np.float64]:
    """An open Catmull-Rom curve from the first point to the last: ((n - 1) * steps + 1, 2)."""
    p = np.asarray(points, np.float64)
    q = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    return np.vstack([_spline(q[:-3], q[1:-2], q[2:-1], q[3:], steps), p[-1:]])


def _spline(
    before: NDArray[np.float64],
    here: NDArray[np.float64],
    after: NDArray[np.float64],
    beyond: NDArray[np.float64],
    steps: int,
) -> NDArray[np.float64]:
    t = (np.arange(steps) / steps)[None, :, None]
    b, h, a, z = (v[:, None] for v in (before, here, after, beyond))
    made = 0.5 * (
        2 * h + (a - b) * t + (2 * b - 5 * h + 4 * a - z) * t**2 + (3 * h - b - 3 * a + z) * t**3
    )
    return np.asarray(made.reshape(-1, 2), np.float64)


def tinted(colour: RGB, gain: float) -> RGB:
    """The colour brighter (gain above 1) or darker."""
    if gain > 1:
        return tuple(min(255.0, c + (255 - c) * (gain - 1)) for c in colour)  # type: ignore[return-value]  # three stay three
    return tuple(c * gain for c in colour)  # type: ignore[return-value]  # three stay three
