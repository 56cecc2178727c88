"""A sound that is to be heard, how loud beside the others, and when."""

from dataclasses import dataclass

Ground = str
"""sand, snow, grass or stone."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One sound of a shot."""

    sound: str
    """A name of `mix.SOUNDS`, or `thunder` or `steps`."""
    level: float = 0.0
    """Decibels above or below a sound that fills the place."""
    moments: tuple[float, ...] = ()
    """Seconds at which it happens, for sounds that are events."""
    ground: Ground = "grass"
    """What is trodden on, for steps."""
