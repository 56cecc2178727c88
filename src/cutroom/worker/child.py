"""The process in which an engine runs: `python -m cutroom.worker.child PARENT_PID MODULE:CLASS`.

It may be killed at any moment, and may die of what it is fed: that costs one attempt.
"""

import logging
import os
import resource
import sys
import time
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from threading import Event, Thread
from typing import BinaryIO

from cutroom.catalog import load_engine
from cutroom.errors import Cancelled, CutroomError, EngineFailed, InvalidMedia
from cutroom.worker.leash import die_with
from cutroom.worker.messages import (
    STOP,
    Detail,
    Done,
    Failed,
    Message,
    Note,
    Order,
    Tick,
    as_line,
    ordered,
)

TICKS = 0.1
"""Seconds between two ticks that are passed on."""

log = logging.getLogger("cutroom.worker.child")


class Reporter:
    """The engine's tick: passes progress on, and raises once the worker said stop."""

    def __init__(self, channel: BinaryIO, stop: Event) -> None:
        self._channel = channel
        self._stop = stop
        self._next = 0.0

    def __call__(self, done: float) -> None:
        """Say that `done` (0..1) is done. Raises Cancelled."""
        if self._stop.is_set():
            raise Cancelled
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + TICKS
            self.send(Tick(float(done)))

    def note(self, sentence: str) -> None:
        """Pass a sentence about the result on."""
        self.send(Note(sentence))

    def detail(self, name: str, text: str) -> None:
        """Pass a text on that is kept beside the result."""
        self.send(Detail(name, text))

    def send(self, message: Message) -> None:
        """Write one message."""
        self._channel.write(as_line(message))
        self._channel.flush()


def main() -> None:
    """Load the engine, read one order, carry it out, say how it ended."""
    die_with(int(sys.argv[1]))
    _be_the_first_to_go()
    # Whatever a library prints must not get between the messages.
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    level = os.environ.get("CUTROOM_LOG_LEVEL", "info").upper()
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s")
    with suppress(Exception):  # what is wrong with it is told to whoever orders something
        import_module(sys.argv[2].partition(":")[0])
    order = ordered(sys.stdin.buffer)
    stop = Event()
    Thread(target=_listen, args=(stop,), daemon=True).start()
    reporter = Reporter(channel, stop)
    reporter.send(carry_out(order, reporter))
    channel.close()
    # An engine's threads and exit handlers have nothing to add, and might hang.
    os._exit(0)


def carry_out(order: Order, tick: Reporter) -> Message:
    """How the edit ended; the result is then checked to be a video."""
    out = Path(order.out)
    try:
        load_engine(order.model).edit(order.edit, out, tick)
        return Done(length(out))
    except CutroomError as error:
        return Failed(error.kind, error.message)
    except Exception:
        log.exception("the engine raised what it should not")
        return Failed(CutroomError.kind, CutroomError().message)


def length(out: Path) -> float:
    """Seconds of the result. Raises EngineFailed when there is none that could be played."""
    from cutroom.media.probe import probe  # noqa: PLC0415 - after the engine: FFmpeg is large

    if not out.is_file():
        raise EngineFailed("The engine wrote no result.")
    try:
        return float(probe(out).duration)
    except InvalidMedia as error:
        raise EngineFailed("The engine's result is not a video.") from error


def _listen(stop: Event) -> None:
    for line in iter(sys.stdin.buffer.readline, b""):
        if line == STOP:
            stop.set()
    os._exit(1)  # the worker is gone, and nobody is left to tell


def _be_the_first_to_go() -> None:
    """When memory runs out, the kernel is to take this process and not the service."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("800", encoding="ascii")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
