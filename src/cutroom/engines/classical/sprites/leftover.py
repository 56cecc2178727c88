"""What a matte missed of a thing: what is left beside its hole when the hole is filled, and does not belong there."""

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engine import Tick
from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sight import plate
from cutroom.engines.classical.sight.evidence import colours, difference, fill, look_up, thresholds
from cutroom.engines.classical.sight.plate import Plate
from cutroom.engines.classical.sight.reel import Reel, Shelf

if TYPE_CHECKING:
    from cutroom.engines.classical.sight import Sight
    from cutroom.engines.classical.sight.subject import Subject

Plane = NDArray[np.uint8]
Mask = NDArray[np.bool_]

_ROUNDS = 2
"""Times that what is left is looked for: the place is seen better without what was found first."""
_REACH = 1 / 9
"""How far from the hole something may lie that is left of the thing, in heights of the picture."""
_LARGEST = 1.0
"""Most that may be left of a thing, in areas of its hole: more is another thing."""
_ALIKE = 1.0
"""Log odds above which a colour is rather the thing's than the place's."""
_BESIDE = 9
"""Small pixels across within which what has the thing's colours beside its hole may be a part of it."""


def gathered(holes: Shelf, others: Shelf, thing: "Subject", sight: "Sight", tick: Tick) -> Shelf:
    """Adds to every hole, in place, what is left of the thing beside it; returns the veils.

    Only things that are followed by what moves: of others it is not known what touches them.
    """
    reel = sight.reel
    veils = Shelf(len(reel), reel.height, reel.width)
    if not getattr(thing, "movers", ()):
        for index in range(len(reel)):
            veils[index] = _grown(holes[index], 3)
        return veils
    odds = _likeness(holes, reel)
    slack = 0 if sight.camera.still else 1
    high = thresholds(reel, sight.plate, slack)[1]
    for turn in range(_ROUNDS + 1):
        for index in range(len(reel)):
            veils[index] = _veil(holes[index], reel[index], odds)
        if turn == _ROUNDS:
            return veils
        place = _place(veils, others, sight, tick)
        for index in range(len(reel)):
            left = _left(place, reel, index, holes[index], (high, slack))
            left &= ~_strangers(thing, sight, index)
            holes[index] = np.maximum(holes[index], _rooted(left, holes[index]))
            if index % 8 == 0:
                tick(0.0)
    return veils


def _likeness(holes: Shelf, reel: Reel) -> NDArray[np.float32]:
    """How much each colour (16, 16, 16) speaks for what is in the holes, natural log units."""
    picks = reel.sample(16)
    pictures = [reel[i] for i in picks]
    inner = [
        np.asarray(cv2.erode(holes[i], np.ones((9, 9), np.uint8)) > 0, np.bool_) for i in picks
    ]
    outer = [np.asarray(_grown(holes[i], 9) == 0, np.bool_) for i in picks]
    within, without = colours(pictures, inner), colours(pictures, outer)
    return np.asarray(np.log((within + 2e-5) / (without + 2e-5)), np.float32)


def _veil(hole: Plane, picture: Pixels, odds: NDArray[np.float32]) -> Plane:
    """The hole with a rim, and what beside it has the thing's colours."""
    near = _grown(hole, _BESIDE)
    like = cv2.GaussianBlur(look_up(odds, picture), (0, 0), 1.0) > _ALIKE
    return np.asarray(cv2.max(_grown(hole, 3), np.where(like, near, 0).astype(np.uint8)), np.uint8)


def _place(veils: Shelf, others: Shelf, sight: "Sight", tick: Tick) -> Plate:
    """The small place without the thing."""
    reel = sight.reel
    size = (reel.width, reel.height)
    matrices, canvas = plate.canvas_of(sight.camera, size, (1.0, 1.0))
    mine = [(i, reel[i], np.asarray(veils[i] > 0, np.bool_)) for i in reel.sample(41)]
    without = plate.build(mine, matrices, canvas, tick)
    both = [(i, p, h | plate.hidden(others[i], size)) for i, p, h in mine]
    calm = plate.build(both, matrices, canvas, tick)
    seen = without.seen
    calm = plate.patched(without, calm)
    return Plate(calm.pixels, without.spread, seen, calm.to_canvas, calm.size)


def _left(place: Plate, reel: Reel, index: int, hole: Plane, bars: tuple[float, int]) -> Mask:
    """Where a frame shows something else than the place beside its hole."""
    high, slack = bars
    seen = place.seen.astype(np.uint8)
    spread = np.clip(place.spread, 0, 255).astype(np.uint8)
    if place.pixels.shape[1::-1] != place.size:
        seen, spread = place.view(seen, index), place.view(spread, index)
    near = _grown(hole, 2 * round(_REACH * hole.shape[0]) + 1) > 0
    away = difference(reel[index], place.behind(index), slack)
    # What strays that far anyhow is a leaf or a wave.
    return np.asarray((away > high + 3.0 * spread) & near & (hole == 0) & (seen > 0), np.bool_)


def _strangers(thing: "Subject", sight: "Sight", index: int) -> Mask:
    """Where other things move that are followed by themselves: they are not the thing's."""
    own = getattr(thing, "movers", ())
    labels = [
        label
        for mover in sight.movers.found
        if all(mover is not m for m in own)
        for label in mover.labels.get(index, ())
    ]
    mask = np.isin(sight.movers.labels[index], labels).astype(np.uint8)
    return np.asarray(_grown(mask, 7) > 0, np.bool_)


def _rooted(left: Mask, hole: Plane) -> Plane:
    """The pieces that touch the hole, and are no larger than a part of it, with a rim."""
    pieces = cv2.morphologyEx(left.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    touching = _grown(hole, 7) > 0
    count, labels, stats, _ = cv2.connectedComponentsWithStats(pieces)
    keep = np.zeros(count, bool)
    keep[np.unique(labels[touching])] = True
    sizes = stats[:, cv2.CC_STAT_AREA]
    keep &= (sizes >= 4) & (sizes < _LARGEST * (hole > 0).sum())
    keep[0] = False
    found = fill(np.asarray(keep[labels], np.bool_)).astype(np.uint8) * np.uint8(255)
    return _grown(found, 5)


def _grown(plane: Plane, across: int) -> Plane:
    return np.asarray(cv2.dilate(plane, np.ones((across, across), np.uint8)), np.uint8)
