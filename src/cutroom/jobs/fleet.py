"""The workers that are alive, and what becomes of those that are not.

A worker says every few seconds that it lives, in a row, and holds a lock on a file as long as its
process exists. A silent row is found by any other worker after a while; a free lock at once by
any worker of the same machine. Whoever finds one dead takes its work away and puts it back in the
queue. That may be done twice or halfway: every step leaves nothing to the next that was done.
"""

import logging
import os
import secrets
import socket
from collections.abc import Callable
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import sqlalchemy as sa

from cutroom.db import clock, reading, writing
from cutroom.jobs.queue import Queue
from cutroom.tables import workers

if TYPE_CHECKING:
    from io import TextIOWrapper

log = logging.getLogger(__name__)


class Fleet:
    """One worker's view of all the workers."""

    def __init__(
        self,
        engine: sa.Engine,
        queue: Queue,
        folder: Path,
        ttl: float,
        lose: Callable[[sa.Connection, str], object],
        *,
        beaten: Callable[[], object] = lambda: None,
    ) -> None:
        """`folder` holds the locks; `lose` takes a dead worker's generations in a transaction.

        `beaten` is called when this worker has joined, and after every heartbeat.
        """
        self._engine = engine
        self._queue = queue
        self._folder = folder
        self._ttl = ttl
        self._lose = lose
        self._beaten = beaten
        self._host = socket.gethostname()
        self.worker = f"{self._host}-{os.getpid()}-{secrets.token_hex(4)}"
        """The name of this worker; no other ever had it."""
        self._lock: TextIOWrapper | None = None
        self._left = Event()

    def join(self, pool: str) -> None:
        """Become a worker of `pool`: bury the dead of this machine, then say regularly that one lives."""
        self._pool = pool
        self._folder.mkdir(parents=True, exist_ok=True)
        self._appear()
        self.bury_fallen()
        self._beaten()
        Thread(target=self._live, name="fleet", daemon=True).start()

    def leave(self) -> None:
        """Put back what this worker has taken out of the queue, and be no worker any more."""
        self._left.set()
        self._bury(self.worker)

    def bury_fallen(self) -> None:
        """Take over from workers of this machine whose process is gone."""
        query = sa.select(workers.c.id).where(
            workers.c.host == self._host, workers.c.id != self.worker
        )
        with reading(self._engine) as tx:
            neighbours = list(tx.execute(query).scalars())
        for worker in neighbours:
            if self.gone(worker):
                self._bury(worker)

    def bury_silent(self) -> None:
        """Take over from workers that have not been heard of for `ttl` seconds."""
        silent = workers.c.beat < clock(self._engine) - self._ttl
        query = sa.select(workers.c.id).where(silent, workers.c.id != self.worker)
        with reading(self._engine) as tx:
            found = list(tx.execute(query).scalars())
        for worker in found:
            self._bury(worker)

    def bury_unknown(self) -> None:
        """Take over what a worker took out of the queue after it had been buried alive."""
        takers = self._queue.takers()
        with reading(self._engine) as tx:
            known = set(tx.execute(sa.select(workers.c.id)).scalars())
        for worker in takers - known:
            self._take_over(worker)

    def gone(self, worker: str) -> bool:
        """Whether a worker's lock lies here and nobody holds it."""
        try:
            with self._file(worker).open("r+") as file:
                flock(file, LOCK_EX | LOCK_NB)
        except OSError:
            return False  # held; or of another machine, which then says nothing
        return True

    def deserted(self, worker: str) -> bool:
        """Whether no worker of that name can be at work in this installation's folder."""
        return not self._file(worker).exists() or self.gone(worker)

    def _bury(self, worker: str) -> None:
        now = clock(self._engine)
        claim = (
            sa.update(workers)
            .where(
                workers.c.id == worker,
                # One at a time, but not for ever: who buries may die of it.
                sa.or_(workers.c.reaper.is_(None), workers.c.reaped < now - self._ttl),
            )
            .values(reaper=self.worker, reaped=now)
        )
        with writing(self._engine) as tx:
            if tx.execute(claim).rowcount == 0:
                return
        self._take_over(worker)

    def _take_over(self, worker: str) -> None:
        # First the queue: should this process die now, the row is still there to be found.
        again = self._queue.release(worker)
        with writing(self._engine) as tx:
            self._lose(tx, worker)
            tx.execute(sa.delete(workers).where(workers.c.id == worker))
        self._file(worker).unlink(missing_ok=True)
        if worker != self.worker:
            log.warning("worker %s is gone; queued again: %s", worker, again or "nothing")

    def _live(self) -> None:
        while not self._left.wait(self._ttl / 4):
            try:
                self._beat()
                self.bury_fallen()
                self.bury_silent()
                self.bury_unknown()
                self._beaten()
            except Exception:
                log.exception("worker %s could not tell that it lives", self.worker)

    def _beat(self) -> None:
        statement = (
            sa.update(workers)
            .where(workers.c.id == self.worker)
            .values(beat=clock(self._engine), reaper=None, reaped=None)
        )
        with writing(self._engine) as tx:
            known = tx.execute(statement).rowcount == 1
        if not known:
            # Buried while this process was frozen. Its work has gone to others; it may take new.
            log.warning("worker %s was taken for dead", self.worker)
            self._appear()

    def _appear(self) -> None:
        # The lock before the row: a row whose lock is free is a dead worker's.
        if self._lock:
            self._lock.close()  # of a file that those who buried it alive have removed
        self._lock = self._file(self.worker).open("w")
        flock(self._lock, LOCK_EX)
        now = clock(self._engine)
        row = {
            "id": self.worker,
            "host": self._host,
            "pid": os.getpid(),
            "pool": self._pool,
            "started": now,
            "beat": now,
        }
        with writing(self._engine) as tx:
            tx.execute(sa.insert(workers).values(row))

    def _file(self, worker: str) -> Path:
        return self._folder / f"{worker}.lock"
