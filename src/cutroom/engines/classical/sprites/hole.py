"""What has to be filled where a thing is taken out: the thing, its rim, and the shadow that goes with it."""

from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engine import Tick
from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sight import Sight
from cutroom.engines.classical.sight.evidence import difference, fill, thresholds
from cutroom.engines.classical.sight.reel import Shelf
from cutroom.engines.classical.sight.subject import Subject
from cutroom.engines.classical.sprites.leftover import gathered
from cutroom.errors import CannotDo

Plane = NDArray[np.uint8]
"""A grey picture at analysis size, 0..255."""

_SURE = 40
"""Of 255: how likely the thing a pixel is that goes with it."""
_MOMENT = 0.2
"""Seconds for which a matte may lose a part of a thing."""
_MOVES = 60
"""Of 255: how likely a pixel moves that does not belong to the place."""


def kept_in_sight(thing: Subject, sight: Sight, what: str) -> None:
    """Raises CannotDo where the thing is lost amid the picture because something else comes across it."""
    count = len(sight.reel)
    seen = [i for i in range(count) if thing.box(i) is not None]
    if not seen or not hasattr(thing, "movers"):
        return
    gaps = [(a, b - a - 1) for a, b in pairwise(seen) if b - a > 2]
    for index, gone in ((seen[0], seen[0]), (seen[-1], count - 1 - seen[-1]), *gaps):
        box = thing.box(index)
        if gone <= max(2, 0.08 * count) or box is None or _at_edge(box, sight):
            continue
        across, down = sight.reel.scale
        mine = (box[0] / across - 3, box[1] / down - 3, box[2] / across + 3, box[3] / down + 3)
        near = range(max(index - 3, 0), min(index + 4, count))
        others = [m for m in sight.movers.found if m not in thing.movers]
        if any(_meet(mine, m.boxes[i]) for m in others for i in near if i in m.boxes):
            raise CannotDo(
                f"{what.capitalize()} is lost from sight {sight.reel.times[index]:.1f} s into the clip, where"
                " something else that moves comes across it. A clip that is cut before or after that works."
            )


def _at_edge(box: tuple[float, float, float, float], sight: Sight) -> bool:
    """Whether a full-size box touches the edge of the frame."""
    wide, tall = sight.clip.width, sight.clip.height
    rim = 0.02 * wide
    return box[0] < rim or box[1] < rim or box[2] > wide - rim or box[3] > tall - rim


def _meet(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


class Holes(NamedTuple):
    """What has to be filled, and what it must not be filled from; small planes, one a frame."""

    holes: Shelf
    """255 where the thing, its rim and its shadow are."""
    others: Shelf
    """How likely something else moves there, 0..255."""
    veils: Shelf
    """255 where a frame does not show the place: the hole, a rim, and what looks like the thing beside it."""


def holes_of(thing: Subject, sight: Sight, tick: Tick) -> Holes:
    """The hole in every frame, and what of it shows the place."""
    reel, count = sight.reel, len(sight.reel)
    bare, others, holes = (Shelf(count, reel.height, reel.width) for _ in range(3))
    rim = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
    for index in range(count):
        bare[index] = np.asarray(cv2.dilate(whole(thing.small(index) > _SURE), rim), np.uint8)
        own = cv2.dilate(bare[index], rim) > 0
        others[index] = np.where(own, 0, sight.likelihood[index])
        if index % 8 == 0:
            tick(0.0)
    slack = 0 if sight.camera.still else 1
    low = 0.6 * thresholds(reel, sight.plate, slack)[0]
    for index in range(count):
        hole = bridged(bare, index, sight)
        behind = sight.plate.behind(index)
        dark = darker(reel[index], behind, low, slack) & (others[index] < _MOVES)
        holes[index] = _with_shadow(hole, dark)
        if index % 8 == 0:
            tick(0.0)
    return Holes(holes, others, gathered(holes, others, thing, sight, tick))


def bridged(planes: Shelf, index: int, sight: Sight) -> Plane:
    """A frame's hole with what both a moment before and a moment after it is one.

    A hole that closes for a moment would flash the thing, or a limb of it.
    """
    reach = max(1, round(_MOMENT * float(sight.clip.rate)))
    sides = []
    for step in (-1, 1):
        near = [index + step * k for k in range(1, reach + 1)]
        known = [planes[i] for i in near if 0 <= i < len(planes)] or [planes[index]]
        sides.append(np.maximum.reduce(known))
    return np.asarray(cv2.max(planes[index], cv2.min(*sides)), np.uint8)


def whole(mask: NDArray[np.bool_]) -> Plane:
    """The mask without the gaps that a matte has where the thing looks like what is behind it."""
    reach = max(3, (mask.shape[0] // 20) | 1)
    closed = cv2.morphologyEx(
        mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8)
    )
    return np.asarray(fill(closed > 0).astype(np.uint8) * 255, np.uint8)


def darker(picture: Pixels, behind: Pixels, low: float, slack: int) -> NDArray[np.bool_]:
    """Where the picture shows the place in less light, but in no other colour."""
    now = cv2.GaussianBlur(picture, (5, 5), 0).astype(np.float32) + 1
    then = cv2.GaussianBlur(behind, (5, 5), 0).astype(np.float32) + 1
    ratio = now / then
    light = ratio.mean(axis=2)
    tint = (ratio.max(axis=2) - ratio.min(axis=2)) / np.maximum(light, 0.05)
    darker = (light < 0.96) & (light > 0.25) & (tint < 0.18)
    return np.asarray(darker & (difference(picture, behind, slack) > low), np.bool_)


def _with_shadow(hole: Plane, dark: NDArray[np.bool_]) -> Plane:
    """The hole and what of `dark` hangs on it, no farther off than a sixth of the picture."""
    reach = 2 * (hole.shape[0] // 6) + 1
    near = cv2.dilate(hole, np.ones((reach, reach), np.uint8)) > 0
    both = ((dark & near) | (hole > 0)).astype(np.uint8)
    count, labels = cv2.connectedComponents(both)
    keep = np.zeros(count, bool)
    keep[np.unique(labels[hole > 0])] = True
    keep[0] = False
    shadow = (keep[labels] & dark & near).astype(np.uint8) * 255
    calm = cv2.morphologyEx(shadow, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return np.asarray(cv2.max(hole, cv2.dilate(calm, np.ones((5, 5), np.uint8))), np.uint8)
