"""Plans from a process that loads engines, so that ours need not: started when first asked, kept while asked."""

import logging
import os
import selectors
import subprocess
import sys
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from contextlib import suppress
from queue import Empty, Full, Queue
from threading import Lock, Thread
from typing import IO, TypeAlias

from pydantic import ValidationError

from cutroom.catalog import ENGINES
from cutroom.errors import Busy, CutroomError, EngineFailed, by_kind
from cutroom.inherited import inherited, private
from cutroom.params import Params, seconds_asked
from cutroom.planning.bounds import Bounds
from cutroom.planning.imagined import imagined
from cutroom.planning.messages import Answer, Question, answers, questions
from cutroom.planning.planned import Planned, sentence
from cutroom.settings import Settings
from cutroom.types import Model

IDLE = 120.0
"""Seconds without a question after which the process may go."""
WAITING = 16
"""Questions that wait; more are sent away."""
MOST = 1 << 20
"""Bytes of one answer."""

_Asked: TypeAlias = tuple[bytes, "Future[Answer]"]
log = logging.getLogger(__name__)


class Plans:
    """One planning process, behind a thread that owns it; both begin with the first question."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._asked: Queue[_Asked | None] = Queue(WAITING)
        self._thread: Thread | None = None
        self._lock = Lock()

    def plan(self, model: Model, given: Params) -> Planned:
        """What the engine makes of checked parameters.

        Raises Busy when too many wait, EngineFailed when it takes too long, and what the engine raised.
        """
        told: Future[Answer] = Future()
        line = questions.dump_json(Question(model, imagined(model, given))) + b"\n"
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._serve, name="planning", daemon=True)
                self._thread.start()
        try:
            self._asked.put_nowait((line, told))
            answer = told.result(3 * self._settings.plan_timeout)
        except (Full, NotInTime):
            told.cancel()
            raise Busy("Too many plans are being asked for; try again in a moment.") from None
        if answer.error_kind:
            raise by_kind(answer.error_kind)(answer.message)
        plan = answer.plan
        if plan is not None:
            plan = {"say": sentence(plan), **plan}
            if plan.get("seconds") is None and (asked := seconds_asked(given, model)) is not None:
                plan["seconds"] = float(asked)
        return Planned(plan, answer.refusal)

    def close(self) -> None:
        """End the process; questions that wait are not answered."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            with suppress(Full):
                self._asked.put_nowait(None)
            thread.join(timeout=2)

    def _serve(self) -> None:
        """Hand questions on, one after the other. The process dies with this thread."""
        child: Child | None = None
        while True:
            try:
                asked = self._asked.get(timeout=IDLE)
            except Empty:
                _end(child)
                child = None
                continue
            if asked is None:
                _end(child)
                return
            line, told = asked
            if not told.set_running_or_notify_cancel():
                continue
            try:
                try:
                    child = child or Child(self._settings)
                    answer = child.ask(line)
                except Gone:  # perhaps long ago, of something else
                    _end(child)
                    child = Child(self._settings)
                    answer = child.ask(line)
                told.set_result(answer)
            except CutroomError as error:
                _end(child)
                child = None
                told.set_exception(error)
            except Exception:
                log.exception("planning failed")
                _end(child)
                child = None
                told.set_exception(CutroomError())


class Gone(EngineFailed):
    """The engine's process ended without a plan."""


class Child:
    """A running `cutroom.planning.child`."""

    def __init__(self, settings: Settings) -> None:
        self._seconds = settings.plan_timeout
        strange = tuple(sorted({settings.engine, *settings.engines.values()} - {"", *ENGINES}))
        bounds = Bounds(settings.sandbox, private(settings), settings.planner_url, bool(strange))
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "cutroom.planning.child", str(os.getpid()), bounds.to_text()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd="/",
            env=inherited(settings, (ENGINES["classical"], *strange)),
            start_new_session=True,
        )
        self._heard = b""
        self._line()  # that it is ready

    def ask(self, line: bytes) -> Answer:
        """The answer to one question. Raises EngineFailed when there is none in time."""
        with suppress(BrokenPipeError):  # then it died, which its silence tells
            stdin = _open(self._process.stdin)
            stdin.write(line)
            stdin.flush()
        try:
            return answers.validate_json(self._line())
        except ValidationError as error:
            raise EngineFailed("The engine's plan cannot be understood.") from error

    def end(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                _open(stream).close()

    def _line(self) -> bytes:
        """The next line it says. Raises EngineFailed when it says none in time, or dies."""
        deadline = time.monotonic() + self._seconds
        stdout = _open(self._process.stdout)
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            while b"\n" not in self._heard:
                left = deadline - time.monotonic()
                if left <= 0 or not selector.select(left):
                    raise EngineFailed(f"There was no plan within {self._seconds:g} seconds.")
                part = os.read(stdout.fileno(), 1 << 16)
                if not part or len(self._heard) > MOST:
                    raise Gone
                self._heard += part
        line, _, self._heard = self._heard.partition(b"\n")
        return line


def _open(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream


def _end(child: Child | None) -> None:
    if child is not None:
        child.end()
