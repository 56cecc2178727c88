"""What a negative prompt asks to leave out. A drawn film holds only what was asked for, and its place."""

import re
from collections.abc import Sequence

from cutroom.engines.classical.films.cast.company import BY_NAME
from cutroom.engines.classical.films.shot import Shot
from cutroom.engines.classical.films.words import HOURS, shows, words
from cutroom.errors import CannotDo

_LEADING = re.compile(r"^(?:no|without|any|a|an|the|not)\s+")


def absent(negative: str | None, shots: Sequence[Shot]) -> tuple[str, ...]:
    """The things asked to be absent, all of which are. Raises CannotDo, naming what would be there."""
    things = []
    for said in re.split(r"[,;.\n]| and | or ", (negative or "").lower()):
        thing = said.strip()
        while _LEADING.match(thing):
            thing = _LEADING.sub("", thing)
        if not thing:
            continue
        for shot in shots:
            if _is_there(thing, shot):
                raise CannotDo(
                    f"The negative prompt rules out “{thing}”, but the shot “{shot.say()}” shows it."
                    " Leave it out of one of the two."
                )
        if not re.fullmatch(words().faults, thing):
            things.append(thing)
    return tuple(things)


def _is_there(thing: str, shot: Shot) -> bool:
    """Whether a shot shows a thing: as its place, its hour, an actor, weather or part of the place."""
    if any(
        re.search(rf"\b(?:{pattern})\b", thing)
        for hour, pattern in HOURS.items()
        if hour == shot.hour
    ):
        return True
    if re.search(rf"\b{re.escape(shot.place)}\b", thing) or shows(shot.place, shot.hour, thing):
        return True
    for actor in shot.actors:
        member = BY_NAME.get(actor.who)
        if member and re.search(rf"\b(?:{member.nouns}|{member.plural})\b", thing):
            return True
    return any(re.search(rf"\b{re.escape(op.name.replace('_', ' '))}", thing) for op in shot.ops)
