"""A living copy of a thing of the clip: its cut-out in many frames, so that the copy moves as it does."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engine import Tick
from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sight.things import (
    Thing,
    Wire,
    difference_to,
    surroundings,
    wire_at,
)
from cutroom.engines.classical.sprites.paint import lightness_of, toned
from cutroom.engines.classical.sprites.sprite import Sprite
from cutroom.errors import CannotDo
from cutroom.media.decode import frames
from cutroom.types import Clip

MOST = 160
"""Frames of the thing that are kept; a longer clip plays them to and fro."""


@dataclass(frozen=True)
class Live:
    """A thing cut out of consecutive frames."""

    poses: tuple[Sprite, ...]
    """All of one size; the feet are at `feet` in each."""
    bodies: tuple[NDArray[np.float32], ...]
    """Alpha of the pose without thin parts (legs, wire), for a bird on the wing."""
    feet: tuple[float, float]
    """Pixels of a pose."""
    facing: int
    """1: its upper part leans to the right, -1: to the left."""

    def pose(self, index: int) -> Sprite:
        """The thing as it looked around frame `index`; to and fro past the end."""
        return self.poses[self._at(index)]

    def body(self, index: int) -> Sprite:
        """The same without its legs."""
        at = self._at(index)
        return Sprite(self.poses[at].pixels, self.bodies[at])

    def _at(self, index: int) -> int:
        last = len(self.poses) - 1
        step = index % (2 * last) if last else 0
        return step if step <= last else 2 * last - step

    @property
    def pivot(self) -> tuple[float, float]:
        """The feet as shares of the pose's size."""
        return self.feet[0] / self.poses[0].width, self.feet[1] / self.poses[0].height


def capture(
    clip: Clip, thing: Thing, wire: Wire | None, colour: NDArray[np.float32] | None, tick: Tick
) -> Live:
    """Cut a thing out of the clip's frames, painted in another colour if asked.

    Raises CannotDo where it does not come out of its surroundings cleanly.
    """
    window = _window(thing, clip)
    tall, wide = window[0].stop - window[0].start, window[1].stop - window[1].start
    middle = (thing.box[0] + thing.box[2]) / 2
    foot = (
        middle - window[1].start,
        0.78 * tall if wire is None else wire.y(middle) - window[0].start,
    )
    poses, bodies, decided = [], [], []
    for frame in frames(clip, stop=MOST):
        alpha, body = _cut(frame.pixels, window, thing, wire)
        if wire is not None:  # where the wire swings, hold the feet and let it swing
            lift = foot[1] + window[0].start - wire_at(frame.pixels, wire, middle, 1.6 * wide)
            shift = np.array([[1, 0, 0], [0, 1, lift]])
        else:
            shift = np.eye(2, 3)
        cut = [cv2.warpAffine(plane, shift, (wide, tall)) for plane in (alpha, body)]
        picture = cv2.warpAffine(
            np.ascontiguousarray(frame.pixels[window]),
            shift,
            (wide, tall),
            borderMode=cv2.BORDER_REPLICATE,
        )
        decided.append(_decided(cut[0]))
        poses.append(
            _painted(np.asarray(picture, np.uint8), np.asarray(cut[0], np.float32), colour)
        )
        bodies.append(np.asarray(cut[1], np.float32))
        if frame.index % 8 == 0:
            tick(0.0)
    if float(np.median(decided)) < 0.5:
        raise CannotDo(
            "What should be copied does not stand out from its surroundings cleanly enough."
            " Attach a picture of it and mention it as @Image1."
        )
    return Live(tuple(poses), tuple(bodies), foot, _facing(bodies[len(bodies) // 2]))


def _decided(alpha: NDArray[Any]) -> float:
    """The share of a cut-out's pixels that are surely inside or outside of it."""
    return float((np.abs(2 * alpha - 1) > 0.7)[alpha > 0.1].mean()) if alpha.any() else 0.0


def _window(thing: Thing, clip: Clip) -> tuple[slice, slice]:
    """Rows and columns about the thing, with room for what it may do."""
    x0, y0, x1, y1 = thing.box
    wide, tall = x1 - x0, y1 - y0
    rows = slice(max(int(y0 - 0.25 * tall), 0), min(int(y1 + 0.45 * tall), clip.height))
    columns = slice(max(int(x0 - 0.45 * wide), 0), min(int(x1 + 0.45 * wide), clip.width))
    return rows, columns


def _cut(
    pixels: Pixels, window: tuple[slice, slice], thing: Thing, wire: Wire | None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(alpha, alpha of the body alone) within the window."""
    around = surroundings(pixels)[window]
    away, darker = difference_to(np.ascontiguousarray(pixels[window]), np.ascontiguousarray(around))
    away = np.where((darker > 0) == thing.dark, away, 0.6 * away).astype(np.float32)
    low, high = 0.22 * thing.contrast, 0.62 * thing.contrast
    alpha = np.clip((away - low) / (high - low), 0, 1).astype(np.float32)
    solid = (alpha > 0.5).astype(np.uint8)
    thin = (
        max(3, round(2.2 * wire.thick) if wire else round(0.05 * (thing.box[3] - thing.box[1]))) | 1
    )
    opened = cv2.morphologyEx(
        solid, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (thin, thin))
    )
    body = _largest(opened)
    reach = np.ones((2 * thin + 1, 2 * thin + 1), np.uint8)
    near = cv2.dilate(body, np.ones((thin, thin), np.uint8))
    if wire is not None:
        rows = np.arange(body.shape[0])[:, None] + window[0].start
        columns = np.arange(body.shape[1]) + window[1].start
        middle = (thing.box[0] + thing.box[2]) / 2
        off = wire_at(pixels, wire, middle, 1.6 * len(columns)) - wire.y(middle)
        line = np.polyval(wire.coefficients, columns) + off
        on_wire = np.abs(rows - line[None]) < 0.5 * wire.thick + 1.6
        core = cv2.erode(body, np.ones((3, 3), np.uint8))
        under = cv2.dilate(body, np.ones((1, max(3, thin // 2) | 1), np.uint8))
        near = np.where(on_wire & (core == 0) & (under == 0), 0, near).astype(np.uint8)
        legs = cv2.dilate(body, reach) * (rows < line[None] + 0.5 * wire.thick).astype(np.uint8)
        near = np.maximum(near, np.where(on_wire, 0, legs).astype(np.uint8))
    soft = cv2.GaussianBlur(near.astype(np.float32), (3, 3), 0)
    trunk = cv2.GaussianBlur(
        cv2.dilate(body, np.ones((3, 3), np.uint8)).astype(np.float32), (3, 3), 0
    )
    return np.asarray(alpha * soft, np.float32), np.asarray(alpha * trunk, np.float32)


def _largest(mask: NDArray[np.generic]) -> NDArray[np.uint8]:
    """The largest piece of a mask, 0 or 1."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(np.asarray(mask, np.uint8))
    if count < 2:
        return np.zeros(mask.shape, np.uint8)
    best = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    return np.asarray(labels == best, np.uint8)


def _painted(
    pixels: Pixels, alpha: NDArray[np.float32], colour: NDArray[np.float32] | None
) -> Sprite:
    """The pose, its main colour exchanged, its odd-coloured parts (a beak, an eye) kept."""
    solid = alpha > 0.85
    if not solid.any():
        return Sprite(pixels, alpha)
    if colour is not None:
        lab = cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB).astype(np.float32)
        odd = _odd(lab, alpha, solid)
        main = np.median(lab[solid], axis=0)
        light = lightness_of(pixels)
        spread = max(14.0, 1.6 * float(light[solid].std()))
        fresh = toned(light, colour, float(main[0]), spread)
        keep = cv2.GaussianBlur(odd.astype(np.float32), (3, 3), 0)[..., None]
        pixels = (fresh + keep * (pixels.astype(np.float32) - fresh)).astype(np.uint8)
    # The rim shows sky through it: give it the colour just inside.
    inner = cv2.erode((alpha > 0.9).astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.float32)
    weight = cv2.GaussianBlur(inner, (0, 0), 2.2)
    colours = cv2.GaussianBlur(pixels.astype(np.float32) * inner[..., None], (0, 0), 2.2)
    filled = colours / np.maximum(weight, 1e-3)[..., None]
    rim = ((inner < 0.5) & (weight > 0.01))[..., None]
    return Sprite(np.where(rim, np.clip(filled, 0, 255), pixels).astype(np.uint8), alpha)


def _odd(
    lab: NDArray[np.float32], alpha: NDArray[np.float32], solid: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """0..1: how much a pixel is of another material than the body, say a beak or an eye.

    A mixture of body and background is not: its colour lies on the line between the two.
    """
    main = np.median(lab[solid], axis=0)
    clear = alpha < 0.03
    beyond = np.median(lab[clear], axis=0) if clear.any() else main
    line = beyond - main
    share = np.clip(((lab - main) @ line) / max(float(line @ line), 1.0), 0, 1)
    off = np.linalg.norm((lab - main - share[..., None] * line)[..., 1:], axis=2)
    # An eye: a bright speck on the body; its dark pupil lies within.
    size = max(5, round(0.08 * lab.shape[0]) | 1)
    light = np.ascontiguousarray(lab[..., 0])
    speck = cv2.morphologyEx(light, cv2.MORPH_TOPHAT, np.ones((size, size), np.uint8)) > 45
    speck &= cv2.erode(alpha, np.ones((5, 5), np.uint8)) > 0.75
    whole = cv2.morphologyEx(speck.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    odd = np.maximum(np.clip((off - 9) / 7, 0, 1) * (alpha > 0.3), whole)
    # Only about the head: on the trunk, what looks odd is the light.
    rows = np.flatnonzero(solid.any(axis=1))
    odd[rows[0] + round(0.30 * len(rows)) :] = 0
    return np.asarray(odd, np.float32)


def _facing(body: NDArray[np.float32]) -> int:
    """Which way a perched thing looks: its upper part leans to where its head is."""
    rows, columns = np.nonzero(body > 0.5)
    if len(rows) < 20:
        return 1
    low, high = np.percentile(rows, (30, 70))
    return 1 if columns[rows < low].mean() >= columns[rows > high].mean() else -1
