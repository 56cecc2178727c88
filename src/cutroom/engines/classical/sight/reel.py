"""The whole clip, small, on disk: what every analysis looks at."""

import mmap
import tempfile
from collections.abc import Iterator
from copy import copy
from typing import IO

import numpy as np
from numpy.typing import NDArray

from cutroom.engine import Tick
from cutroom.engines.classical.op import Pixels
from cutroom.errors import InvalidMedia
from cutroom.media.decode import frames
from cutroom.types import Clip

LONGEST = 320
"""Pixels of the longer side of a small frame."""
_USES = 256
"""Frames after which their pages are given back: at most 50 MB of them then."""


class _Mapped:
    """A file in memory that counts as this process's only as far as it was used lately."""

    def __init__(self, file: IO[bytes], access: int) -> None:
        self._mapping = mmap.mmap(file.fileno(), 0, access=access)
        self.bytes: NDArray[np.uint8] = np.frombuffer(self._mapping, np.uint8)
        self._uses = 0

    def touched(self) -> None:
        """Count a use, and now and then give the pages back: the system's cache still holds them."""
        self._uses += 1
        if self._uses % _USES == 0:
            self._mapping.madvise(mmap.MADV_DONTNEED)


class Reel:
    """All frames of a clip at analysis size, read from a nameless file: memory does not grow."""

    def __init__(self, clip: Clip, tick: Tick, start: int = 0, stop: int | None = None) -> None:
        """Read a clip, or its frames from `start` up to `stop`."""
        self.width, self.height = small_size(clip.width, clip.height)
        times: list[float] = []
        with tempfile.TemporaryFile(prefix="cutroom-reel-") as file:
            for frame in frames(clip, size=(self.width, self.height), start=start, stop=stop):
                file.write(frame.pixels.tobytes())
                times.append(float(frame.time))
                if frame.index % 8 == 0:
                    tick(0.0)
            if not times:
                msg = "The clip holds no frame that can be shown."
                raise InvalidMedia(msg)
            file.flush()
            shape = (len(times), self.height, self.width, 3)
            self._mapped = _Mapped(file, mmap.ACCESS_READ)
            self.pixels: Pixels = self._mapped.bytes.reshape(shape)
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
        self._mapped.touched()
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
            self._mapped = _Mapped(file, mmap.ACCESS_WRITE)
            self.planes: NDArray[np.uint8] = self._mapped.bytes.reshape(shape)
        """(frames, height, width)."""

    def __len__(self) -> int:
        return len(self.planes)

    def __getitem__(self, index: int) -> NDArray[np.uint8]:
        self._mapped.touched()
        return np.asarray(self.planes[min(max(index, 0), len(self.planes) - 1)])

    def __setitem__(self, index: int, plane: NDArray[np.uint8]) -> None:
        self._mapped.touched()
        self.planes[index] = plane


def small_size(width: int, height: int) -> tuple[int, int]:
    """The analysis size for a clip of this size; even, at least 16 a side, never larger."""
    share = min(1.0, LONGEST / max(width, height))
    return max(16, round(width * share / 2) * 2), max(16, round(height * share / 2) * 2)
