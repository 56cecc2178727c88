"""A result made frame by frame: in one piece, or a long one in segments that are joined."""

import logging
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Generic

from av.video.frame import VideoFrame

from cutroom.engine import Division, Tick
from cutroom.media.abreast import Source, Sources, abreast
from cutroom.media.encode import Encoder
from cutroom.media.join import joined
from cutroom.media.parts import Parts
from cutroom.media.segments import Segment, segments

Made = Generator[tuple[Fraction, VideoFrame] | None, None, None]
"""Frames with their seconds; None now and then while one takes its time."""

_PATIENCE = 0.2
"""Seconds until a division is asked again that has nothing to be made."""

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
                self._fill(encoder, spans[0], made, lambda at: tick(self._done(at)), tick)
        else:
            with _folder(parts, out, spans) as kept:
                if kept.division is None:
                    self.render(spans, kept, pool, tick)
                else:
                    self.share(spans, kept, kept.division, pool, tick)
                if kept.joined:
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
                    self._part(segment, parts, made, lambda at: tick(self._done(at)), tick)

    def share(
        self, spans: Sequence[Segment], parts: Parts, division: Division, pool: ThreadPoolExecutor, tick: Tick
    ) -> None:  # fmt: skip
        """Make those of the segments that the division gives, until it is over."""
        latest: int | None = None
        with ExitStack() as running:
            made: Made | None = None
            while not (turn := division.next(latest)).over:
                if turn.number is None:
                    latest = None
                    tick(self._done(turn.done))
                    time.sleep(_PATIENCE)
                    continue
                segment = spans[turn.number]
                if made is None or latest is None or turn.number != latest + 1:
                    running.close()
                    # To the end, for the next segment is most often given to whoever made the one before it.
                    rest = self._made(Segment(segment.start, self._count), pool)
                    made = running.enter_context(closing(rest))

                def told(at: int, segment: Segment = segment, before: int = turn.done) -> None:
                    division.at(at - segment.start)
                    tick(self._done(before + at - segment.start))

                self._part(segment, parts, made, told, tick)
                latest = turn.number

    def _part(
        self, segment: Segment, parts: Parts, made: Made, told: Callable[[int], None], tick: Tick
    ) -> None:
        duration = self.times[segment.stop] - self.times[segment.start]
        with self.encoder.part(parts.draft(segment), duration) as encoder:
            self._fill(encoder, segment, made, told, tick)
        parts.keep(segment)

    def _fill(
        self, encoder: Encoder, segment: Segment, made: Made, told: Callable[[int], None], tick: Tick
    ) -> None:  # fmt: skip
        """The frames of a segment, in an encoder of its own; `told` gets the frame that is due."""
        begin, done = self.times[segment.start], segment.start
        for ready in made:
            if ready is not None:
                seconds, frame = ready
                tick.show(partial(encoder.seen, frame))
                encoder.write_yuv(frame, seconds - begin)
                done += 1
            told(done)
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
def _folder(parts: Parts | None, out: Path, spans: Sequence[Segment]) -> Iterator[Parts]:
    """The parts themselves, or some that go when this is over."""
    if parts is not None:
        parts.open(spans)
        yield parts
        return
    with tempfile.TemporaryDirectory(prefix=".cutroom-", dir=out.parent) as folder:
        kept = Parts(Path(folder), dict)
        kept.open(spans)
        yield kept
