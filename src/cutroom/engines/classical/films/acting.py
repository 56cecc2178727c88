"""The ways of the actors: where each one is in the frame at a moment, how large and how turned."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cutroom.engines.classical.films.cast.member import Gait, Realm
from cutroom.engines.classical.films.cast.walker import STEPS
from cutroom.engines.classical.noise import dice

_LONG = 3.2
"""A car is so many times as long as tall."""
STRIDE = 0.41
"""Length of a walker's step, share of its height."""


@dataclass(frozen=True, slots=True)
class Way:
    """How one actor crosses the picture; places are shares of the frame."""

    start: tuple[float, float]
    end: tuple[float, float]
    heading: int
    size: float
    """Height or length, share of the frame's shorter side."""
    phase: float
    """Its own number, 0..1: neighbours do not move in step."""
    gait: Gait
    realm: Realm

    def at(self, share: float, seconds: float) -> tuple[float, float, float]:
        """(x, y, turn) at a share 0..1 of the shot: shares of the frame, radians clockwise."""
        x = self.start[0] + (self.end[0] - self.start[0]) * share
        y = self.start[1] + (self.end[1] - self.start[1]) * share
        swing, beat, turn = _SWINGS.get(self.gait, (0.0, 0.0, 0.0))
        if self.gait == "stay" and self.realm != "water":
            swing = turn = 0.0
        wave = math.sin(2 * math.pi * (beat * seconds + self.phase))
        late = math.sin(2 * math.pi * (beat * seconds + self.phase) - 1.1)
        return x, y + swing * self.size * wave, turn * late * self.heading


def gait_of_a_cutout(way: Way, seconds: float) -> tuple[float, float]:
    """(lift as a share of its height, lean in radians) of a stiff figure on its way."""
    if way.gait in {"walk", "run"}:
        hurry = 1.5 if way.gait == "run" else 1.0
        stride = math.sin(math.pi * STEPS * hurry * seconds)
        return 0.016 * hurry * abs(stride), 0.035 * stride + 0.02 * way.heading * hurry
    if way.gait == "stay" and way.realm == "ground":
        return 0.0, 0.008 * math.sin(2 * math.pi * 0.21 * seconds)
    if way.gait == "fly":
        return 0.0, 0.10 * way.heading * math.sin(2 * math.pi * 0.13 * seconds + 0.4)
    return 0.0, 0.0


_SWINGS: dict[Gait, tuple[float, float, float]] = {
    "fly": (0.10, 0.35, 0.05),
    "flutter": (0.50, 0.62, 0.16),
    "float": (0.05, 0.22, 0.035),
    "rise": (0.03, 0.20, 0.03),
    "fall": (0.03, 0.20, 0.03),
    "swim": (0.10, 0.40, 0.05),
    "sail": (0.012, 0.30, 0.035),
    "stay": (0.010, 0.30, 0.020),
}
"""Up and down (share of the size), swings a second, and radians of tilt that go with a gait."""

_LANES: dict[Gait, tuple[tuple[float, float], tuple[float, float]]] = {
    "fly": ((-0.08, 0.40), (0.92, 0.26)),
    "float": ((0.38, 0.44), (0.60, 0.36)),
    "rise": ((0.46, 0.74), (0.54, 0.20)),
    "fall": ((0.46, 0.18), (0.54, 0.62)),
    "swim": ((-0.04, 0.50), (0.90, 0.42)),
    "sail": ((0.26, 0.0), (0.62, 0.0)),
    "flutter": ((0.26, 0.54), (0.70, 0.36)),
    "stay": ((0.5, 0.40), (0.5, 0.40)),
}
"""From where to where a gait leads somebody heading right."""
_SIDES = {"left": -0.24, "right": 0.24, "middle": 0.0, "": 0.0}


def ways(
    gait: Gait,
    realm: Realm,
    *,
    size: float,
    count: int,
    heading: int,
    side: str,
    seconds: float,
    aspect: float,
    key: Sequence[int],
    farthest: float = 1.25,
) -> list[Way]:
    """The ways of `count` alike through a shot of a frame `aspect` times as wide as tall.

    `farthest`: frames that a walk may cover; where its pace would lead farther, it is slower.
    """
    heading = heading or 1
    lead = _lead(gait, realm, size, heading, seconds=seconds, aspect=aspect, farthest=farthest)
    shift = _SIDES[side]
    lead = replace(
        lead, start=(lead.start[0] + shift, lead.start[1]), end=(lead.end[0] + shift, lead.end[1])
    )
    if count == 1:
        return [lead]
    rng = dice(*key)
    return [_one_of(lead, k, count, rng, aspect) for k in range(count)]


def _lead(
    gait: Gait,
    realm: Realm,
    size: float,
    heading: int,
    *,
    seconds: float,
    aspect: float,
    farthest: float,
) -> Way:
    """The way of one alone."""
    if gait in {"walk", "run"}:
        # As fast as its steps carry it, so that feet do not slide.
        pace = STEPS * STRIDE * (1.9 if gait == "run" else 1.0)
        far = min(pace * size * seconds * min(1.0, 1 / aspect), farthest)
        start, end = (0.5 - far / 2, 0.0), (0.5 + far / 2, 0.0)
    else:
        start, end = _LANES.get(gait, ((0.5, 0.4), (0.5, 0.4)))
        room = size * min(1.0, 1 / aspect) / 2
        if gait == "stay" and realm in {"ground", "water"}:
            start = end = (0.5, 0.0)
        elif gait in {"fly", "swim"}:  # whole in the picture from the first frame to the last
            start, end = (0.03 + room, start[1]), (0.97 - room, end[1])
        elif gait == "drive":
            start, end = (0.02 + _LONG * room, 0.0), (0.98 - _LONG * room, 0.0)
        elif gait in {"rise", "fall"}:
            tall = size * min(1.0, aspect) / 2 + 0.03
            start = (start[0], min(max(start[1], tall), 1 - tall))
            end = (end[0], min(max(end[1], tall), 1 - tall))
    if heading < 0:
        start, end = (1 - start[0], start[1]), (1 - end[0], end[1])
    return Way(start, end, heading, size, 0.0, gait, realm)


def _one_of(lead: Way, k: int, count: int, rng: np.random.Generator, aspect: float) -> Way:
    """One of several: apart from the others, near or far, in its own time."""
    share = (k + 0.5) / count - 0.5
    near = float(rng.uniform(0.55, 1.0)) if k else 1.0
    near = 0.85 + 0.15 * near if lead.realm == "ground" else near
    near *= 1.0 if count < 4 else 0.75
    wide = {
        "flutter": 0.6,
        "fly": 0.42,
        "swim": 0.5,
        "sail": 0.55,
        "float": 0.8,
        "rise": 0.75,
        "fall": 0.75,
    }.get(lead.gait, 0.8)
    wide *= min(1.0, aspect) ** 0.3
    order = share if count < 4 else float(rng.permutation(count)[k] + 0.5) / count - 0.5
    dx = wide * (order + float(rng.uniform(-0.3, 0.3)) / count)
    dy = (
        0.0
        if lead.realm in {"ground", "water"}
        else float(rng.uniform(-0.5, 0.5)) * 0.36 * (count > 1)
    )
    if lead.gait == "fly" and count >= 4:
        dx, dy = 0.46 * order - 0.02, 0.42 * abs(order) - 0.10 + float(rng.uniform(-0.07, 0.07))
    if lead.gait in {"walk", "run"}:
        dx, near = 0.10 * (2 * k - count + 1), 1.0 - 0.04 * (k % 2)
    slow = float(rng.uniform(-0.05, 0.05)) * (lead.gait not in {"walk", "run", "stay"})
    start = (lead.start[0] + dx * lead.heading, lead.start[1] + dy)
    end = (lead.end[0] + (dx + slow) * lead.heading, lead.end[1] + dy)
    return replace(lead, start=start, end=end, size=lead.size * near, phase=float(rng.random()))
