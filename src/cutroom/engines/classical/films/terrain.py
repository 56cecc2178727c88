"""Where in each drawn place one can stand, swim or sail, and what its light does to what is there."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.films.cast.member import Realm
from cutroom.engines.classical.scenes.backdrop import Hour

EYE = 1.7
"""Metres of the camera above land."""
MAST = 3.2
"""Metres of the camera above water."""


@dataclass(frozen=True, slots=True)
class Terrain:
    """Rows of a drawn place, shares of its height."""

    realms: tuple[Realm, ...]
    horizon: float = 0.5
    land: tuple[float, float] = (0.0, 0.0)
    """Where feet can stand: the farthest and the nearest row."""
    water: tuple[float, float] = (0.0, 0.0)
    flat: bool = False
    """Whether nothing drawn stands up from below the horizon, so that the ground may be gone over."""


TERRAINS: Mapping[str, Terrain] = {
    "beach": Terrain(("ground", "water", "air"), 0.50, (0.885, 0.95), (0.53, 0.70)),
    "sea": Terrain(("water", "air"), 0.48, water=(0.53, 0.90), flat=True),
    "mountains": Terrain(("ground", "air"), 0.70, (0.79, 0.95), flat=True),
    "city": Terrain(("ground", "air"), 0.755, (0.80, 0.95), flat=True),
    "forest": Terrain(("ground", "air"), 0.62, (0.76, 0.90)),
    "meadow": Terrain(("ground", "air"), 0.60, (0.68, 0.90), flat=True),
    "desert": Terrain(("ground", "air"), 0.56, (0.80, 0.94), flat=True),
    "snowfield": Terrain(("ground", "air"), 0.65, (0.75, 0.95), flat=True),
    "space": Terrain(("space",)),
    "underwater": Terrain(("deep",)),
    "sky": Terrain(("air",)),
}

PICTURE = Terrain(("ground", "air"), 0.60, (0.84, 0.97))
"""A picture of an unknown place: ground is taken to be along its lower edge."""

_GAIN: Mapping[Hour, tuple[float, float, float]] = {
    "day": (1.0, 1.0, 1.0), "sunset": (0.74, 0.55, 0.52), "night": (0.38, 0.44, 0.60),
}  # fmt: skip


def light(place: str, hour: Hour) -> NDArray[np.float32]:
    """How the light of a place dyes what is in it, factors (3,)."""
    if place == "space":
        return np.array((0.96, 0.96, 1.0), np.float32)
    gain = np.array(_GAIN[hour], np.float32)
    if place == "underwater":
        return (0.35 + 0.65 * gain) * np.array((0.78, 0.95, 1.0), np.float32)
    if place == "forest":
        return gain * np.array((0.86, 0.90, 0.80), np.float32)
    return gain
