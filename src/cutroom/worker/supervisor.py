"""Keeps the workers of a server running: restarts those that die, and ends them with the server."""

import logging
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from threading import Event, Thread

from cutroom.settings import Settings

LOOK = 0.05
"""Seconds between two looks at the workers."""
STEADY = 30.0
"""Seconds after which a worker's death is no sequel of the one before."""
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 30.0
"""Seconds until a dead worker is started again; each time twice as long."""
DRAINED = 75
"""The exit status of a worker that an operator had leave: none takes its place."""
MARGIN = 10.0
"""Seconds beyond the drain that a worker gets to tidy up."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Place:
    """A worker that should be running."""

    pool: str
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    """When, by time.monotonic."""
    pause: float = field(default=FIRST_PAUSE)
    drained: bool = False
    """Whether it stays empty, because an operator said so."""

    def died(self) -> int | None:
        """The exit status if the worker has just ended; its successor waits a while."""
        if self.process is None or (code := self.process.poll()) is None:
            return None
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process = None
        steady = time.monotonic() - self.started > STEADY
        self.pause = FIRST_PAUSE if steady else min(self.pause * 2, LONGEST_PAUSE)
        self.started = time.monotonic() + self.pause
        self.drained = code == DRAINED
        return code


class Supervisor:
    """The workers that `settings` ask for: `workers` of them, and at least one for each pool."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        count = max(settings.workers, len(settings.pools)) if settings.workers else 0
        self._places = [_Place(settings.pools[n % len(settings.pools)]) for n in range(count)]
        self._stopping = Event()
        # One thread starts all workers and lives as long as they do: the kernel counts the
        # thread that started a process as its parent.
        self._thread = Thread(target=self._run, name="supervisor", daemon=True)

    def start(self) -> None:
        """Start the workers."""
        self._thread.start()

    def stop(self) -> None:
        """Let the workers drain, and return when they have ended.

        What they could not finish within `drain_timeout` is queued again.
        """
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def pids(self) -> list[int]:
        """The process ids of the workers that run now."""
        return [place.process.pid for place in self._places if place.process]

    def _run(self) -> None:
        while not self._stopping.wait(LOOK):
            for place in self._places:
                code = place.died()
                if place.drained:
                    if code is not None:
                        log.warning("a worker of pool %s was drained, none follows", place.pool)
                    continue
                if code is not None:
                    log.warning("a worker of pool %s ended with %s", place.pool, code)
                if place.process is None and time.monotonic() >= place.started:
                    self._spawn(place)
        self._end()

    def _spawn(self, place: _Place) -> None:
        own = {"CUTROOM_POOLS": f'["{place.pool}"]'}
        place.started = time.monotonic()
        place.process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "cutroom.worker", str(os.getpid())],
            stdin=subprocess.PIPE,
            env={**os.environ, **self._settings.environment(), **own},
            process_group=0,  # Ctrl-C is for the server, which then tells its workers
        )
        log.info("worker %s of pool %s started", place.process.pid, place.pool)

    def _end(self) -> None:
        running = [place.process for place in self._places if place.process]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + self._settings.drain_timeout + MARGIN
        for process in running:
            try:
                process.wait(timeout=max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("worker %s does not end and is killed", process.pid)
                process.kill()
                process.wait()
