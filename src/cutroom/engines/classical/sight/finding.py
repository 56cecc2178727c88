"""From a target in words to the one thing in the clip that is meant, or a sentence that says why not."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cutroom.engines.classical.sight import boxes, coloured, cutting, kinds, people
from cutroom.engines.classical.sight.movers import Mover, Movers
from cutroom.engines.classical.sight.named import colour_share
from cutroom.engines.classical.sight.rest import Rest
from cutroom.engines.classical.sight.subject import CUT_OUT, FOLLOWED, Cut, Subject, Unsure
from cutroom.engines.classical.sight.tinted import Tinted
from cutroom.engines.classical.target import Target
from cutroom.errors import CannotDo

if TYPE_CHECKING:
    from cutroom.engines.classical.sight import Sight

_FEW = 6
"""Frames below which nothing is taken for a mover: what did not stir yet may be meant as well."""
_CLEAN = 0.45
"""Certainty above which a mover that stays in its spot is a thing of its own."""
_SIDES = {"left": (0, 1), "right": (0, -1), "top": (1, 1), "bottom": (1, -1)}
"""Side -> (axis, sign by which the wanted centre is the least)."""


def find(sight: "Sight", target: Target) -> Subject:
    """What the target means in the clip.

    Raises CannotDo where nothing of the kind is found, where two could be meant, and where the
    matte is not sure enough.
    """
    if target.kind == "background":
        return Rest(sight.foreground(), (sight.clip.width, sight.clip.height))
    if target.kind == "face":
        raise CannotDo(
            "Faces cannot be found in a clip surely enough to rely on it; the person they belong to can: “blur the man”."
        )
    if target.kind == "subject" and not target.side and not target.colour:
        return foreground(sight) if target.all else subject(sight)
    by_colour = bool(target.colour) and target.kind != "person"
    movers = _those_meant(sight, target)
    try:
        if movers:
            return _moving(sight, movers, target)
    except CannotDo:
        if not by_colour:
            raise
    if by_colour:
        return _by_colour(sight, target)
    if target.kind == "person" and (standing := people.standing(sight.reel)):
        return _one_standing(sight, standing, target)
    if things := _still_ones(sight, target):
        return cutting.standing(sight, kinds.nobody(sight, things, target), FOLLOWED)
    raise CannotDo(
        f"Nothing was found in the clip that could be {target.say()}. What moves is found best, what stands"
        " before a plain background, and what has a clear colour when it is named (“the red mug”)."
    )


def _moving(sight: "Sight", movers: tuple[Mover, ...], target: Target) -> Cut:
    """The matte of what moves and is meant. Raises CannotDo where it is not sure, or something else."""
    cut = cutting.moving(sight, kinds.believed(sight, movers, target), FOLLOWED)
    kinds.somebody(cut.boxes, sight, target)
    kinds.no_person(cut.boxes, sight, target)
    return cut


def subject(sight: "Sight") -> Cut:
    """What the clip is about: the one clear mover, else the one thing that stands out."""
    found = [m for m in real(sight, 0.03) if _prominent(sight, m)]
    if len(found) > 1:
        raise CannotDo(
            "More than one thing moves in this clip, and it is not clear which one is meant. Say which: “the left"
            " one”, “the one on the right”, by its colour, or “all of them”."
        )
    if found:
        return cutting.moving(sight, found, FOLLOWED)
    return cutting.standing(sight, _one_that_stands_out(sight), FOLLOWED)


def foreground(sight: "Sight") -> Cut:
    """All that moves, else all that stands out."""
    if found := real(sight, 0.06):
        return cutting.moving(sight, found, CUT_OUT, crisp=True)
    return cutting.standing(sight, _one_that_stands_out(sight), CUT_OUT)


def heavy(movers: Movers, share: float) -> list[Mover]:
    """Those that weigh more than a share of the heaviest."""
    return [m for m in movers.found if m.mass > share * movers.found[0].mass]


def real(sight: "Sight", share: float) -> list[Mover]:
    """The heaviest mover, and all others that are things of their own rather than parts or ghosts.

    What travels is a thing, however small: a walker far off counts as much as the car before him.
    What stirs in one spot is one only if its matte is clean: else it is a sleeve, a leaf, or what
    the plate wrongly holds. In a shot of a few frames nothing moves far enough to be told by it.
    """
    if len(sight.reel) < _FEW:
        return []
    found = heavy(sight.movers, share)
    return found[:1] + [m for m in found[1:] if travels(sight, m) or sight.trust_in(m) > _CLEAN]


def travels(sight: "Sight", mover: Mover) -> bool:
    """Whether it goes as far as it is large, the camera's motion taken out."""
    frames = sorted(mover.boxes)
    spots, sizes = [], []
    for index in frames:
        x0, y0, x1, y1 = mover.boxes[index]
        place = sight.camera.home[index] @ np.array([(x0 + x1) / 2, (y0 + y1) / 2, 1.0])
        spots.append(place[:2] / place[2])
        sizes.append(float(np.hypot(x1 - x0, y1 - y0)))
    low, high = np.percentile(np.array(spots), (5, 95), axis=0)
    return len(frames) > 4 and float(np.hypot(*(high - low))) > float(np.median(sizes))


def _prominent(sight: "Sight", mover: Mover) -> bool:
    """Whether a mover could be what the clip is about: it travels, or stands out like the heaviest."""
    first = sight.movers.found[0]
    if mover is first or travels(sight, mover):
        return True
    return _raised(sight, mover) > 0.5 * _raised(sight, first)


def _raised(sight: "Sight", mover: Mover) -> float:
    """Mean salience of a mover, 0..255."""
    frames = sorted(mover.boxes)
    levels = []
    for index in frames[:: max(1, len(frames) // 9)]:
        region = np.isin(sight.movers.labels[index], mover.labels.get(index, ()))
        levels.append(float(sight.salience[index][region].mean()) if region.any() else 0.0)
    return float(np.mean(levels))


def _one_that_stands_out(sight: "Sight") -> list[Mover]:
    """The thing that stands out by itself. Raises CannotDo where there is none, or several."""
    found = heavy(sight.salient, 0.4)
    if not found:
        raise CannotDo(
            "Nothing that moves against its background was found in the clip, and nothing that stands out from"
            " it, so it is not clear what to cut out."
        )
    if len(found) > 1:
        raise CannotDo(
            "Nothing that moves against its background was found in the clip, and more than one thing stands out"
            " from it. Say which is meant: “the left one”, “the one on the right”, or “all of them”."
        )
    return found


def _one_standing(sight: "Sight", found: list[people.Bystander], target: Target) -> Subject:
    """Somebody who stands still, found by shape. Raises CannotDo where it is not clear who."""
    width, height = sight.reel.width, sight.reel.height
    if target.side:
        spots = [boxes.centre(f.box) for f in found]
        found = [found[at_side([(x / width, y / height) for x, y in spots], target)]]
    if len(found) > 1 and not target.all:
        raise Unsure(_which(target, len(found)))
    cut = cutting.about_boxes(sight, [f.box for f in found])
    return cutting.sure(
        replace(cut, trust=cut.trust * min(f.trust for f in found) ** 0.5), FOLLOWED
    )


def _still_ones(sight: "Sight", target: Target) -> list[Mover]:
    """The things that stand out and are meant; none where none fits."""
    found = heavy(sight.salient, 0.4)
    if not found or target.all:
        return found
    if target.side:
        return [found[at_side([_centre(m, sight) for m in found], target)]]
    if len(found) > 1:
        raise Unsure(_which(target, len(found)))
    return found


def _those_meant(sight: "Sight", target: Target) -> tuple[Mover, ...]:
    """The movers that are meant; none where none fits. Raises CannotDo where it is not clear which."""
    if sight.camera.cuts:  # the plate would say so, but a colour can still be followed
        if target.colour and target.kind != "person":
            return ()
        return sight.movers.found
    found = real(sight, 0.03)
    if target.side:  # what stirs in one spot may be on that side, though its own matte is not clean
        found += [m for m in heavy(sight.movers, 0.3) if all(m is not f for f in found)]
    if target.colour:
        found = [m for m in found if colour_share(sight, m, target.colour) > 0.25]
    if target.all:
        kinds.alike(sight, found, target)
    if not found or target.all:
        return tuple(found)
    if target.side:
        chosen = at_side([_centre(m, sight) for m in found], target)
        return (found[chosen],)
    if len(found) > 1 and target.kind in {"person", "animal", "vehicle"}:
        found = kinds.of_kind(sight, found, target)
    if len(found) > 1:
        raise Unsure(_which(target, len(found)))
    return (found[0],)


def _which(target: Target, count: int) -> str:
    return (
        f"{_NUMBERS.get(count, str(count))} things in the clip could be {target.say()}, and it is not clear which is"
        " meant. Say which: “the left one”, “the one on the right”, by its colour, or “all of them”."
    )


_NUMBERS = {2: "Two", 3: "Three", 4: "Four", 5: "Five", 6: "Six"}


def at_side(centres: list[tuple[float, float]], target: Target) -> int:
    """Which of several centres (shares of width and height) is at the target's side.

    Raises CannotDo where the only one there is is clearly elsewhere, or two are as far to that side.
    """
    places = np.array(centres)
    if target.side == "middle":
        rank = np.abs(places[:, 0] - (0.5 if len(places) < 3 else float(np.median(places[:, 0]))))
    else:
        axis, sign = _SIDES[target.side]
        rank = sign * places[:, axis]
    order = np.argsort(rank, kind="stable")
    best = int(order[0])
    if len(order) > 1 and rank[order[1]] - rank[best] < 0.03:
        raise Unsure(f"Two things lie about as far to that side; {target.say()} is not clear.")
    if len(order) == 1 and target.side != "middle":
        axis, sign = _SIDES[target.side]
        if sign * (places[0, axis] - 0.5) > 0.15:
            raise CannotDo(
                f"Only one thing was found that could be {target.say()}, and it is on the other side."
            )
    return best


def _centre(mover: Mover, sight: "Sight") -> tuple[float, float]:
    """Where it is in the middle of its time, shares of width and height."""
    boxes = np.array(list(mover.boxes.values()))
    x = float(np.median(boxes[:, 0] + boxes[:, 2])) / 2 / sight.reel.width
    y = float(np.median(boxes[:, 1] + boxes[:, 3])) / 2 / sight.reel.height
    return x, y


def _by_colour(sight: "Sight", target: Target) -> Subject:
    """The region that has the colour. Raises CannotDo where there is none, or several and one is meant."""
    which = "all" if target.all else target.side or "one"
    region = coloured.find(sight.reel, target.colour, target.noun or "thing", sight.tick, which)
    return Tinted(region, coloured.certainty(sight.reel, region), sight.reel.scale)
