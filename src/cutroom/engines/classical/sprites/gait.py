"""How an upright figure goes: the bob and lean of walking, at the pace that its speed calls for."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

_PACE = 2.1
"""Steps a second at a speed of one body height a second: 1.4 m/s at 1.75 m is about 1.9 steps/s."""
_SLOWEST, _QUICKEST = 1.1, 3.4
"""Steps a second of somebody who strolls and of somebody who runs."""
_STANDS = 0.12
"""Body heights a second below which a figure stands."""
_BOB, _ROCK, _LEAN = 0.017, 0.030, 0.045
"""Shares of the height; radians to either side; radians forward at one height a second."""


@dataclass(frozen=True)
class Gait:
    """Bob and lean in every frame; one entry a frame."""

    lift: Vector
    """Shares of the figure's height by which it is raised."""
    turn: Vector
    """Radians, clockwise on the screen."""


def gait_of(x: Vector, tall: Vector, rate: float, *, upright: bool) -> Gait:
    """The gait of a figure that is at ground position `x` (same unit as `tall`) in every frame."""
    count = len(x)
    if not upright or count < 3:
        return Gait(np.zeros(count), np.zeros(count))
    velocity = np.gradient(x) * rate / np.maximum(tall, 1.0)
    half = max(1, round(0.25 * rate))
    padded = np.pad(velocity, half, mode="edge")
    calm = np.convolve(padded, np.ones(2 * half + 1) / (2 * half + 1), "valid")
    speed = np.abs(calm)
    going = np.clip((speed - _STANDS) / _STANDS, 0, 1)
    steps = np.clip(_PACE * np.sqrt(speed), _SLOWEST, _QUICKEST)
    phase = np.cumsum(steps) / rate * math.pi  # half a turn a step: two beats, left and right
    lift = _BOB * np.abs(np.sin(phase)) * (0.6 + 0.6 * np.minimum(speed, 1.5))
    rock = _ROCK * np.sin(phase) * 0.5
    lean = _LEAN * np.clip(calm, -1.6, 1.6)
    return Gait(going * lift, going * (rock + lean))
