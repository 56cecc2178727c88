"""The camera of a drawn shot: what part of a larger painted world each frame shows."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "still", "pan left", "pan right", "tilt up", "tilt down", "zoom in", "zoom out", "dolly in", "dolly out",
]  # fmt: skip
_TURN = {"pan": 0.42, "tilt": 0.30}
"""How much wider or taller than the frame the world is for a turn, shares of the frame."""
_CLOSER = 1.42
"""How many times larger things are after a zoom."""
_CREEP = 1.08
"""How many times larger what is far looks after a dolly."""
_FORWARD = 0.75
"""How far a dolly goes over flat ground: see `View.forward`."""


@dataclass(frozen=True, slots=True)
class View:
    """What a frame shows: its centre in the world (shares of the world), and how much larger."""

    x: float
    y: float
    zoom: float
    forward: float = 0.0
    """How far the camera has gone ahead over flat ground.

    What lies a share e of the world's height below the horizon comes to e / (1 - forward e), and
    grows as much: perspective over a plane, whose distance is one over e.
    """

    def nearer(self, below: float) -> float:
        """How many times larger the way ahead makes what lies so far below the horizon."""
        return 1 / (1 - min(self.forward * max(below, 0.0), 0.8))


@dataclass(frozen=True, slots=True)
class Move:
    """A camera move; `strength` 1 is plain, less is slower and smaller."""

    kind: Kind = "still"
    strength: float = 1.0

    def room(self) -> tuple[float, float, float]:
        """(width, height, sharpness): the world's size in frames, and the pixels it needs for one."""
        across, down = self._turn()
        zooms = self.kind.startswith(("zoom", "dolly"))
        return 1 + abs(across), 1 + abs(down), 1.2 if zooms else 1.0

    def view(self, share: float) -> View:
        """The view at a share 0..1 of the shot: eased in and out."""
        u = _eased(min(max(share, 0.0), 1.0))
        across, down = self._turn()
        x, y = 0.5, 0.5
        if across:
            free = abs(across) / (1 + abs(across)) / 2
            x = 0.5 + (2 * u - 1) * free * (1 if across > 0 else -1)
        if down:
            free = abs(down) / (1 + abs(down)) / 2
            y = 0.5 + (2 * u - 1) * free * (1 if down > 0 else -1)
        way = u if self.kind.endswith("in") else 1 - u
        if self.kind.startswith("zoom"):
            return View(x, y, 1 + (_CLOSER - 1) * self.strength * way)
        if self.kind.startswith("dolly"):
            creep = 1 + (_CREEP - 1) * self.strength * way
            return View(x, y, creep, _FORWARD * self.strength * way)
        return View(x, y, 1.0)

    def _turn(self) -> tuple[float, float]:
        """How far it turns across and down, in frames."""
        if self.kind.startswith("pan"):
            return _TURN["pan"] * self.strength * (1 if self.kind == "pan right" else -1), 0.0
        if self.kind.startswith("tilt"):
            return 0.0, _TURN["tilt"] * self.strength * (1 if self.kind == "tilt down" else -1)
        return 0.0, 0.0


def _eased(u: float) -> float:
    """Slow at both ends, steady between: 0..1."""
    ramp = 0.22
    full = 1 - ramp
    if u < ramp:
        return u * u / (2 * ramp) / full
    if u > 1 - ramp:
        return 1 - (1 - u) ** 2 / (2 * ramp) / full
    return (u - ramp / 2) / full
