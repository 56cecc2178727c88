"""Who listens in this process, and the one look into the database that is made for all of them."""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable
from typing import TypeAlias

from starlette.concurrency import run_in_threadpool

from cutroom.errors import Busy, Unreachable
from cutroom.events import Audience, Event
from cutroom.service import Service
from cutroom.underway import Progress

MOST = 2000
"""Listeners in one process."""
MOST_OF_ONE = 100
"""Listeners of one namespace among them."""
WAITING = 256
"""News that may wait for one listener; who is slower is sent away."""
AT_ONCE = 4
"""Listeners that are told before whoever else waits for an answer has a turn."""
STEP = 0.01
"""Progress that is worth telling."""

News: TypeAlias = Event | Progress

log = logging.getLogger(__name__)


class Listener:
    """One open stream's end of the broadcast."""

    def __init__(self, audience: Audience, since: int) -> None:
        self.audience = audience
        self.since = since
        """The events past this number are heard; those up to it are in the database."""
        self.slow = False
        """Whether it was sent away because news came faster than it took them."""
        self.over = False
        """Whether nothing more will be heard."""
        self._waiting: deque[News] = deque()
        self._told = asyncio.Event()

    def hear(self, news: News) -> None:
        """Take in what is meant for this audience."""
        if self.over or not self.audience.hears(news.user, news.namespace):
            return
        if len(self._waiting) >= WAITING:
            self.slow = True
            self.end()
            return
        if isinstance(news, Progress) and len(self._waiting) >= WAITING // 2:
            return  # the next one says as much
        self._waiting.append(news)
        self._told.set()

    def end(self) -> None:
        """Let nothing more be heard."""
        self.over = True
        self._waiting.clear()
        self._told.set()

    async def next(self, seconds: float) -> News | None:
        """What comes next; None when nothing came for `seconds`, or nothing will."""
        if not self._waiting and not self.over:
            self._told.clear()
            try:
                async with asyncio.timeout(seconds):
                    await self._told.wait()
            except TimeoutError:
                return None
        return self._waiting.popleft() if self._waiting else None


class Broadcast:
    """Reads what happened while anybody listens, and passes it on."""

    def __init__(self, service: Service, interval: float, stopping: Callable[[], bool]) -> None:
        self._events = service.events
        self._interval = interval
        self._stopping = stopping
        self._listeners: set[Listener] = set()
        self._beginning = asyncio.Lock()
        self._reader: asyncio.Task[None] | None = None
        self._seq = 0
        self._progress: dict[str, Progress] = {}

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._listeners)

    async def join(self, audience: Audience) -> Listener:
        """A listener that hears everything past its `since`; to be let go with `leave`. Raises Busy."""
        async with self._beginning:
            if self._reader is None:
                self._seq = await run_in_threadpool(self._events.last)
                self._reader = asyncio.create_task(self._read())
        # From here to the end nobody else runs: what is read next is heard by this listener too.
        of_one = Counter(one.audience.user for one in self._listeners)[audience.user]
        if len(self._listeners) >= MOST or of_one >= MOST_OF_ONE:
            raise Busy("Too many streams of events are open.", retry_after=30)
        listener = Listener(audience, self._seq)
        self._listeners.add(listener)
        for progress in self._progress.values():
            listener.hear(progress)
        return listener

    def leave(self, listener: Listener) -> None:
        """Let a listener go."""
        self._listeners.discard(listener)

    async def _read(self) -> None:
        """Look again and again while anybody listens."""
        try:
            while self._listeners and not self._stopping():
                try:
                    await self._look()
                except Unreachable:
                    log.warning("the database is not there; whoever listens has to wait")
                await asyncio.sleep(self._interval)
        finally:
            # After a bug too: who then comes back finds in the database what was not told.
            for listener in self._listeners:
                listener.end()
            self._reader = None
            self._progress = {}

    async def _look(self) -> None:
        happened, underway = await run_in_threadpool(self._events.news, self._seq)
        for event in happened:
            self._seq = event.seq  # who joins while this is told finds it in the database
            await self._tell(event)
        before, self._progress = self._progress, {one.id: one for one in underway}
        for one in underway:
            known = before.get(one.id)
            if known and abs(one.done - known.done) < STEP and one.preview == known.preview:
                self._progress[one.id] = known  # so that small steps add up
            else:
                await self._tell(one)

    async def _tell(self, news: News) -> None:
        for number, listener in enumerate(list(self._listeners)):
            listener.hear(news)
            if number % AT_ONCE == AT_ONCE - 1:
                await asyncio.sleep(0)
