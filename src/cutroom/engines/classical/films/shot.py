"""A shot: everything that is to be seen between two cuts, as a value."""

from dataclasses import asdict, dataclass, field
from typing import Any

from cutroom.engines.classical.films.camera import Move
from cutroom.engines.classical.films.cast.member import Gait
from cutroom.engines.classical.op import Op
from cutroom.engines.classical.scenes.backdrop import Hour


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something in a shot, and what it does there."""

    who: str
    """The name of a drawn thing, or a mention: `@image1`, `@element2`."""
    gait: Gait
    count: int = 1
    colour: str = ""
    """A colour's name; empty: its own."""
    heading: int = 0
    """1: to the right, -1: to the left, 0: as it likes."""
    side: str = ""
    """left, right or middle, where that was said."""

    def say(self) -> str:
        """The actor in words: `3 red balloons rising`."""
        name = " ".join(filter(None, (self.colour, self.who)))
        many = f"{self.count} of: {name}" if self.count > 1 else name
        doing = {"stay": "", "fly": "flying", "flutter": "fluttering", "float": "floating", "rise": "rising", "fall": "sinking",
                 "sail": "sailing", "swim": "swimming", "drive": "driving", "walk": "walking", "run": "running"}[self.gait]  # fmt: skip
        way = {1: "to the right", -1: "to the left", 0: ""}[self.heading]
        at = f"on the {self.side}" if self.side in {"left", "right"} else ""
        return " ".join(filter(None, (many, doing, way, at)))


@dataclass(frozen=True, slots=True)
class Shot:
    """A place at an hour, who is in it, weather and look over it, and how the camera moves."""

    place: str
    """A name of `scenes.places.PLACES`, or the mention of an image that is shown behind everything."""
    hour: Hour
    seconds: int
    actors: tuple[Actor, ...] = ()
    ops: tuple[Op, ...] = ()
    """Weather, light and look, in their order."""
    camera: Move = field(default_factory=Move)

    def say(self) -> str:
        """The shot in one line."""
        at = {"day": "by day", "sunset": "at sunset", "night": "at night"}[self.hour]
        parts = [self.place if self.place.startswith("@") else f"{self.place} {at}"]
        parts += [actor.say() for actor in self.actors]
        parts += [op.say() for op in self.ops]
        if self.camera.kind != "still":
            parts.append(self.camera.kind)
        return f"{self.seconds} s: " + ", ".join(parts)

    def to_json(self) -> dict[str, Any]:
        """The shot as JSON values."""
        ops = [{"op": op.name, **asdict(op), "say": op.say()} for op in self.ops]  # type: ignore[call-overload]  # every op is a dataclass, which a Protocol cannot say
        return {
            "place": self.place,
            "hour": self.hour,
            "seconds": self.seconds,
            "actors": [asdict(actor) for actor in self.actors],
            "ops": ops,
            "camera": asdict(self.camera),
            "say": self.say(),
        }
