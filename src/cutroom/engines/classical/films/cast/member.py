"""What a drawn thing says of itself, so that it can be asked for and put into a shot."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from cutroom.engines.classical.films.drawing import RGB, Figure

Realm = Literal["air", "ground", "water", "deep", "space"]
"""Where a thing can be: in the air, on land, on the water, under it, between the stars."""

Gait = Literal[
    "stay", "fly", "flutter", "float", "rise", "fall", "sail", "swim", "drive", "walk", "run",
]  # fmt: skip
"""How a thing gets along."""


@dataclass(frozen=True, slots=True)
class Member:
    """A thing that can be drawn."""

    name: str
    """As the plan says it."""
    nouns: str
    """A regular expression: one of it."""
    plural: str
    """A regular expression: several of it."""
    realms: tuple[Realm, ...]
    """Where it can be; the first is where it is when nothing is said."""
    gaits: tuple[Gait, ...]
    """What it can do; the first is what it does when nothing is said."""
    size: float
    """Its usual height (on land and water) or length in the picture, share of the frame's shorter side."""
    colour: RGB
    draw: Callable[[float, RGB, float], Figure]
    """(pixels of its height or length, colour, seconds) -> the thing, heading right.

    On land and water the figure's origin is where it touches them, else its middle.
    """
    lively: bool = True
    """Whether it looks different from moment to moment."""
    dyed: bool = True
    """Whether another colour can be asked for."""
    place: str = ""
    """Where it is shown when no place is said; empty: nowhere in particular."""
    glows: bool = False
    """Whether it has light of its own, which night does not take away."""
    metres: float = 0.0
    """How tall it is where it stands on land or water: says how far away it is."""
    lamps: tuple[tuple[float, float, float, RGB], ...] = ()
    """Lights on it by sunset and night: x, y and reach in units, colour."""
    climb: float = 0.0
    """Radians by which its nose points up where it rises."""
    many: int = 3
    """How many are drawn where several are asked for without a number."""
