"""Whether what was found may be of the kind that a noun names: by its shape and the people detector.

Sight does not know what a dog is. But somebody upright whom the detector sees again and again is none,
and what lies flat and is never seen as a person is nobody who walks.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cutroom.engines.classical.sight import people
from cutroom.engines.classical.sight.movers import Mover
from cutroom.engines.classical.sight.people import Boxes
from cutroom.engines.classical.target import Target
from cutroom.errors import CannotDo

if TYPE_CHECKING:
    from cutroom.engines.classical.sight import Sight

_PERSON = 0.35
"""Likeness to a person above which something is taken for one, others being less like one."""
_SURELY = 0.65
"""Likeness to a person above which something is not believed to be anything else."""
_FLAT = 0.7
"""Height over width below which nobody stands, sits or walks."""
_UNLIKE = 4.0
"""Times as large as the smallest: what moves is no longer taken for several of one kind."""
_COMPACT = frozenset(
    {"ball", "apple", "frisbee", "balloon", "mug", "cup", "plate", "bowl", "cap", "hat"}
)
"""Nouns of things that are no taller than wide."""
_UPRIGHT = frozenset(
    {
        "animal",
        "pet",
        "bird",
        "chicken",
        "duck",
        "swan",
        "goose",
        "pigeon",
        "seagull",
        "parrot",
        "bear",
        "monkey",
        "rabbit",
        "bunny",
        "squirrel",
    }
)
"""Animals that may sit or stand as people do: of a bird in an animated film the detector is as sure as of a man."""


def of_kind(sight: "Sight", found: list[Mover], target: Target) -> list[Mover]:
    """Those that may be of the target's kind, where one that looks like a person settles it."""
    if target.kind == "vehicle" and found[0].mass > 8 * found[1].mass:
        sight.tick.note(f"Took the largest thing that moves as {target.say()}.")
        return found[:1]
    like = [people.likeness(m.boxes, sight.reel) for m in found]
    best = max(like)
    if best < _PERSON:
        return found
    if target.kind == "person":
        chosen = [m for m, one in zip(found, like, strict=True) if one > best - 0.3]
    else:
        chosen = [m for m, one in zip(found, like, strict=True) if one < best - 0.3]
    if len(chosen) == 1:
        sight.tick.note(f"Took the one that moves and looks most like it as {target.say()}.")
    return chosen or found


def alike(sight: "Sight", found: Sequence[Mover], target: Target) -> None:
    """Nothing, or CannotDo where “all the cars” moves beside a cyclist: only sizes tell them apart."""
    if len(found) < 2 or target.kind == "subject" or target.colour:
        return
    if target.kind == "person" and all(
        people.likeness(m.boxes, sight.reel) > _PERSON for m in found
    ):
        return
    sizes = [
        float(np.median([(b[2] - b[0]) * (b[3] - b[1]) for b in m.boxes.values()])) for m in found
    ]
    if max(sizes) > _UNLIKE * min(sizes):
        raise CannotDo(
            f"What moves in the clip is too unlike in size to be {target.say()}. Say which one is meant: “the left"
            " one”, “the one on the right”, or by its colour."
        )


def believed(sight: "Sight", movers: Sequence[Mover], target: Target) -> tuple[Mover, ...]:
    """Those that nothing says are something else. Raises CannotDo, with what was seen, where none is left."""
    if target.colour or target.kind not in {"animal", "vehicle", "thing"}:
        return tuple(movers)
    low = target.kind == "vehicle" or target.noun in _COMPACT
    if low and len(movers) == 1 and people.tallness(movers[0].boxes) > 1.7:
        raise CannotDo(
            f"What moves in this clip is too tall to be {target.say()}; something that somebody holds or plays"
            " cannot be told apart from them unless it has a clear colour and that is named."
        )
    return nobody(sight, movers, target)


def nobody(sight: "Sight", movers: Sequence[Mover], target: Target) -> tuple[Mover, ...]:
    """Those that are not surely people, where something else was named; raises CannotDo as `believed` does."""
    if not _low(target):
        return tuple(movers)
    like = [people.likeness(m.boxes, sight.reel) for m in movers]
    left = tuple(m for m, one in zip(movers, like, strict=True) if one < _SURELY)
    if movers and not left:
        raise _a_person(movers[0].boxes, sight, target)
    return left


def no_person(boxes: Boxes, sight: "Sight", target: Target) -> None:
    """Nothing, or CannotDo where the whole of what was found is surely somebody, and something else was named.

    Of somebody who sits and signs only the arms may move: those are not like a person.
    """
    if _low(target) and boxes and people.likeness(boxes, sight.reel) >= _SURELY:
        raise _a_person(boxes, sight, target)


def _low(target: Target) -> bool:
    """Whether what was named, and not by a colour, never stands as people do."""
    low = target.kind == "vehicle" or (target.kind == "animal" and target.noun not in _UPRIGHT)
    return low and not target.colour


def _a_person(boxes: Boxes, sight: "Sight", target: Target) -> CannotDo:
    seen = people.votes(boxes, sight.reel)
    return CannotDo(
        f"What was found looks like a person (upright, and the people detector sees somebody there in {seen:.0%} of"
        f" the frames looked at), not like {target.say()}. Say “the person”, or name the colour of what you mean."
    )


def somebody(boxes: Boxes, sight: "Sight", target: Target) -> None:
    """Nothing, or CannotDo where somebody was named and what was found lies flat and is seen as nobody."""
    if target.kind != "person" or not boxes:
        return
    tall = people.tallness(boxes)
    if tall < _FLAT and people.votes(boxes, sight.reel) == 0:
        raise CannotDo(
            f"What moves is {1 / tall:.1f} times as wide as it is tall, and the people detector sees nobody in it,"
            f" so it is not believed to be {target.say()}. Say “the thing that moves”, or name its colour."
        )
