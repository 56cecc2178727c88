"""The other workers of a pool: which of them are idle, and called to help with a long result."""

import logging
import socket
from typing import Literal

import sqlalchemy as sa

from cutroom.db import clock, reading, writing
from cutroom.jobs.queue import Queue
from cutroom.tables import generations, pools, workers
from cutroom.types import Status

Spread = Literal["auto", "always", "off"]

log = logging.getLogger(__name__)


class Muster:
    """One worker's view of those that could help it."""

    def __init__(
        self, engine: sa.Engine, queue: Queue, worker: str, pool: str, *, spread: Spread, ttl: float
    ) -> None:
        """`spread`: auto calls workers of other machines, always those of this one too, off none.

        `ttl` is after how many seconds of silence a worker counts as dead.
        """
        self._engine = engine
        self._queue = queue
        self._worker = worker
        self._pool = pool
        self._spread = spread
        self._ttl = ttl
        self._host = socket.gethostname()

    def call(self, generation: str, segments: int) -> None:
        """Have idle workers help with a generation of which so many segments wait; none that others need."""
        if self._spread == "off":
            return
        idle = len(self._idle(local=self._spread == "always"))
        room = min(segments, idle - self._waiting() - self._queue.called(self._pool))
        if room > 0:
            with writing(self._engine) as tx:
                self._queue.call(tx, generation, self._pool, room)
            log.info("%d workers are called to help", room)

    @property
    def needed(self) -> bool:
        """Whether more generations wait than workers are idle."""
        return (waiting := self._waiting()) > 0 and waiting > len(self._idle(local=True))

    def _idle(self, *, local: bool) -> set[str]:
        """Workers that have nothing to do and may begin something, but for this one."""
        stopped = sa.select(pools.c.name).where(pools.c.paused.is_not(None))
        w = workers.c
        query = sa.select(w.id, w.host, w.version).where(
            w.pool == self._pool,
            w.pool.not_in(stopped),
            w.drain.is_(None),
            w.beat > clock(self._engine) - self._ttl,
        )
        with reading(self._engine) as tx:
            alive = tx.execute(query).all()
        if any(row.version is None for row in alive):
            return set()  # one of code that does not know how to help might be asked
        near = {self._worker} if local else {row.id for row in alive if row.host == self._host}
        others = {row.id for row in alive} - near
        return others - self._queue.takers() if others else others

    def _waiting(self) -> int:
        """Generations that were let into the queue, and that no worker has."""
        g = generations.c
        due = sa.or_(
            sa.and_(g.status == Status.QUEUED, g.admitted.is_not(None)),
            sa.and_(g.status == Status.PROCESSING, g.worker.is_(None)),
        )
        query = sa.select(sa.func.count()).where(due, g.pool == self._pool)
        with reading(self._engine) as tx:
            return tx.execute(query).scalar() or 0
