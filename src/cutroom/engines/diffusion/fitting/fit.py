"""How a clip becomes what a model takes, and which of the model's frames lie about each of the clip's own.

A model has a rate and sizes it was trained at, and takes 4k+1 frames. Its frames are chosen among the
clip's: every d-th of a steady clip, so that nothing is invented on the way in and each of the model's
frames is one of the source's on the way out. The first and the last frame of the clip are always among them.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from math import ceil, floor, log, sqrt
from statistics import median
from typing import Self

from cutroom.media import timeline
from cutroom.media.timeline import Timeline
from cutroom.types import Clip
from cutroom.weights.rows import Recipe

_SLOWEST, _FASTEST = Fraction(4, 5), Fraction(8, 5)
"""How far from its own rate a model may work, as shares of it: 13 to 25 frames a second for 16."""
_UNSTEADY = Fraction(1, 4)
"""Share of a frame's way by which times may miss a steady rate and still be taken for it."""
_LEAST_SIDE = 8
"""Multiples that the shorter side has at least, however long and thin the clip is."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A clip as a model sees it."""

    size: tuple[int, int]
    """Width and height of the model's frames; they show the whole upright picture."""
    rate: Fraction
    """The model's frames a second."""
    sources: tuple[int, ...]
    """The frame of the clip that each of the model's frames shows, never falling. 4k+1 of them; the last repeats."""
    frames: int
    """How many of these are no padding."""

    @classmethod
    def of(cls, clip: Clip, recipe: Recipe) -> Self:
        """The clip for the weights of a recipe. Raises InvalidMedia."""
        line = timeline.of(clip.path)
        aspect = Fraction(clip.width, clip.height) * clip.pixel_aspect
        size = bucket(float(aspect), recipe)
        rate, sources = _chosen(line, recipe.rate)
        padding = -(len(sources) - 1) % 4
        return cls(size, rate, sources + sources[-1:] * padding, len(sources))

    def around(self, index: int) -> tuple[int, int]:
        """The model's frames at or before, and at or after, a frame of the clip; the same one twice where it is one."""
        after = min(bisect_left(self.sources, index), len(self.sources) - 1)
        return (after if self.sources[after] == index else max(after - 1, 0)), after

    @property
    def carries(self) -> bool:
        """Whether the clip has frames that are none of the model's."""
        return any(after - before > 1 for before, after in pairwise(self.sources))


def bucket(aspect: float, recipe: Recipe) -> tuple[int, int]:
    """The width and height nearest an aspect (width / height) that the recipe's multiple, longer side and area allow."""
    step, most = recipe.multiple, recipe.long_side
    width = min(sqrt(recipe.area * aspect), most, most * aspect)
    height = width / aspect
    # Recipes of small sizes have no room for that many.
    least = step * max(1, min(_LEAST_SIDE, floor(min(most, sqrt(recipe.area)) / step / 2)))

    def sides(ideal: float) -> list[int]:
        near = floor(ideal / step)
        return sorted({min(max(near + n, 1) * step, most) for n in (-1, 0, 1, 2)} | {least})

    def far(size: tuple[int, int]) -> float:
        """How wrong a size is: its aspect counts most, then that it is neither small nor large."""
        wide, high = size
        return 4 * abs(log(wide / high / aspect)) + abs(log(wide * high / (width * height)))

    sizes = [
        (wide, high)
        for wide, high in product(sides(width), sides(height))
        if min(wide, high) >= least and wide * high <= recipe.area * 1.02
    ]
    return min(sizes, key=far)


def _chosen(line: Timeline, trained: int) -> tuple[Fraction, tuple[int, ...]]:
    """The model's rate, and the frames of the clip it sees."""
    last = len(line) - 1
    if all(abs(line.time(i) * line.rate - i) <= _UNSTEADY for i in range(last + 1)):
        every = _divisor(line.rate, trained)
        return line.rate / every, (*range(0, last, every), last)
    times = [line.time(i) for i in range(last + 1)]
    usual = 1 / median([after - before for before, after in pairwise(times)])
    rate = Fraction(usual) / _divisor(usual, trained)
    moments = (i / rate for i in range(ceil(times[last] * rate)))
    return rate, (*(bisect_right(times, moment) - 1 for moment in moments), last)


def _divisor(rate: Fraction, trained: int) -> int:
    """Of which frames the model sees one: 1 where the clip's rate will do, or is below the model's anyway."""
    near = [
        every
        for every in range(1, ceil(rate / (_SLOWEST * trained)) + 1)
        if _SLOWEST <= rate / every / trained <= _FASTEST
    ]
    return min(near, key=lambda every: abs(log(rate / every / trained)), default=1)
