"""What a server does beside its answers: a thread looks for what waits, and each of it is done in a thread of its own.

Several servers may do the same errands of one database: whoever does one claims it first.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from threading import Event, Lock, Thread
from typing import Generic, Protocol, TypeVar

from cutroom.errors import Cancelled, Unreachable

PATIENCE = 2.0
"""Seconds that what is under way gets to break off."""

log = logging.getLogger(__name__)


class Errand(Protocol):
    """Something that waits to be done."""

    @property
    def namespace(self) -> str:
        """Whose it is."""

    @property
    def apart(self) -> Hashable:
        """What no other has that is under way at the same time."""


Waiting = TypeVar("Waiting", bound=Errand)


class Errands(Generic[Waiting]):
    """The errands of one kind that a process does, as long as it lives."""

    def __init__(
        self,
        kind: str,
        find: Callable[[], Iterable[Waiting]],
        do: Callable[[Waiting], None],
        *,
        at_once: int,
        of_one: int,
        every: float,
    ) -> None:
        """`kind` is their plural, `find` asks for those that wait, the first of them first.

        `do` does one, calls `check` meanwhile, and may raise. So many are under way `at_once`, `of_one` namespace
        so many; they are looked for `every` so many seconds, and after each that is done.
        """
        self._kind = kind
        self._find = find
        self._do = do
        self._at_once = at_once
        self._of_one = of_one
        self._every = every
        self._stopping = Event()
        self._wake = Event()
        self._busy: dict[Hashable, Waiting] = {}
        self._lock = Lock()
        self._thread: Thread | None = None

    def start(self, ready: Callable[[], None]) -> None:
        """Begin; `ready` is called first, in the thread that looks."""
        self._thread = Thread(target=self._run, args=[ready], name=self._kind, daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Look at once."""
        self._wake.set()

    def wait(self, seconds: float) -> bool:
        """Let time pass; whether they are to stop."""
        return self._stopping.wait(seconds)

    def check(self) -> None:
        """Raises Cancelled once they are to stop."""
        if self._stopping.is_set():
            raise Cancelled

    def stop(self) -> None:
        """Break off what is under way; its claims run out, and whoever is there then does it."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        deadline = time.monotonic() + PATIENCE
        while self._busy and time.monotonic() < deadline:
            time.sleep(0.02)

    def _run(self, ready: Callable[[], None]) -> None:
        ready()
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                self._begin()
            except Unreachable:
                log.warning("the database is not there; %s have to wait", self._kind)
            except Exception:
                log.exception("%s have to wait", self._kind)
            self._wake.wait(self._every)

    def _begin(self) -> None:
        """Have done what waits, as far as there is room."""
        if len(self._busy) >= self._at_once:
            return
        waiting = self._find()
        with self._lock:
            of_one = Counter(one.namespace for one in self._busy.values())
            for one in waiting:
                if len(self._busy) >= self._at_once:
                    return
                if one.apart not in self._busy and of_one[one.namespace] < self._of_one:
                    of_one[one.namespace] += 1
                    self._busy[one.apart] = one
                    # A thread that the process need not wait for: asking for a host cannot be broken off.
                    Thread(target=self._attend, args=[one], daemon=True).start()

    def _attend(self, one: Waiting) -> None:
        try:
            self._do(one)
        except Cancelled:
            pass  # nobody wants it any more, or the server stops
        except Unreachable as error:
            log.warning("%s: %r has to wait: %s", self._kind, one, error.message)
        except Exception:
            log.exception("%s: %r could not be done", self._kind, one)
        finally:
            with self._lock:
                del self._busy[one.apart]
            self._wake.set()
