"""The worker's end of a division: which segments its engine is to make, and what becomes of the parts."""

import logging
import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import Protocol

from cutroom import generations, segments
from cutroom.db import Database, reading, writing
from cutroom.depot import Depot
from cutroom.engine import Turn
from cutroom.errors import Cancelled, CutroomError, NotFound, Unreachable
from cutroom.generations import Claim
from cutroom.media.parts import part_name
from cutroom.segments import Segment, Work
from cutroom.types import Generation
from cutroom.worker.confinement import plain
from cutroom.worker.messages import At, Divided, Next

STUCK = 60.0
"""Seconds after which a helper's segment that gets no further is taken from it."""
PATIENCE = 60.0
"""Seconds for which a helper waits that the generation's worker begins with the next pass."""
MOST = 100_000
"""Segments of one result at most."""
_MARK = re.compile(r"[0-9a-f]{1,64}")
"""What a mark looks like: folders and keys are called so, and it is an engine's process that says it."""

log = logging.getLogger(__name__)


class Helpers(Protocol):
    """The other workers of the pool."""

    def call(self, generation: str, segments: int) -> None:
        """Have those that are idle help with a generation of which so many segments wait."""

    @property
    def needed(self) -> bool:
        """Whether a generation waits for a worker, so that one that helps should rather take it."""


class Sharing:
    """One generation's segments, as the worker with its claim or a helper makes them.

    What the database or the storage cannot take just now is tried again whenever the engine asks for more.
    """

    def __init__(
        self, engine: Database, depot: Depot, helpers: Helpers, generation: str, claim: Claim | None,
        *, worker: str,
    ) -> None:  # fmt: skip
        """`claim` is that of the generation's worker, None a helper's."""
        self._engine = engine
        self._depot = depot
        self._helpers = helpers
        self._generation = generation
        self._worker = worker
        self._claim = claim
        self._work: Work | None = None
        self._begun: Divided | None = None
        self._current: int | None = None
        self._frames = 0
        self._planned = False
        self._passes = 0
        self._since = 0.0
        self._seen: object = None
        self._moving: dict[int, Future[None]] = {}
        self._mover = ThreadPoolExecutor(max_workers=1, thread_name_prefix="parts")

    def close(self) -> None:
        """What is moving now arrives, the rest stays where it is."""
        self._mover.shutdown(wait=True, cancel_futures=True)

    @property
    def folder(self) -> Path:
        """Where the parts lie on this machine."""
        return self._depot.folder(self._generation)

    def due(self) -> Generation | None:
        """The generation, while it can be helped with. Raises Unreachable."""
        with reading(self._engine) as tx:
            if not segments.waiting(tx, self._generation):
                return None
            generation = generations.get(tx, self._generation)
        return None if generation.status.final else generation

    def leave(self, *, failed: bool) -> None:
        """Let go of what is not done; `failed`: no helper is to try again."""
        with suppress(CutroomError):
            with writing(self._engine) as tx:
                segments.leave(tx, self._worker)
                if failed:
                    segments.keep(tx, self._generation)
                over = generations.get(tx, self._generation).status.final
            if over:
                self._depot.forget(self._generation)  # a part may have come after all others went

    def heed(self, message: Divided | Next | At) -> Turn | None:
        """The answer to a Next. Raises Cancelled where a helper is of no more use."""
        match message:
            case Divided():
                self._begin(message)
            case At(frames=frames):
                self._frames = frames
            case Next(made=made):
                return self._next(made)
        return None

    def wanted(self) -> bool:
        """Whether a helper is to go on: the generation is not over, and its segment still its own."""
        with suppress(Unreachable):
            with reading(self._engine) as tx:
                if generations.get(tx, self._generation).status.final:
                    return False
            if self._work is not None and self._current is not None:
                with writing(self._engine) as tx:
                    return segments.progress(
                        tx, self._work, self._current, self._worker, self._frames
                    )
        return True

    def _begin(self, divided: Divided) -> None:
        if len(divided.spans) > MOST or not _MARK.fullmatch(divided.mark):
            raise CutroomError("The engine divides its result into what cannot be segments.")
        self._begun = divided
        self._work = Work(self._generation, divided.mark)
        self._current = None
        self._passes += 1
        self._since = time.monotonic()
        self._planned = False

    def _next(self, made: int | None) -> Turn:
        self._current, self._frames = None, 0
        if self._work is None:
            raise CutroomError("The engine asks for segments of nothing.")
        try:
            return self._turn(self._work, made)
        except Unreachable:
            log.warning("segments are not to be had: the database or the storage does not answer")
            return Turn(None, over=False, done=0)

    def _turn(self, work: Work, made: int | None) -> Turn:
        rows = self._rows(work)
        if not rows:
            if self._passes > 1 and time.monotonic() < self._since + PATIENCE:
                return Turn(None, over=False, done=0)
            log.info("nothing to help with: no segments are made of the same")
            raise Cancelled
        for row in rows:
            if row.key is None and row.worker in {None, self._worker} and self._lies(row):
                self._store(work, row)
        if self._claim is None and self._helpers.needed:
            log.info("gives way: a generation waits")
            raise Cancelled
        rows = self._rows(work)
        if (number := self._take(work, rows, made)) is not None:
            self._current = number
            if self._claim is not None:
                self._call([row for row in rows if row.free and row.number != number])
            return Turn(number, over=False, done=self._done(rows, number))
        return Turn(None, over=self._over(work, rows), done=self._done(rows))

    def _rows(self, work: Work) -> Sequence[Segment]:
        """The segments; planned by the generation's worker, once, under its claim."""
        if self._claim is None or self._planned:
            with reading(self._engine) as tx:
                return segments.all_of(tx, work)
        assert self._begun is not None
        with writing(self._engine) as tx:
            if not generations.holds(tx, self._claim, still=True):
                raise Cancelled
            segments.leave(tx, self._worker)  # of an attempt before
            segments.plan(tx, work, self._begun.spans)
            rows = segments.all_of(tx, work)
        self._planned = True
        if ready := sum(row.key is not None for row in rows):
            log.info("going on after %d of %d segments", ready, len(rows))
        return rows

    def _take(self, work: Work, rows: Sequence[Segment], made: int | None) -> int | None:
        """The number of a segment that is now ours; None where none is free."""
        for row in rows:
            if row.key is None and row.worker == self._worker and not self._lies(row):
                return row.number  # taken before, and the answer was lost on its way to the engine
        helps = self._claim is None
        for number in order(rows, made):
            row = rows[number]
            if row.alone and helps:
                continue
            with writing(self._engine) as tx:
                if segments.take(tx, work, number, self._worker):
                    return number
        return None

    def _call(self, free: Sequence[Segment]) -> None:
        """Have others help with what is free."""
        if left := sum(not row.alone for row in free):
            self._helpers.call(self._generation, left)

    def _over(self, work: Work, rows: Sequence[Segment]) -> bool:
        """Whether there is nothing to be waited for."""
        assert self._begun is not None
        if self._claim is None and not self._begun.joins:
            return not any(row.key is None and row.worker == self._worker for row in rows)
        lacking = [row for row in rows if not self._lies(row)]
        for row in lacking:
            if row.key is not None:
                self._fetch(work, row)
        if self._claim is not None:
            self._watch(work, [row for row in lacking if row.key is None])
        return not lacking

    def _watch(self, work: Work, others: Sequence[Segment]) -> None:
        """Take away what others got no further with for a while."""
        seen = [(row.number, row.worker, row.done) for row in others]
        if seen != self._seen:
            self._seen, self._since = seen, time.monotonic()
        elif time.monotonic() > self._since + STUCK:
            with writing(self._engine) as tx:
                for row in others:
                    if row.worker not in {None, self._worker}:
                        segments.wrest(tx, work, row)

    def _done(self, rows: Sequence[Segment], current: int | None = None) -> int:
        """Frames that are made, but for those of the segment at hand."""
        return sum(
            row.stop - row.first if self._lies(row) else row.done
            for row in rows
            if row.number != current
        )

    def _path(self, row: Segment) -> Path:
        assert self._work is not None
        return self.folder / self._work.mark / part_name(row.first, row.stop)

    def _lies(self, row: Segment) -> bool:
        """Whether a finished part lies on this machine: no link, which an engine may make to what it may not read."""
        path = self._path(row)
        return plain(path) and not path.parent.is_symlink()

    def _store(self, work: Work, row: Segment) -> None:
        """Have others find a part that was made here."""
        path = self._path(row)
        key = self._depot.key(self._generation, work.mark, path.name)

        def store() -> None:
            self._depot.put(key, path)
            with writing(self._engine) as tx:
                segments.finish(tx, work, row.number, key)

        if self._depot.immediate:
            store()
        else:
            self._move(row.number, store)

    def _fetch(self, work: Work, row: Segment) -> None:
        """Have a part here that was made elsewhere, or have it made again."""
        key, path = row.key, self._path(row)
        assert key is not None

        def fetch() -> None:
            try:
                self._depot.fetch(key, path)
            except NotFound:
                log.warning("a finished part is gone, and is made again")
                with writing(self._engine) as tx:
                    segments.miss(tx, work, row.number, key)

        self._move(row.number, fetch)

    def _move(self, number: int, move: Callable[[], None]) -> None:
        """Do it beside the engine's work; again, where it went wrong before. Raises Cancelled in a helper then."""
        before = self._moving.get(number)
        if before is not None and not before.done():
            return
        if before is not None and (error := before.exception()) is not None:
            log.warning("a part could not be moved: %s", error)
            if self._claim is None:
                raise Cancelled
        self._moving[number] = self._mover.submit(move)


def order(rows: Sequence[Segment], made: int | None) -> list[int]:
    """The numbers of the free segments, that to begin with first.

    What follows on the one that was just made goes on with the frames that are decoded already. Else the longest
    stretch of free segments is begun: in its middle, where somebody is working towards it.
    """
    runs = [list(run) for free, run in groupby(rows, key=lambda row: row.free) if free]
    found: list[int] = []
    if made is not None and made + 1 < len(rows) and rows[made + 1].free:
        found.append(made + 1)
    for run in sorted(runs, key=len, reverse=True):
        start = run[0].number
        busy = start > 0 and rows[start - 1].worker is not None
        begin = len(run) // 2 if busy else 0
        found += [row.number for row in (*run[begin:], *run[:begin])]
    return found
