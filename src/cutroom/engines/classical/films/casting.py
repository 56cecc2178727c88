"""Players for a shot's actors: drawn ones from the company, others from the references of the edit."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from cutroom.engines.classical.films.acting import ways
from cutroom.engines.classical.films.cast.company import BY_NAME
from cutroom.engines.classical.films.players import Player, drawn_look
from cutroom.engines.classical.films.projector import Screen
from cutroom.engines.classical.films.shot import Actor, Shot
from cutroom.engines.classical.films.terrain import PICTURE, TERRAINS, light

_COLOURS = ("red", "yellow", "blue", "green", "orange", "purple", "pink", "turquoise")
_CROWD = 0.9
"""Of several, each is so much smaller than one alone would be, from four on."""


def cast(
    shot: Shot,
    screen: Screen,
    seed: int,
    referred: Callable[[Actor, Sequence[int]], list[Player]] | None = None,
) -> list[Player]:
    """The players of a shot; `referred` makes those of actors that are mentions."""
    players: list[Player] = []
    for n, actor in enumerate(shot.actors):
        key = (seed, 881, n)
        if actor.who.startswith("@"):
            assert referred is not None
            players += referred(actor, key)
        else:
            players += _drawn(actor, shot, screen, key)
    return players


def _drawn(actor: Actor, shot: Shot, screen: Screen, key: Sequence[int]) -> Iterator[Player]:
    """The players of a drawn actor: one for each of its number."""
    member = BY_NAME[actor.who]
    realms = TERRAINS.get(shot.place, PICTURE).realms
    realm = next(r for r in member.realms if r in realms)
    size = member.size * (_CROWD if actor.count > 3 and member.metres == 0 else 1.0)
    gain = light(shot.place, shot.hour)
    lead = _spaced(actor, shot, len(shot.actors))
    for k, way in enumerate(
        ways(
            actor.gait, realm, size=size, count=actor.count, heading=actor.heading, side=lead,
            seconds=shot.seconds, aspect=screen.width / screen.height, key=key,
        )
    ):  # fmt: skip
        colour = _COLOURS[k % len(_COLOURS)] if actor.colour == "colourful" else actor.colour
        look = drawn_look(replace(actor, colour=colour), gain)
        lamps = member.lamps
        turn = -member.climb * way.heading if way.gait == "rise" else 0.0
        yield Player(way, look, member.metres, lamps, turn, wide=_wide(actor.who))


def _spaced(actor: Actor, shot: Shot, count: int) -> str:
    """On which side an actor stands where several who stay would stand on one another."""
    if actor.side or count == 1 or actor.gait != "stay":
        return actor.side
    staying = [a for a in shot.actors if a.gait == "stay" and not a.side]
    return ("left", "right", "middle")[staying.index(actor) % 3] if len(staying) > 1 else "right"


def _wide(name: str) -> float:
    """Half the width of the shadow, share of the height."""
    return {"car": 1.35, "house": 0.62, "tree": 0.40, "campfire": 0.5, "lighthouse": 0.26}.get(
        name, 0.22
    )
