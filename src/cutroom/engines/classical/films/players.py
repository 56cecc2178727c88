"""An actor made ready for the camera: what it looks like at a moment."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.colour import palette
from cutroom.engines.classical.films.acting import Way
from cutroom.engines.classical.films.cast.company import BY_NAME
from cutroom.engines.classical.films.drawing import RGB, Figure
from cutroom.engines.classical.films.shot import Actor
from cutroom.engines.classical.sprites.sprite import Sprite

Look: TypeAlias = Callable[[float, float, int], Figure]
"""(pixels of its size, seconds, heading) -> the figure in the light of its place."""


@dataclass(frozen=True)
class Player:
    """One actor on its way: how it looks, where it goes, and what light it carries."""

    way: Way
    look: Look
    metres: float
    """How tall it is in the world; 0: nowhere on the ground."""
    lamps: tuple[tuple[float, float, float, RGB], ...] = ()
    turn: float = 0.0
    """Radians, clockwise, by which it is turned all the way."""
    rigid: bool = False
    """Whether it is a cut-out, which has no limbs to move: it is carried along, hopping and leaning."""
    wide: float = 1.0
    """Half the width of its shadow, share of its height."""
    row: float = field(default=0.0)
    """Where it stands on land or floats, share of the world's height."""


def drawn_look(actor: Actor, gain: NDArray[np.float32]) -> Look:
    """The look of a drawn thing in a light (3,)."""
    member = BY_NAME[actor.who]
    colour = member.colour
    if actor.colour:
        r, g, b = palette.rgb(actor.colour)
        colour = (float(r), float(g), float(b))
    dim = np.maximum(gain, 0.93) if member.glows else gain
    made: dict[tuple[float, int], Figure] = {}

    def look(size: float, seconds: float, heading: int) -> Figure:
        known = made.get((size, heading))
        if known is not None:
            return known
        figure = member.draw(size, colour, seconds)
        pixels = np.clip(figure.sprite.pixels * dim, 0, 255).astype(np.uint8)
        figure = Figure(Sprite(pixels, figure.sprite.alpha), figure.origin)
        figure = figure.turned_about() if heading < 0 else figure
        if not member.lively:
            made[size, heading] = figure
        return figure

    return look
