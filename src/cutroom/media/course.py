"""What of a clip is shown when: the frames of a result, and the places of the source that they show."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Self

from cutroom.media import timeline
from cutroom.types import Clip

_GAP = 2
"""Frames' time that a picture may stand before the next is a jump rather than a movement."""


@dataclass(frozen=True, slots=True)
class Course:
    """Frame k is shown from times[k] on, in seconds, and shows the place places[k] of the source.

    Place 7 is the source's frame 7; 7.5 lies half-way to its frame 8 and has to be made.
    """

    times: tuple[Fraction, ...]
    places: tuple[Fraction, ...]
    duration: Fraction
    rate: Fraction

    @classmethod
    def of(cls, clip: Clip) -> Self:
        """The clip as it is. Raises InvalidMedia."""
        line = timeline.of(clip.path)
        count = len(line)
        times = tuple(line.time(index) for index in range(count))
        return cls(times, tuple(map(Fraction, range(count))), line.duration, clip.rate)

    def __len__(self) -> int:
        """Frames of the result."""
        return len(self.times)

    @property
    def steady(self) -> bool:
        """Whether frame k is shown at k / rate."""
        return all(time * self.rate == index for index, time in enumerate(self.times))

    def paced(self, speed: Fraction, *, between: bool) -> Self:
        """`speed` times as fast, at the same rate; `between`: with frames that have to be made."""
        count = max(1, int(self.duration / speed * self.rate + Fraction(1, 2)))
        times = tuple(index / self.rate for index in range(count))
        places = tuple(self._place(time * speed, between=between) for time in times)
        return replace(self, times=times, places=places, duration=count / self.rate)

    def reversed(self) -> Self:
        """The last frame first, each shown as long as before; of a steady rate, at that rate."""
        if self.steady:  # whose last frame may be cut short: that must not move all the others
            return replace(self, places=self.places[::-1])
        ends = (*self.times[1:], self.duration)
        times = tuple(self.duration - end for end in reversed(ends))
        return replace(self, times=times, places=self.places[::-1])

    def frozen(self, at: Fraction, seconds: Fraction) -> Self:
        """The frame shown at `at` stands `seconds` longer, as frames of its own."""
        last = self.shown(at)
        begin = self.end(last)
        copies = max(1, round(seconds * self.rate))
        held = tuple(begin + index / self.rate for index in range(copies))
        longer = copies / self.rate
        return replace(
            self,
            times=(*self.times[: last + 1], *held, *(t + longer for t in self.times[last + 1 :])),
            places=(
                *self.places[: last + 1],
                *(self.places[last],) * copies,
                *self.places[last + 1 :],
            ),
            duration=self.duration + longer,
        )

    def then(self, other: "Course") -> Self:
        """This one, and then the other."""
        return replace(
            self,
            times=(*self.times, *(self.duration + time for time in other.times)),
            places=self.places + other.places,
            duration=self.duration + other.duration,
        )

    def back(self) -> Self | None:
        """The way back to the first frame, without both ends; None where nothing lies between."""
        turned = self.reversed()
        first, stop = turned.end(0), turned.times[-1]
        if stop <= first:
            return None
        times = tuple(time - first for time in turned.times[1:-1])
        return replace(turned, times=times, places=turned.places[1:-1], duration=stop - first)

    def shown(self, at: Fraction) -> int:
        """The frame that is shown at a time; the nearest for times outside."""
        return max(0, bisect_right(self.times, at) - 1)

    def end(self, index: int) -> Fraction:
        """When a frame has been shown."""
        return self.times[index + 1] if index + 1 < len(self) else self.duration

    def _place(self, at: Fraction, *, between: bool) -> Fraction:
        index = self.shown(at)
        here = self.places[index]
        if not between or index + 1 == len(self):
            return here
        stands, way = self.end(index) - self.times[index], self.places[index + 1] - here
        if stands * self.rate > _GAP or abs(way) > 1:
            return here
        return here + way * (at - self.times[index]) / stands

    def __iter__(self) -> Iterator[tuple[Fraction, Fraction]]:
        """(time, place) of every frame."""
        return zip(self.times, self.places, strict=True)
