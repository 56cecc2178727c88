"""The worker's handle on the process in which an engine runs."""

import json
import logging
import math
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, TypeAdapter, ValidationError

from cutroom import logs
from cutroom.errors import Cancelled, CutroomError, EngineFailed
from cutroom.settings import Settings
from cutroom.worker.jpeg import picture
from cutroom.worker.messages import (
    ASIDE,
    LINE,
    STOP,
    At,
    Detail,
    Divided,
    Done,
    Failed,
    Frame,
    Message,
    Next,
    Note,
    Order,
    Stays,
    Tick,
    answer,
)
from cutroom.worker.starting import start

if TYPE_CHECKING:
    from cutroom.worker.sharing import Sharing

FRAMES = 1.5
"""Seconds between two frames that are passed on, however many the child sends."""
TOLD = 200
"""Notes, and details, that are kept of an order."""
WAITING = 1000
"""Messages that wait to be heeded; a child that says more has to wait too."""
SAID = 200
"""Texts of earlier orders that no log repeats, the last ones: a thread of theirs may still print."""

_MESSAGES: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="kind")])
log = logging.getLogger(__name__)


class Died(Exception):  # noqa: N818 - says what happened
    """The engine's process ended without a word."""


@dataclass(frozen=True, slots=True)
class Report:
    """How an engine ended, and what it told meanwhile."""

    end: Done | Failed
    notes: tuple[str, ...]
    details: Mapping[str, str]


class EngineProcess:
    """A running engine. Use it in a `with` block, or end it: nothing of it is left afterwards.

    It loads the engine while the edit is still being made ready; `begin` sets it to work. The kernel kills
    it when the thread that made it ends.
    """

    _frame: bytes | None
    """The newest frame of the result that nobody was given yet."""
    _sharing: "Sharing | None"

    def __init__(
        self, engine: str, settings: Settings, folder: Path, parts: Path | None = None
    ) -> None:
        """`folder` is where the engine works until an order says another, beside it; `parts` where orders have theirs."""
        self._settings = settings
        self._begin_anew()
        self._said: tuple[str, ...] = ()
        self._stays = self._again = False
        self._process = start(engine, settings, folder, parts or folder)
        self._heard: Queue[Message | None] = Queue(WAITING)
        self._printed = Event()
        """Set when all that was printed for the last order has been read."""
        self._threads = [
            Thread(target=self._hear, daemon=True),
            Thread(target=self._log, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def waits(self) -> bool:
        """Whether it has carried out an order, and can be given another."""
        return self._again and self._process.poll() is None

    def end(self) -> None:
        """Kill it, and what it started."""
        self._kill()
        self._process.wait()
        for thread in self._threads:
            thread.join(timeout=1)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            with suppress(OSError):
                if stream:
                    stream.close()

    def begin(self, order: Order) -> None:
        """Set it to work: the first time, or when it waits."""
        self._begin_anew()
        self._said = (*order.edit.said(), *self._said[:SAID])
        self._again = False
        self._printed.clear()
        self._say(order.to_bytes())

    def wait(
        self,
        wanted: Callable[[float], bool],
        interval: float,
        deadline: float,
        seen: Callable[[bytes], None] = lambda _: None,
        sharing: "Sharing | None" = None,
    ) -> Report:
        """How the engine ended, and what it told.

        `wanted` gets the progress (0..1) every `interval` seconds and says whether to go on; `seen` gets a
        frame of the result now and then, a JPEG by its first bytes; `sharing` says which segments to make.
        Raises Cancelled when it does not, EngineFailed at the `deadline` (by time.monotonic), Died.
        """
        asked, shown = time.monotonic(), -math.inf
        self._sharing = sharing
        while True:
            with suppress(Empty):
                if (end := self._heed(self._heard.get(timeout=interval))) is not None:
                    return Report(end, tuple(self._notes), self._details)
            now = time.monotonic()
            if self._frame is not None and now - shown >= FRAMES:
                frame, self._frame, shown = self._frame, None, now
                seen(frame)
            if now >= deadline:
                raise EngineFailed(
                    f"The engine was stopped after {self._settings.engine_timeout:g} seconds."
                )
            if now - asked >= interval:
                asked = now
                if not wanted(self._done):
                    self._stop()
                    raise Cancelled

    def _begin_anew(self) -> None:
        self._done = 0.0
        self._notes: list[str] = []
        self._details: dict[str, str] = {}
        self._frame = None
        self._sharing = None
        self._last_words: deque[str] = deque(maxlen=20)
        # What the engine prints belongs to the generation as well.
        self._about = logs.here()

    def _heed(self, message: Message | None) -> Done | Failed | None:
        """Keep what it tells; the message it ended with, None while it goes on. Raises Died."""
        match message:
            case None:
                raise Died(self._death())
            case Stays():
                self._stays = True
            case Tick(done=done):
                self._done = done
            case Note(sentence=sentence) if len(self._notes) < TOLD:
                self._notes.append(sentence)
            case Detail(name=name, text=text) if len(self._details) < TOLD:
                self._details[name] = text
            case Divided() | Next() | At() if self._sharing is not None:
                if (turn := self._sharing.heed(message)) is not None:
                    self._say(answer(turn))
            case (Done() | Failed()) as end:
                self._ended(end)
                return end
        return None

    def _ended(self, end: Done | Failed) -> None:
        if end.again:
            self._printed.wait(timeout=1)
            self._again = True
        elif isinstance(end, Failed) and end.error_kind == CutroomError.kind:
            self._process.wait()
            self._tell_last_words()

    def _stop(self) -> None:
        """Ask the engine to end; if it does not obey in time, it is not to be asked anything more."""
        self._sharing = None
        self._say(STOP)
        patience = self._settings.resident_grace if self._stays else 0.0
        deadline = time.monotonic() + max(self._settings.cancel_grace, patience)
        with suppress(Empty, Died):
            while (left := deadline - time.monotonic()) > 0:
                if self._heed(self._heard.get(timeout=left)) is not None:
                    return

    def _say(self, line: bytes) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # then it died, which `wait` tells
            self._process.stdin.write(line)
            self._process.stdin.flush()

    def _hear(self) -> None:
        assert self._process.stdout is not None
        with suppress(ValueError):  # closed under our hands
            while line := self._process.stdout.readline(LINE):
                if len(line) == LINE:
                    log.warning("the engine's process does not come to the end of a line")
                    break
                try:
                    self._hear_one(_MESSAGES.validate_json(line))
                except ValidationError:
                    log.warning("the engine's process talks nonsense")
        self._kill()  # if nobody waits for it, what it started shall still not be left alone
        self._put(None)

    def _hear_one(self, message: Message) -> None:
        if isinstance(message, Frame):
            self._frame = picture(message) or self._frame  # the newest alone is worth keeping
        else:
            self._put(message)

    def _put(self, message: Message | None) -> None:
        """Have it heeded; it is lost if nobody does any more."""
        while self._process.returncode is None:
            with suppress(Full):
                self._heard.put(message, timeout=1)
                return
        with suppress(Full):
            self._heard.put_nowait(message)

    def _log(self) -> None:
        assert self._process.stderr is not None
        with suppress(ValueError):
            while line := self._process.stderr.readline(LINE):
                if line.startswith(ASIDE):
                    self._take_aside(line[len(ASIDE) :].strip())
                elif text := line.decode(errors="replace").rstrip():
                    self._last_words.append(text)
                    log.debug("the engine: %s", self._unsaid(text), extra={"ids": self._about})

    def _take_aside(self, told: bytes) -> None:
        if told:
            with suppress(ValueError):
                self._said = (str(json.loads(told)), *self._said)
            return
        self._about = {}
        self._printed.set()

    def _kill(self) -> None:
        # The group: what an engine started goes with it.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _death(self) -> str:
        code = self._process.wait()
        log.warning("the engine's process ended with %s", code)
        self._tell_last_words()
        if code >= 0:
            return f"its engine ended without a result (status {code})"
        name = signal.Signals(-code).name
        return f"its engine was killed by {name}" + (" (out of memory?)" if code == -9 else "")

    def _tell_last_words(self) -> None:
        """Log the end of what the engine printed, but not what was asked of it."""
        self._threads[1].join(timeout=1)
        if words := self._unsaid("\n".join(self._last_words)):
            log.warning("the engine's last words:\n%s", words)

    def _unsaid(self, text: str) -> str:
        """What the engine printed, less what was asked of it."""
        return logs.without(text, self._said, "[the prompt]")
