"""The worker's handle on the process in which an engine runs."""

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Thread
from typing import Annotated, Self

from pydantic import Field, TypeAdapter, ValidationError

from cutroom import logs
from cutroom.errors import Cancelled, CutroomError, EngineFailed
from cutroom.settings import SECRETS, Settings
from cutroom.worker.messages import (
    ASIDE,
    STOP,
    Detail,
    Done,
    Failed,
    Message,
    Note,
    Order,
    Stays,
    Tick,
)

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

    def __init__(self, engine: str, settings: Settings, folder: Path) -> None:
        """`folder` is where the engine may leave temporary files, until an order says another."""
        self._settings = settings
        self._begin_anew()
        self._said: tuple[str, ...] = ()
        self._stays = self._again = False
        environment = {**os.environ, **settings.environment(), "TMPDIR": str(folder)}
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "cutroom.worker.child", str(os.getpid()), engine],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env={name: value for name, value in environment.items() if name not in SECRETS},
            start_new_session=True,
        )
        self._heard: Queue[Message | None] = Queue()
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

    def wait(self, wanted: Callable[[float], bool], interval: float, deadline: float) -> Report:
        """How the engine ended, and what it told.

        `wanted` gets the progress (0..1) every `interval` seconds and says whether to go on.
        Raises Cancelled when it does not, EngineFailed at the `deadline` (by time.monotonic), Died.
        """
        asked = time.monotonic()
        while True:
            with suppress(Empty):
                if (end := self._heed(self._heard.get(timeout=interval))) is not None:
                    return Report(end, tuple(self._notes), self._details)
            now = time.monotonic()
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
            case Note(sentence=sentence):
                self._notes.append(sentence)
            case Detail(name=name, text=text):
                self._details[name] = text
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
            for line in self._process.stdout:
                try:
                    self._heard.put(_MESSAGES.validate_json(line))
                except ValidationError:
                    log.warning("the engine's process talks nonsense")
        self._kill()  # if nobody waits for it, what it started shall still not be left alone
        self._heard.put(None)

    def _log(self) -> None:
        assert self._process.stderr is not None
        with suppress(ValueError):
            for line in self._process.stderr:
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
