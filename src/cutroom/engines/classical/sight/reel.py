"""The whole clip, small, on disk: what every analysis looks at."""

import tempfile
from collections.abc import Iterator
from copy import copy

import numpy as np
from numpy.typing import NDArray

from cutroom.engine import Tick
from cutroom.engines.classical.op import Pixels
from cutroom.errors import InvalidMedia
from cutroom.media.decode import frames
from cutroom.types import Clip

LONGEST = 320
"""Pixels of the longer side of a small frame."""


class Reel:
    """All frames of a clip at analysis size, read from a nameless file: memory does not grow."""

    def __init__(self, clip: Clip, tick: Tick) -> None:
        self.width, self.height = small_size(clip.width, clip.height)
        times: list[float] = []
        with tempfile.TemporaryFile(prefix="cutroom-reel-") as file:
            for frame in frames(clip, size=(self.width, self.height)):
                file.write(frame.pixels.tobytes())
                times.append(float(frame.time))
                if frame.index % 8 == 0:
                    tick(0.0)
            if not times:
                msg = "The clip holds no frame that can be shown."
                raise InvalidMedia(msg)
            file.flush()
            shape = (len(times), self.height, self.width, 3)
            self.pixels: Pixels = np.memmap(file, np.uint8, "r", shape=shape)
            """(frames, height, width, 3), RGB; the mapping outlives the file."""
        self.times = np.array(times)
        """Seconds of each frame."""
        self.scale = (clip.width / self.width, clip.height / self.height)
        """Full-size pixels per small pixel, across and down."""

    def part(self, first: int, stop: int) -> "Reel":
        """The frames from `first` up to `stop` as a reel of their own, which shares the pixels."""
        part = copy(self)
        part.pixels, part.times = self.pixels[first:stop], self.times[first:stop]
        return part

    def __len__(self) -> int:
        return len(self.times)

    def __getitem__(self, index: int) -> Pixels:
        return np.asarray(self.pixels[min(max(index, 0), len(self) - 1)])

    @property
    def area(self) -> int:
        """Small pixels of a frame."""
        return self.width * self.height

    def __iter__(self) -> Iterator[Pixels]:
        return (self[i] for i in range(len(self)))

    def sample(self, most: int) -> list[int]:
        """At most `most` indexes spread evenly over the clip."""
        count = min(most, len(self))
        return sorted({round(i) for i in np.linspace(0, len(self) - 1, count)})


class Shelf:
    """One small grey plane per frame, on disk: mattes and the like."""

    def __init__(self, count: int, height: int, width: int) -> None:
        with tempfile.TemporaryFile(prefix="cutroom-shelf-") as file:
            file.truncate(count * height * width)
            shape = (count, height, width)
            self.planes: NDArray[np.uint8] = np.memmap(file, np.uint8, "r+", shape=shape)
        """(frames, height, width)."""

    def __len__(self) -> int:
        return len(self.planes)

    def __getitem__(self, index: int) -> NDArray[np.uint8]:
        return np.asarray(self.planes[min(max(index, 0), len(self.planes) - 1)])

    def __setitem__(self, index: int, plane: NDArray[np.uint8]) -> None:
        self.planes[index] = plane


def small_size(width: int, height: int) -> tuple[int, int]:
    """The analysis size for a clip of this size; even, at least 16 a side, never larger."""
    share = min(1.0, LONGEST / max(width, height))
    return max(16, round(width * share / 2) * 2), max(16, round(height * share / 2) * 2)
