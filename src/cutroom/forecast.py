"""When what waits will begin and end, by what ran before: numbers alone, without a database.

Work ahead is dealt out to the workers in its order, each to the one that is free first. How far off that may
be grows with the square root of what is ahead, as sums of independent times do. Nobody knows who else comes.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heapreplace

WIDTH = 1.28
"""Standard deviations to either side: of a normal distribution 80 % lie within."""
ROUNDED = 1.0
"""Seconds that whole seconds may be off by."""
ENOUGH = 5
"""Runs of a model that tell how long its next will take."""
TOLD = 0.1
"""Progress from which it tells more than the runs before."""


@dataclass(frozen=True, slots=True)
class Span:
    """Unix seconds, from and to."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Eta:
    """When a generation will begin, or began, and when it will end: four times in five, if nobody else comes."""

    start: Span
    finish: Span


@dataclass(frozen=True, slots=True)
class Length:
    """How long something takes: seconds, and their variance."""

    mean: float
    variance: float

    def after(self, other: "Length") -> "Length":
        """One after the other."""
        return Length(self.mean + other.mean, self.variance + other.variance)

    def span(self, now: float) -> Span:
        """From and to, told at a moment; never in the past."""
        off = WIDTH * math.sqrt(self.variance) + ROUNDED
        return Span(int(now + max(0.0, self.mean - off)), math.ceil(now + self.mean + off))


def length(took: Sequence[float]) -> Length | None:
    """How long the next takes, by the seconds that the last ones took; None where those are too few."""
    if len(took) < ENOUGH:
        return None
    mean = sum(took) / len(took)
    return Length(mean, sum((one - mean) ** 2 for one in took) / (len(took) - 1))


def remaining(took: Sequence[float], spent: float, done: float) -> Length | None:
    """How long one still takes that was begun `spent` seconds ago and is `done` (0..1)."""
    if done >= TOLD and spent > 0:
        rest = spent * (1 - done) / done
        return Length(rest, (0.3 * rest) ** 2)
    if length(took) is None:
        return None
    # As those that took longer; where none did, nobody knows, but the longer it took the longer it will.
    left = [one - spent for one in took if one > spent] or [0.0, spent / 2]
    mean = sum(left) / len(left)
    return Length(mean, sum((one - mean) ** 2 for one in left) / len(left))


def dealt(
    free: Iterable[Length], ahead: Iterable[Length | None]
) -> Iterator[tuple[Length, Length] | None]:
    """Start and end of each of those ahead, in their order; `free` has one entry for each worker: until then it is busy.

    From the first on of which it is not known how long it takes, nothing is known: None.
    """
    heap = [(one.mean, n, one) for n, one in enumerate(free)]
    heapify(heap)
    known = bool(heap)
    for takes in ahead:
        known = known and takes is not None
        if not known or takes is None:
            yield None
            continue
        _, n, start = heap[0]
        end = start.after(takes)
        heapreplace(heap, (end.mean, n, end))
        yield start, end
