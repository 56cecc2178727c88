"""A result made frame by frame: in one piece, or a long one in segments that are joined."""

import logging
import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Generic

from av.video.frame import VideoFrame

from cutroom.engine import Tick
from cutroom.media.abreast import Source, Sources, abreast
from cutroom.media.encode import Encoder
from cutroom.media.join import joined
from cutroom.media.parts import Parts
from cutroom.media.segments import Segment, segments

Made = Generator[tuple[Fraction, VideoFrame] | None, None, None]
"""Frames with their seconds; None now and then while one takes its time."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rendering(Generic[Source]):
    """What a result is made of, and how."""

    encoder: Encoder
    """Of the whole result, not yet entered."""
    times: Sequence[Fraction]
    """Seconds of every frame, and the end of the last after them."""
    sources: Callable[[int, int], Sources[Source]]
    """What the frames from one up to another are made of: the same wherever one begins."""
    make: Callable[[Source], VideoFrame]
    """Makes a frame; called in several threads."""
    size: tuple[int, int]
    """Width and height of the frames on their way."""

    def write(self, out: Path, pool: ThreadPoolExecutor, tick: Tick, parts: Parts | None) -> None:
        """Write it, with a tick for every frame. `out`: the encoder's, beside which parts may lie.

        Memory does not depend on the length. What the sources, `make` or `tick` raise ends
        everything at once; no file is left then but finished parts in `parts`.
        """
        spans = segments(self._count, self.encoder.encoding.segment)
        tick(0.0)
        if len(spans) == 1:
            with closing(self._made(spans[0], pool)) as made, self.encoder as encoder:
                self._fill(encoder, spans[0], made, tick)
        else:
            with _folder(parts, out) as kept:
                self.render(spans, kept, pool, tick)
                files = [(segment, kept.path(segment)) for segment in spans]
                joined(files, self.encoder.file, self.times, tick, self._done(self._count))
        tick(1.0)

    def render(
        self, spans: Sequence[Segment], parts: Parts, pool: ThreadPoolExecutor, tick: Tick
    ) -> None:
        """Make those of the segments that `parts` does not hold yet."""
        ready = sum(map(parts.holds, spans))
        if ready:
            log.info("going on after %d of %d segments", ready, len(spans))
        for held, run in groupby(spans, parts.holds):
            stretch = list(run)
            if held:
                tick(self._done(stretch[-1].stop))
                continue
            whole = Segment(stretch[0].start, stretch[-1].stop)
            with closing(self._made(whole, pool)) as made:
                for segment in stretch:
                    self._part(segment, parts, made, tick)

    def _part(self, segment: Segment, parts: Parts, made: Made, tick: Tick) -> None:
        duration = self.times[segment.stop] - self.times[segment.start]
        with self.encoder.part(parts.draft(segment), duration) as encoder:
            self._fill(encoder, segment, made, tick)
        parts.keep(segment)

    def _fill(self, encoder: Encoder, segment: Segment, made: Made, tick: Tick) -> None:
        """The frames of a segment, in an encoder of its own."""
        begin, done = self.times[segment.start], segment.start
        for ready in made:
            if ready is not None:
                time, frame = ready
                tick.show(partial(encoder.seen, frame))
                encoder.write_yuv(frame, time - begin)
                done += 1
            tick(self._done(done))
            if done == segment.stop:
                return

    def _made(self, segment: Segment, pool: ThreadPoolExecutor) -> Made:
        return abreast(self.sources(*segment), self.make, self.size, pool)

    def _done(self, frames: int) -> float:
        return frames / (self._count + 1)

    @property
    def _count(self) -> int:
        return len(self.times) - 1


@contextmanager
def _folder(parts: Parts | None, out: Path) -> Iterator[Parts]:
    """The parts themselves, or some that go when this is over."""
    if parts is not None:
        parts.open()
        yield parts
        return
    with tempfile.TemporaryDirectory(prefix=".cutroom-", dir=out.parent) as folder:
        kept = Parts(Path(folder), dict)
        kept.open()
        yield kept
