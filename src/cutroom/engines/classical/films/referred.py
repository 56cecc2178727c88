"""References as players: cut-outs that stand, walk, fly, sail or swim in a drawn place."""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from cutroom.engines.classical.films.acting import Way, ways
from cutroom.engines.classical.films.cast.member import Realm
from cutroom.engines.classical.films.drawing import Figure
from cutroom.engines.classical.films.players import Player
from cutroom.engines.classical.films.projector import Screen
from cutroom.engines.classical.films.script import spelled
from cutroom.engines.classical.films.shot import Actor, Shot
from cutroom.engines.classical.films.terrain import PICTURE, TERRAINS, light
from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sprites.reference import Likeness, leaning, likeness
from cutroom.engines.classical.sprites.sprite import Sprite
from cutroom.errors import CannotDo
from cutroom.types import Edit

_TALL = {"ground": 0.58, "water": 0.40, "air": 0.42, "space": 0.46, "deep": 0.42}
"""How tall a cut-out is, share of the frame's shorter side."""
_LONG = 0.62
"""How long it may be at most, share of the frame's width."""
_FAR = 0.62
"""Frames that a cut-out walks at most: it has no legs whose steps would tell its pace."""
_FIGURE = 1.7
"""Metres: a reference is taken to be as tall as a person."""


def realm_of(actor: Actor, place: str) -> Realm:
    """Where a reference is in a place. Raises CannotDo where it cannot do there what is asked."""
    there = TERRAINS.get(place, PICTURE).realms
    wanted: tuple[Realm, ...] = {
        "walk": ("ground",),
        "run": ("ground",),
        "drive": ("ground",),
        "sail": ("water", "air"),
        "swim": ("deep", "water"),
        "stay": ("ground", "air", "space", "deep"),
    }.get(actor.gait, ("air", "space", "deep"))  # type: ignore[assignment]  # the literals are realms
    if actor.gait == "stay" and place == "sea":
        wanted = ()
    found = next((realm for realm in wanted if realm in there), None)
    if found is None:
        raise CannotDo(
            f"{spelled(actor.who)} cannot {actor.gait} in the place “{place}”: there is"
            f" {', '.join(there)}. Say that it {'floats, flies or sails' if place == 'sea' else 'does something else'}."
        )
    return found


def player_maker(
    shot: Shot, screen: Screen, edit: Edit, behind: Callable[[float], Pixels]
) -> Callable[[Actor, Sequence[int]], list[Player]]:
    """What makes the players of a shot's mentions; `behind` is the place they are to fit into."""

    def players(actor: Actor, key: Sequence[int]) -> list[Player]:
        realm = realm_of(actor, shot.place)
        who = likeness(actor.who, edit)
        moves = actor.gait not in {"stay", "float", "rise", "fall"}
        way = _way(actor, realm, who.frontal, shot=shot, screen=screen, key=key)
        facing = way.heading if moves else 0
        look = _look(who, facing, behind(0.0), shot, rests=realm in {"ground", "water"})
        sprite = who.view(facing)
        metres = _FIGURE if realm in {"ground", "water"} else 0.0
        wide = 0.40 * _foot(sprite) / sprite.height
        return [Player(way, look, metres, rigid=True, wide=wide)]

    return players


def _way(
    actor: Actor, realm: Realm, sprite: Sprite, *, shot: Shot, screen: Screen, key: Sequence[int]
) -> Way:
    """The way of a cut-out, as large as fits."""
    tall = _TALL[realm] * (0.86 if len(shot.actors) > 1 else 1.0)
    unit = screen.unit
    tall = min(tall, _LONG * screen.width / unit * sprite.height / sprite.width)
    staying = [a for a in shot.actors if a.gait == "stay" and not a.side]
    side = actor.side
    if not side and actor in staying and len(staying) > 1:
        side = ("left", "right", "middle")[staying.index(actor) % 3]
    (way,) = ways(
        actor.gait, realm, size=tall, count=1, heading=actor.heading or _looks(sprite), side=side,
        seconds=shot.seconds, aspect=screen.width / screen.height, key=key, farthest=_FAR,
    )  # fmt: skip
    return way


def _look(
    who: Likeness, facing: int, place: Pixels, shot: Shot, *, rests: bool
) -> Callable[[float, float, int], Figure]:
    """The cut-out in the light of its place, the same at every moment."""
    gain = np.sqrt(light(shot.place, shot.hour)) if not shot.place.startswith("@") else np.ones(3)

    @cache
    def figure(size: float) -> Figure:
        sprite = who.matched(place, size, facing)
        pixels = np.clip(sprite.pixels * gain, 0, 255).astype(np.uint8)
        lit = Sprite(pixels, sprite.alpha)
        # On land and water it is held by its lowest edge, else by its middle.
        return Figure(lit, (sprite.width / 2, sprite.height * (0.985 if rests else 0.5)))

    return lambda size, _seconds, _heading: figure(size)


def _looks(sprite: Sprite) -> int:
    """1 where a cut-out seems to look to the right, else -1: where nothing is said, it goes that way."""
    known = leaning(sprite)
    if not known:  # the heavy end leads, however little heavier it is
        bulk = (sprite.alpha > 0.5).sum(axis=0)
        middle = float((bulk * np.arange(sprite.width)).sum()) / max(float(bulk.sum()), 1.0)
        known = middle / sprite.width - 0.5
    return 1 if known >= 0 else -1


def _foot(sprite: Sprite) -> float:
    """How wide the lowest tenth of a sprite is, pixels."""
    low = sprite.alpha[-max(sprite.height // 10, 2) :].max(axis=0) > 0.5
    return float(max(low.sum(), 0.25 * sprite.width))
