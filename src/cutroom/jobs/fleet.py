"""The workers that are alive, and what becomes of those that are not.

A worker says every few seconds that it lives, in a row, and holds a lock on a file as long as its
process exists. Whose row was not renewed for a while is dead to every other worker, on any machine; whose lock
is free is dead at once to those that see the file. Whoever finds one dead takes its work away and puts
it back in the queue. That may be done twice or halfway: every step leaves nothing to the next that was done.

No clock is compared with another: a worker watches the others' rows by its own, which is never set. If its
own watch was broken, because the database was away or the process frozen, it begins to watch anew: the others had
no chance to speak.
"""

import logging
import os
import secrets
import socket
import time
from collections.abc import Callable
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import sqlalchemy as sa

from cutroom import __version__
from cutroom.db import clock, reading, writing
from cutroom.errors import Unreachable
from cutroom.jobs.queue import Queue
from cutroom.tables import generations, workers

if TYPE_CHECKING:
    from io import TextIOWrapper

DEVICE = 100
"""Letters of the device that are kept."""
LOOK = 3.0
"""Seconds between two looks at the others at most, however long they may be silent."""

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
        drained: Callable[[], object] = lambda: None,
    ) -> None:
        """`folder` holds the locks; `lose` takes a dead worker's generations in a transaction.

        `beaten` is called when this worker has joined, and after every heartbeat; `drained` when a heartbeat
        finds that it is to leave.
        """
        self._engine = engine
        self._queue = queue
        self._folder = folder
        self._ttl = ttl
        self._lose = lose
        self._beaten = beaten
        self._drained = drained
        self._host = socket.gethostname()
        self.worker = f"{self._host}-{os.getpid()}-{secrets.token_hex(4)}"
        """The name of this worker; no other ever had it."""
        self._device: str | None = None
        self._lock: TextIOWrapper | None = None
        self._left = Event()
        self._heard: dict[str, tuple[float, float]] = {}
        """Worker -> what it said last, and since when that is known, by time.monotonic."""
        self._looked = 0.0
        """When the others were looked at last, by time.monotonic."""

    def join(self, pool: str, device: str | None = None) -> None:
        """Become a worker of `pool`: bury the dead of this machine, then say regularly that one lives.

        `device` is the GPU that it has to itself, for those who look at the list.
        """
        self._pool = pool
        self._device = device and device[:DEVICE]
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
        for worker in self._beats():
            if self.gone(worker):
                self._bury(worker)

    def bury_silent(self) -> None:
        """Take over from workers that were watched for `ttl` seconds and said nothing."""
        beats, now = self._beats(), time.monotonic()
        if now - self._looked > self._ttl / 2:
            self._heard = {}
        self._looked = now
        self._heard = {
            worker: self._heard[worker]
            if worker in self._heard and self._heard[worker][0] == beat
            else (beat, now)
            for worker, beat in beats.items()
        }
        for worker, (_, since) in self._heard.items():
            if now - since >= self._ttl:
                self._bury(worker)

    def bury_unknown(self) -> None:
        """Take over what was taken by a worker that had been buried alive, and died then."""
        takers = self._queue.takers()
        holding = sa.select(generations.c.worker).where(generations.c.worker.is_not(None))
        with reading(self._engine) as tx:
            takers |= set(tx.execute(holding.distinct()).scalars())
            known = set(tx.execute(sa.select(workers.c.id)).scalars())
        for worker in takers - known:
            self._take_over(worker)

    def gone(self, worker: str) -> bool:
        """Whether a worker's lock lies here and nobody holds it."""
        try:
            with self._file(worker).open("r+") as file:
                if not self._can_tell(file.read()):
                    return False
                flock(file, LOCK_EX | LOCK_NB)
        except OSError:
            return False  # held; or of another folder, which then says nothing
        return True

    def deserted(self, worker: str) -> bool:
        """Whether no worker of that name can be at work in this installation's folder."""
        return not self._file(worker).exists() or self.gone(worker)

    def _can_tell(self, kernel: str) -> bool:
        """Whether a free lock that a process under that kernel made says that it is gone.

        A folder may be shared by machines, over a file system that keeps each one's locks to itself, and names
        of hosts are given twice. Where the database is a file of this machine, there are no others.
        """
        return kernel == running_kernel() or self._engine.dialect.name == "sqlite"

    def _beats(self) -> dict[str, float]:
        """What each other worker said last, by its name."""
        query = sa.select(workers.c.id, workers.c.beat).where(workers.c.id != self.worker)
        with reading(self._engine) as tx:
            return {row.id: row.beat for row in tx.execute(query)}

    def _bury(self, worker: str) -> None:
        now = clock(self._engine)
        claim = (
            sa.update(workers)
            .where(
                workers.c.id == worker,
                # One at a time, but not for ever: who buries may die of it, and clocks are set.
                sa.or_(workers.c.reaper.is_(None), sa.func.abs(now - workers.c.reaped) > self._ttl),
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
            # In this order: who takes a generation holds its row of this table meanwhile.
            tx.execute(sa.delete(workers).where(workers.c.id == worker))
            self._lose(tx, worker)
        self._file(worker).unlink(missing_ok=True)
        if worker != self.worker:
            log.warning("worker %s is gone; queued again: %s", worker, again or "nothing")

    def _live(self) -> None:
        while not self._left.wait(min(self._ttl / 4, LOOK)):
            try:
                self._beat()
                self.bury_fallen()
                self.bury_silent()
                self.bury_unknown()
                self._beaten()
            except Unreachable as error:
                log.warning("worker %s cannot tell that it lives: %s", self.worker, error.message)
            except Exception:
                log.exception("worker %s could not tell that it lives", self.worker)

    def _beat(self) -> None:
        statement = (
            sa.update(workers)
            .where(workers.c.id == self.worker)
            .values(beat=clock(self._engine), reaper=None, reaped=None)
            .returning(workers.c.drain)
        )
        with writing(self._engine) as tx:
            row = tx.execute(statement).first()
        if row is not None and row.drain is not None:
            self._drained()
        if row is None:
            # Buried while this process was frozen. Its work has gone to others; it may take new.
            log.warning("worker %s was taken for dead", self.worker)
            self._appear()

    def _appear(self) -> None:
        # The lock before the row: a row whose lock is free is a dead worker's.
        if self._lock:
            self._lock.close()  # of a file that those who buried it alive have removed
        self._lock = self._file(self.worker).open("w")
        flock(self._lock, LOCK_EX)
        self._lock.write(running_kernel())
        self._lock.flush()
        now = clock(self._engine)
        row = {
            "id": self.worker,
            "host": self._host,
            "pid": os.getpid(),
            "pool": self._pool,
            "started": now,
            "beat": now,
            "version": __version__,
            "device": self._device,
        }
        with writing(self._engine) as tx:
            tx.execute(sa.insert(workers).values(row))

    def _file(self, worker: str) -> Path:
        return self._folder / f"{worker}.lock"


def running_kernel() -> str:
    """What tells this machine, since it was started, from every other."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return socket.gethostname()  # no Linux: no containers that share one
