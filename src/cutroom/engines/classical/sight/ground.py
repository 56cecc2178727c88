"""Where things touch the ground, and how tall the same thing is nearer and farther away."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cutroom.engines.classical.sight.movers import Mover
from cutroom.engines.classical.sight.reel import Reel

_FOOT = 0.985
"""Share of the frame's height below which feet are cut off by it."""


@dataclass(frozen=True)
class Contact:
    """Where something stands in one frame; full-size pixels."""

    x: float
    y: float
    tall: float
    """How tall it is there."""
    trust: float
    """0..1; 0 where the frame cuts it off."""


@dataclass(frozen=True)
class Ground:
    """A level ground seen in perspective: a thing's height grows with how far down it stands."""

    horizon: float
    """Share of the frame's height at which things would vanish."""
    gain: float
    """Height of what was followed per height of ground below the horizon."""
    trust: float
    """0..1: how much of the change in height the ground explains, and over how much of the frame."""

    def scale(self, here: float, there: float) -> float:
        """How many times as tall a thing is that stands at `there` rather than `here` (shares of the height)."""
        return max(there - self.horizon, 1e-3) / max(here - self.horizon, 1e-3)


def contact(mover: Mover, index: int, reel: Reel) -> Contact | None:
    """Where a mover stands in a frame, None where it is not seen."""
    box = mover.boxes.get(index)
    if box is None:
        return None
    across, down = reel.scale
    near = [mover.boxes[i] for i in range(index - 3, index + 4) if i in mover.boxes]
    swing = float(np.std([b[3] for b in near])) / max(box[3] - box[1], 1.0)
    whole = box[3] < _FOOT * reel.height and box[1] > 1
    trust = max(0.0, 1 - 6 * swing) if whole else 0.0
    return Contact((box[0] + box[2]) / 2 * across, box[3] * down, (box[3] - box[1]) * down, trust)


def ground(movers: Sequence[Mover], reel: Reel) -> Ground | None:
    """The ground that the ways of the movers tell of; None where none goes nearer or farther.

    On level ground the height of an upright thing is proportional to how far below the horizon it
    stands (Hoiem, Efros and Hebert, “Putting Objects in Perspective”, 2006).
    """
    best: Ground | None = None
    for mover in movers:
        found = _told_by(mover, reel)
        if found is not None and (best is None or found.trust > best.trust):
            best = found
    return best


def _told_by(mover: Mover, reel: Reel) -> Ground | None:
    """A line through a mover's heights over its feet, by the median of the slopes of pairs."""
    whole = [b for b in mover.boxes.values() if b[3] < _FOOT * reel.height and b[1] > 1]
    if len(whole) < 8:
        return None
    feet = np.array([b[3] for b in whole]) / reel.height
    tall = np.array([b[3] - b[1] for b in whole]) / reel.height
    one, two = np.triu_indices(len(feet), 1)
    far = np.abs(feet[one] - feet[two]) > 0.03
    if far.sum() < 10:
        return None
    slopes = (tall[one] - tall[two])[far] / (feet[one] - feet[two])[far]
    gain = float(np.median(slopes))
    offset = float(np.median(tall - gain * feet))
    if gain <= 0.02:
        return None
    rest = float(np.abs(tall - gain * feet - offset).mean())
    spread = float(np.abs(tall - tall.mean()).mean())
    explained = max(0.0, 1 - rest / max(spread, 1e-6))
    return Ground(-offset / gain, gain, explained * min(1.0, float(np.ptp(feet)) / 0.2))
