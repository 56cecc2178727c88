"""Spans of a long result that are coded each by itself."""

from itertools import pairwise
from typing import NamedTuple


class Segment(NamedTuple):
    """The frames `start` up to `stop` of a result."""

    start: int
    stop: int

    @property
    def frames(self) -> int:
        """How many."""
        return self.stop - self.start


def segments(count: int, length: int) -> list[Segment]:
    """All of `count` frames, in spans that differ by a frame: of `length` frames, or up to half as many more.

    One span, and so a file in one piece, where there are fewer than two times `length`.
    """
    number = max(count // length, 1)
    edges = [index * count // number for index in range(number + 1)]
    return [Segment(*edge) for edge in pairwise(edges)]
