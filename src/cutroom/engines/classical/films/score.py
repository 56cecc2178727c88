"""What would be heard of a shot: its place, weather and actors as cues."""

from collections.abc import Iterator, Mapping

from cutroom.engines.classical.ambience.cue import Cue
from cutroom.engines.classical.films.cast.walker import STEPS
from cutroom.engines.classical.films.shot import Actor, Shot
from cutroom.engines.classical.ops.lightning import Lightning, strikes

_PLACES: Mapping[str, tuple[Cue, ...]] = {
    "beach": (Cue("surf"), Cue("wind", -14)),
    "sea": (Cue("sea"), Cue("wind", -8)),
    "mountains": (Cue("wind"),),
    "city": (Cue("city"),),
    "forest": (Cue("leaves", -3),),
    "meadow": (Cue("leaves", -4),),
    "desert": (Cue("wind"),),
    "snowfield": (Cue("wind", -3),),
    "space": (Cue("hum"),),
    "underwater": (Cue("underwater"),),
    "sky": (Cue("wind"),),
}
_LIVELY = frozenset({"forest", "meadow"})
"""Places where birds sing by day and crickets at night."""
_ACTORS: Mapping[str, tuple[Cue, ...]] = {
    "bird": (Cue("birds", -10),),
    "seagull": (Cue("gulls", -6),),
    "sailing boat": (Cue("boat", -5),),
    "car": (Cue("motor", 2),),
    "airplane": (Cue("roar", 0),),
    "rocket": (Cue("roar", 4),),
    "campfire": (Cue("fire", 2),),
}
_GROUNDS: Mapping[str, str] = {
    "beach": "sand",
    "desert": "sand",
    "snowfield": "snow",
    "city": "stone",
}


def cues(shot: Shot, seed: int) -> tuple[Cue, ...]:
    """The cues of a shot; never none. `seed` tells when its lightning flashes."""
    heard = list(_PLACES.get(shot.place, (Cue("wind", -6),)))
    if shot.place in _LIVELY:
        heard.append(Cue("crickets", -9) if shot.hour == "night" else Cue("birds", -8))
    for op in shot.ops:
        if op.name == "rain":
            heard.append(Cue("rain", 2))
        elif isinstance(op, Lightning):
            heard += [Cue("thunder", 6, tuple(strikes(float(shot.seconds), seed)))]
            heard += [Cue("rain", 1)] if op.rain else []
    for actor in shot.actors:
        heard += _ACTORS.get(actor.who, ())
        heard += _steps(actor, shot)
    return tuple(dict.fromkeys(heard))


def _steps(actor: Actor, shot: Shot) -> Iterator[Cue]:
    """Steps whenever a walker's foot comes down: its legs are apart then."""
    if actor.gait in {"walk", "run"}:
        rate = STEPS * (1.5 if actor.gait == "run" else 1.0)
        count = int(shot.seconds * rate + 0.5)
        moments = tuple((k + 0.5) / rate for k in range(count))
        yield Cue("steps", 4, moments, _GROUNDS.get(shot.place, "grass"))
