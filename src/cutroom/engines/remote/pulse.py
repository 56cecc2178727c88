"""The engine's tick, kept going while somebody else works."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from threading import Thread
from typing import TypeVar

from cutroom.engine import Seen, Tick
from cutroom.errors import EngineFailed

BEAT = 0.1
"""Seconds between two ticks."""

T = TypeVar("T")


class NotInTime(Exception):  # noqa: N818 - says what happened
    """Something took longer than it may."""


class Pulse:
    """Ticks with what is done by now, and ends what takes too long altogether."""

    def __init__(self, tick: Tick, seconds: float) -> None:
        """`seconds`: for everything; a little less than the worker gives, so that there is time to hang up."""
        self._tick = tick
        self._seconds = seconds
        self._end = time.monotonic() + seconds
        self.done = 0.0
        """0..1."""

    def beat(self) -> None:
        """Tick. Raises what the tick raises, EngineFailed when the time is over."""
        if time.monotonic() >= self._end:
            raise EngineFailed(f"The remote server was not done after {self._seconds:.0f} seconds.")
        self._tick(self.done)

    def reach(self, done: float) -> None:
        """So much is done; never less than before."""
        self.done = max(self.done, min(done, 1.0))
        self.beat()

    def __call__(self, done: float) -> None:
        """As `reach`: this is a tick itself."""
        self.reach(done)

    def note(self, sentence: str) -> None:
        """Tell the caller something about the result."""
        self._tick.note(sentence)

    def detail(self, name: str, text: str) -> None:
        """Keep a text beside the result for its owner alone."""
        self._tick.detail(name, text)

    def show(self, frame: Seen) -> None:
        """Let a finished frame be seen."""
        self._tick.show(frame)

    def rest(self, seconds: float) -> None:
        """Let so much time pass. Raises as `beat`."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.beat()
            time.sleep(min(BEAT, left))
        self.beat()

    def until(self, told: Future[T], seconds: float) -> T:
        """What is told in the end, or raised. Raises NotInTime after `seconds`, else as `beat`."""
        end = time.monotonic() + seconds
        while True:
            self.beat()
            try:
                return told.result(BEAT)
            except NotYet:
                if told.done():  # it is the work that says so
                    raise
                if time.monotonic() >= end:
                    raise NotInTime from None


def begun(work: Callable[[], T]) -> Future[T]:
    """What `work` will return or raise, from a thread that nobody waits for: a socket may keep silent for ever."""
    told: Future[T] = Future()

    def run() -> None:
        try:
            told.set_result(work())
        except BaseException as error:  # noqa: BLE001  told to who asks for the result
            told.set_exception(error)

    Thread(target=run, name="remote", daemon=True).start()
    return told
