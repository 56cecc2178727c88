"""The matte of things that are followed: as motion tells, or completed by colour, whichever is surer."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.sight import certainty
from cutroom.engines.classical.sight.movers import Box, Mover, inside
from cutroom.engines.classical.sight.reel import Shelf
from cutroom.engines.classical.sight.remnant import goes_on
from cutroom.engines.classical.sight.subject import Cut, Unsure, hull, parts
from cutroom.engines.classical.sight.whole import complete
from cutroom.errors import CannotDo

if TYPE_CHECKING:
    from cutroom.engines.classical.sight import Sight

Plane = NDArray[np.uint8]

_ALIKE = 0.8
"""Overlap of two mattes found in different ways above which each vouches for the other."""
_PLAIN = 0.75
"""Certainty of a motion matte above which no other is tried."""
_MOST = 0.6
"""Share of the picture above which what was found is not believed: of 53 subjects drawn by hand in
real clips none takes more than 0.28."""


def moving(sight: "Sight", chosen: Sequence[Mover], bar: float, *, crisp: bool = False) -> Cut:
    """Movers as one subject. Raises CannotDo where no matte of them is as sure as the bar.

    `crisp`: before a new background every pixel that is half decided is seen.
    """
    touching = [t for t in sight.salient.found if any(_touch(t, m) for m in chosen)]
    part = _part(chosen, touching)
    motion = _by_motion(sight, chosen, crisp=crisp or part)
    if motion.trust >= max(bar, _PLAIN) and not part:
        return motion
    whole = _completed(sight, chosen, touching, motion)
    # Motion and colour know nothing of one another: where they draw one outline it is the right one.
    same = certainty.likeness(motion.small, whole.small, sorted(motion.boxes))
    if same > _ALIKE:
        motion = replace(motion, trust=max(motion.trust, 0.85 * same))
    return sure(max((motion, whole), key=lambda c: c.trust), bar)


def standing(sight: "Sight", chosen: Sequence[Mover], bar: float) -> Cut:
    """Things that stand out as one subject. Raises CannotDo where their matte is not sure enough."""
    boxes = hull(chosen)
    seed = parts(chosen, sight.salient, sight.salience)
    cut = sure(cut_about(sight, chosen, boxes, seed, 0.25), bar)
    _entire(cut, sight)
    return cut


def _entire(cut: Cut, sight: "Sight") -> None:
    """Nothing, or CannotDo where what stands out goes on beyond one side of what was found."""
    rim = np.ones((7, 7), np.uint8)
    parts = [
        goes_on(sight.reel[i], np.asarray(cv2.dilate(cut.small(i), rim), np.uint8))
        for i in sight.reel.sample(7)
    ]
    if np.mean(parts) > 0.5:
        raise CannotDo(
            "Only a part of the thing stands out clearly: it goes on beyond one side of what was found. A part of"
            " one clear colour can be found when it is named (“the red cap”)."
        )


def about_boxes(sight: "Sight", where: Sequence[Box]) -> Cut:
    """What stands upright in boxes that do not move: their middles belong to it, the rest is found."""
    height, width = sight.reel.height, sight.reel.width
    seed = np.zeros((height, width), np.uint8)
    for x0, y0, x1, y1 in where:
        middle = (round((x0 + x1) / 2), round(y0 + 0.46 * (y1 - y0)))
        axes = (max(2, round(0.16 * (x1 - x0))), max(4, round(0.36 * (y1 - y0))))
        cv2.ellipse(seed, middle, axes, 0, 0, 360, 255, cv2.FILLED)
    around = where[0]
    for box in where[1:]:
        around = (
            min(around[0], box[0]), min(around[1], box[1]), max(around[2], box[2]), max(around[3], box[3])
        )  # fmt: skip
    everywhere = dict.fromkeys(range(len(sight.reel)), around)
    return cut_about(sight, (), everywhere, lambda index: seed, 0.12)  # noqa: ARG005


def sure(cut: Cut, bar: float) -> Cut:
    """The cut, or CannotDo in words that say how sure it is, or how much of the picture it takes.

    What is half as sure as it has to be is something; what is less may be nothing.
    """
    if cut.trust >= bar and (share := certainty.cover(cut.small, sorted(cut.boxes))) > _MOST:
        raise CannotDo(
            f"What was found covers {share:.0%} of the picture: that is no thing in it but the place."
        )
    if cut.trust < bar:
        refusal = Unsure if cut.trust >= 0.5 * bar else CannotDo
        raise refusal(
            f"The subject could not be separated cleanly from its background (certainty {cut.trust:.0%},"
            f" {bar:.0%} needed). It helps when the subject moves through the picture, or stands before a"
            " background of other colours."
        )
    return cut


def cut_about(
    sight: "Sight",
    chosen: Sequence[Mover],
    boxes: dict[int, Box],
    seed: Callable[[int], Plane],
    reach: float,
) -> Cut:
    """The whole of what the seeds belong to, by colour and edges; of no trust where that fails."""
    shelf = complete(sight.reel, boxes, seed, reach, sight.tick)
    if shelf is None:
        return Cut(seed, tuple(chosen), boxes, 0.0, sight.reel.scale)
    frames = sorted(boxes)
    trust = certainty.of_cut(sight.reel, shelf.__getitem__, frames)
    trust *= certainty.growth(shelf.__getitem__, seed, frames)
    seen = min(1.0, len(frames) / len(sight.reel) / 0.5) ** 0.5
    return Cut(
        shelf.__getitem__, tuple(chosen), _boxes(shelf, frames), trust * seen, sight.reel.scale
    )


def _by_motion(sight: "Sight", chosen: Sequence[Mover], *, crisp: bool) -> Cut:
    plane = parts(chosen, sight.movers, sight.likelihood)
    first = parts(chosen[:1], sight.movers, sight.likelihood)
    trust = sight.trust_in(chosen[0], crisp=crisp)
    trust *= certainty.wholeness(plane, len(sight.reel))
    trust *= certainty.unity(first, sorted(chosen[0].boxes))
    return Cut(plane, tuple(chosen), hull(chosen), trust, sight.reel.scale)


def _completed(
    sight: "Sight", chosen: Sequence[Mover], touching: Sequence[Mover], motion: Cut
) -> Cut:
    """What moves in parts only, made whole: what stands out about the parts belongs to them."""
    stands = parts(touching, sight.salient, sight.salience)

    def seed(index: int) -> Plane:
        return np.maximum(motion.plane(index), stands(index))

    cut = cut_about(sight, chosen, hull([*chosen, *touching]), seed, 0.25)
    agreed = certainty.agreement(sight.reel, cut.small, motion.small, sorted(cut.boxes))
    return replace(cut, trust=cut.trust * agreed)


def _part(chosen: Sequence[Mover], touching: Sequence[Mover]) -> bool:
    """Whether what moves may be an arm or a head of something larger that stands out."""
    moving = sum(m.mass for m in chosen)
    return any(t.mass > 1.6 * moving and all(_within(m, t) for m in chosen) for t in touching)


def _within(inner: Mover, outer: Mover) -> bool:
    """Whether one lies in the other's box in most of the frames that show both."""
    shared = inner.boxes.keys() & outer.boxes.keys()
    held = [inside(inner.boxes[i], outer.boxes[i]) > 0.7 for i in shared]
    return len(shared) > 0.5 * len(inner.boxes) and bool(np.mean(held) > 0.6)


def _touch(a: Mover, b: Mover) -> bool:
    """Whether their boxes meet in most of the frames that show the one that is seen less."""
    shared = a.boxes.keys() & b.boxes.keys()
    if len(shared) < 0.5 * min(len(a.boxes), len(b.boxes)):
        return False
    meet = [
        min(p[2], q[2]) > max(p[0], q[0]) and min(p[3], q[3]) > max(p[1], q[1])
        for p, q in ((a.boxes[i], b.boxes[i]) for i in shared)
    ]
    return bool(np.mean(meet) > 0.6)


def _boxes(shelf: Shelf, frames: list[int]) -> dict[int, Box]:
    """The box of the matte in each frame that shows it."""
    boxes: dict[int, Box] = {}
    for index in frames:
        rows, columns = np.nonzero(shelf[index] > 127)
        if len(rows) > 20:
            low = float(columns.min()), float(rows.min())
            boxes[index] = (*low, float(columns.max() + 1), float(rows.max() + 1))
    return boxes
