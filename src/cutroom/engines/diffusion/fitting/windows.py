"""Windows over a timeline: how long ones are cut, and how their frames become one film again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil
from typing import NamedTuple

import numpy as np

from cutroom.engines.diffusion.family import Film, Pixels
from cutroom.engines.diffusion.fitting.shade import Shade


class Window(NamedTuple):
    """The frames `start` up to `stop` of a timeline."""

    start: int
    """A multiple of 4: latent frames of two windows fall on the same places."""
    stop: int

    @property
    def frames(self) -> int:
        """How many; 4k+1."""
        return self.stop - self.start


def windows(frames: int, most: int, overlap: int) -> tuple[Window, ...]:
    """Windows of one length, `most` frames at most, over 4k+1 frames; neighbours share `overlap` or more.

    Where that is more than half of a window, as on a card with little memory, they share a quarter.

    As few as there can be, and then as short as they can be: a clip just longer than one window is
    seen in two of little more than half its length, not in one whole and again nearly whole.
    """
    most, overlap = (most - 1) // 4 * 4 + 1, overlap + (1 - overlap) % 4
    if frames <= most:
        return (Window(0, frames),)
    if 2 * overlap > most:
        overlap = most // 16 * 4 + 1
    if not 0 < overlap < most:
        raise ValueError(f"Windows of {most} frames cannot share {overlap}.")
    number = ceil((frames - overlap) / (most - overlap))
    length = overlap + ceil((frames - overlap) / number)
    length += -(length - 1) % 4
    last = frames - length
    starts = [last * n // (number - 1) // 4 * 4 for n in range(number)]
    return tuple(Window(start, start + length) for start in starts)


def chain(frames: int, most: int) -> tuple[Window, ...]:
    """Windows over 4k+1 frames that share one frame, from which each goes on; as few and as even as can be."""
    steps, room = (frames - 1) // 4, (most - 1) // 4
    number = max(1, ceil(steps / room))
    places = [4 * (steps * n // number) for n in range(number + 1)]
    return tuple(Window(start, stop + 1) for start, stop in pairwise(places))


@dataclass(slots=True)
class Seam:
    """What joins films of neighbouring windows; feed them in order. Holds no more than the overlap.

    Every window's colours are brought to those of the one before, so all of them to the first one's,
    by what both show of the frames they share. There the two are blended, linearly in time.
    """

    spans: Sequence[Window]
    _next: int = 0
    _held: list[Pixels] = field(default_factory=list)

    @property
    def held(self) -> Film:
        """The last frames so far, which the next window shares, in the colours of the first one. Needs one before."""
        return np.stack(self._held)

    def add(self, film: Film) -> Iterator[Pixels]:
        """The frames that are finished with the film of the next window, in order."""
        span = self.spans[self._next]
        if film.shape[0] != span.frames:
            raise ValueError(f"{span.frames} frames were due, not {film.shape[0]}.")
        self._next += 1
        follows = self.spans[self._next].start if self._next < len(self.spans) else span.stop
        held, own = self._held, follows - span.start
        shade = Shade() if not held else Shade.between(film[: len(held)], np.stack(held))
        kept: list[Pixels] = []
        for index, one in enumerate(film):
            mine = shade(one)
            if index < len(held):
                mine = _mixed(held[index], mine, weight(index, len(held)))
            if index < own:
                yield mine
            else:
                kept.append(mine)
        self._held = kept


def weight(index: int, shared: int) -> float:
    """How much the later of two windows counts in frame `index` of those they share; 0 and 1 lie just outside."""
    return (index + 1) / (shared + 1)


def _mixed(one: Pixels, other: Pixels, share: float) -> Pixels:
    mixed = one + np.float32(share) * (other.astype(np.float32) - one)
    return np.asarray(np.rint(mixed), np.uint8)


def overlaps(spans: Sequence[Window]) -> list[int]:
    """How many frames each two neighbours share."""
    return [before.stop - after.start for before, after in pairwise(spans)]
