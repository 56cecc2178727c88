"""A clip in another order, at another speed or of another length, by a course."""

import math
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from fractions import Fraction
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from cutroom.engine import Tick
from cutroom.media import timeline
from cutroom.media.abreast import Sources, workers
from cutroom.media.course import Course
from cutroom.media.decode import Developer, Raw, raw_frames
from cutroom.media.encode import Encoder
from cutroom.media.orientation import Orientation
from cutroom.media.parts import Parts
from cutroom.media.rendering import Rendering
from cutroom.media.sound import Block
from cutroom.media.transcode import tell
from cutroom.types import Clip, Encoding

if TYPE_CHECKING:
    from collections.abc import Generator

Pixels = NDArray[np.uint8]
Between = Callable[[float], Pixels]
"""A share 0..1 of the way from one frame to the next -> the picture there."""
Tween = Callable[[Pixels, Pixels], Between]
"""Two frames that follow each other, RGB -> the way between them. Called in several threads."""

_MEMORY = 256_000_000
"""Bytes of decoded frames that are held to be told backwards, unless two frames are more."""
_NEAR = Fraction(1, 32)
"""Share of a frame's way that is not worth a frame of its own."""


def retime(
    clip: Clip,
    out: Path,
    course: Course,
    tween: Tween,
    tick: Tick,
    *,
    encoding: Encoding,
    sound: Iterable[Block] | None = None,
    parts: Parts | None = None,
) -> None:
    """Write the clip to `out` as the course has it, with `sound` beside it.

    Frames that are shown as they were are not turned into RGB and back where that can be avoided.
    Memory does not depend on the length, whatever the order. Raises InvalidMedia and EngineFailed.
    """
    tell(clip, tick, keep_audio=sound is not None)
    times = (*course.times, course.duration)
    encoder = Encoder(
        out,
        clip.width,
        clip.height,
        course.rate,
        encoding,
        colour=clip.colour,
        sound=sound,
        time_base=timeline.clock(times),
        duration=course.duration,
        pixel_aspect=clip.pixel_aspect,
        steady=course.steady,
    )
    with ThreadPoolExecutor(workers(), thread_name_prefix="paint") as pool:
        stage = _Stage(clip, encoder, tween)
        size = (clip.width, clip.height)
        moments = partial(_moments, clip, course)
        Rendering(encoder, times, moments, stage, size).write(out, pool, tick, parts)


class _Moment(NamedTuple):
    """What a frame of the result is made of: a pair of frames, and the share of the way between."""

    pair: "_Pair"
    share: float


class _Pair:
    """Two frames that follow each other, or one; what is known of their way is found out once."""

    def __init__(self, before: Raw, after: Raw | None) -> None:
        self.before, self.after = before, after
        self._lock = threading.Lock()
        self._way: Between | None = None

    def at(self, share: float, develop: Developer, tween: Tween) -> Pixels:
        """The picture at a share of the way."""
        with self._lock:
            if self._way is None:
                assert self.after is not None
                self._way = tween(develop(self.before), develop(self.after))
        return self._way(share)


class _Stage:
    """What a painting thread does for one frame of the result."""

    def __init__(self, clip: Clip, encoder: Encoder, tween: Tween) -> None:
        self._clip, self._encoder, self._tween = clip, encoder, tween
        self._local = threading.local()

    def __call__(self, moment: _Moment) -> VideoFrame:
        pair, raw = moment.pair, moment.pair.before
        if pair.after is not None:
            return self._encoder.developed(pair.at(moment.share, self._developer(), self._tween))
        if raw.turn == Orientation() and self._encoder.takes(raw.frame, self._clip.colour):
            return raw.frame
        return self._encoder.developed(self._developer()(raw))

    def _developer(self) -> Developer:
        develop = getattr(self._local, "develop", None)
        if develop is None:
            develop = self._local.develop = Developer(self._clip)
        made: Developer = develop
        return made


def _moments(clip: Clip, course: Course, start: int, stop: int) -> Sources[_Moment]:
    """A stretch of a course's moments, decoded as they are needed."""
    latest: _Pair | None = None
    with closing(_Shelf(clip)) as shelf:
        for time, place in islice(course, start, stop):
            low, share = divmod(place, 1)
            if share < _NEAR or share > 1 - _NEAR:
                yield time, _Moment(_Pair(shelf.frame(round(place)), None), 0.0)
                continue
            below = shelf.frame(int(low))
            above = shelf.frame(int(low) + 1)
            if latest is None or latest.before is not below or latest.after is not above:
                latest = _Pair(below, above)
            yield time, _Moment(latest, float(share))


class _Shelf:
    """Frames of a clip by their index: told forwards as a stream, backwards stretch by stretch."""

    def __init__(self, clip: Clip) -> None:
        self._clip = clip
        bytes_a_frame = clip.width * clip.height * (3 if clip.bits > 8 else 1.5)
        self._room = max(2, math.floor(_MEMORY / bytes_a_frame))
        self._held: dict[int, Raw] = {}
        self._stream: Generator[Raw, None, None] | None = None
        self._next = 0

    def frame(self, index: int) -> Raw:
        """The frame of an index. Raises InvalidMedia."""
        if index not in self._held:
            if self._held and index == min(self._held) - 1:
                self._stretch(index)
            elif self._stream is None or index < self._next:
                self._begin(index)
            if index not in self._held:
                self._forwards(index)
        return self._held[index]

    def close(self) -> None:
        """Let go of everything."""
        self._held.clear()
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _begin(self, index: int) -> None:
        self.close()
        self._stream = raw_frames(self._clip, start=index)
        self._next = index

    def _forwards(self, index: int) -> None:
        """Draw the stream up to a frame, and keep it and the one before."""
        assert self._stream is not None
        for raw in self._stream:
            for old in [key for key in self._held if key < raw.index - 1]:
                del self._held[old]
            self._held[raw.index] = raw
            self._next = raw.index + 1
            if raw.index == index:
                return

    def _stretch(self, index: int) -> None:
        """Hold the frames that end with one, and the one after it."""
        after = self._held[index + 1]
        self.close()
        start = max(0, index + 1 - self._room)
        self._held = {raw.index: raw for raw in raw_frames(self._clip, start=start, stop=index + 1)}
        self._held[index + 1] = after
