"""A claim, looked after while its generation is worked on."""

import logging
import time
from threading import Event

from cutroom.errors import Cancelled, Unreachable
from cutroom.generations import Claim
from cutroom.life import Life

log = logging.getLogger(__name__)


class Watch:
    """One claim, looked after: tells progress, and notices that nobody wants the result any more."""

    def __init__(self, life: Life, claim: Claim, interval: float, stopping: Event) -> None:
        self._life = life
        self._claim = claim
        self._interval = interval
        self._stopping = stopping
        self._next = 0.0
        self._told = 0.0

    def alive(self) -> None:
        """Raises Cancelled when the claim is gone; asks the database now and then only."""
        if time.monotonic() >= self._next and not self.wanted(self._told):
            raise Cancelled

    def wanted(self, done: float) -> bool:
        """Note that `done` (0..1) is done; whether to go on."""
        self._next = time.monotonic() + self._interval
        if self._stopping.is_set():
            return False
        try:
            if done <= self._told:
                return self._life.holds(self._claim)
            self._told = done
            return self._life.progress(self._claim, done)
        except Unreachable:
            return True  # the work goes on without its database as long as it can

    def seen(self, frame: bytes) -> None:
        """Let a frame of the result, a JPEG, be seen meanwhile."""
        try:
            self._life.preview(self._claim, frame)
        except Unreachable:
            pass  # the next one may be kept
        except Exception:
            log.exception("a frame could not be kept")
