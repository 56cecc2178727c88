"""The process in which an engine runs: `python -m cutroom.worker.child PARENT_PID MODULE:CLASS GROUNDS [WISH]`.

It may be killed at any moment, and may die of what it is fed: that costs one attempt. It carries out one order
and ends, or as many as come while its engine is Resident and sound.
"""

import base64
import logging
import math
import os
import sys
import time
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import BinaryIO, TypeAlias

from cutroom.catalog import load_engine
from cutroom.engine import Dividing, Engine, Resident, Seen, Turn
from cutroom.errors import Cancelled, CutroomError, EngineFailed, InvalidMedia
from cutroom.types import spoken
from cutroom.worker import disk
from cutroom.worker.allotment import Allotment
from cutroom.worker.confinement import Grounds, Wish, alone, confine
from cutroom.worker.leash import die_with, take_along
from cutroom.worker.messages import (
    ASIDE,
    Detail,
    Done,
    Failed,
    Frame,
    Message,
    Note,
    Order,
    Stays,
    Tick,
    as_line,
    asides,
    received,
)

TICKS = 0.1
"""Seconds between two ticks that are passed on."""
FRAMES = 2.0
"""Seconds between two frames that are shown."""
COURTESY = 10
"""By how much an engine lets others go before it (`nice`): the server that answers on the same machine, above all."""
SHARE = 50
"""Frames are made to be seen for one part in so many of a thread's time at most."""

Orders: TypeAlias = "SimpleQueue[tuple[Order, Event, SimpleQueue[Turn]]]"
"""Orders with what they are told later: that nobody wants them any more, and which segments to make."""

log = logging.getLogger("cutroom.worker.child")


class Reporter:
    """The engine's tick: passes progress on, and raises once the worker said stop."""

    def __init__(self, channel: BinaryIO, stop: Event) -> None:
        self._channel = channel
        self._stop = stop
        self._next = 0.0
        self._next_frame = 0.0
        self._over = False
        self._lock = Lock()

    def __call__(self, done: float) -> None:
        """Say that `done` (0..1) is done. Raises Cancelled."""
        if self._stop.is_set() or self._over:
            raise Cancelled
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + TICKS
            self.send(Tick(float(done)))

    def note(self, sentence: str) -> None:
        """Pass a sentence about the result on."""
        self.send(Note(sentence))

    def detail(self, name: str, text: str) -> None:
        """Pass a text on that is kept beside the result, and see to it that no log repeats it."""
        for line in asides(*spoken(text)):
            aside(line)
        self.send(Detail(name, text))

    def show(self, frame: Seen) -> None:
        """Pass a frame on, the first at once, small; never what goes wrong with it."""
        if time.monotonic() < self._next_frame or self._over:
            return
        self._next_frame, begun = math.inf, time.thread_time()  # other threads need not try
        try:
            from cutroom.media import preview  # noqa: PLC0415 - once there is something to see

            self.send(Frame(base64.b64encode(preview.jpeg(frame())).decode()))
        except Exception:
            log.debug("a frame cannot be shown", exc_info=True)
        finally:
            took = time.thread_time() - begun
            self._next_frame = time.monotonic() + max(FRAMES, SHARE * took)

    def send(self, message: Message) -> None:
        """Write one message; none after that of the end, which a forgotten thread might send into the next order."""
        with self._lock:
            if self._over:
                return
            self._over = isinstance(message, Done | Failed)
            self._channel.write(as_line(message))
            self._channel.flush()


class Bench:
    """Where orders are carried out, all by the engine that the first one asked for."""

    def __init__(self, lacking: EngineFailed | None) -> None:
        """`lacking`: why no order may be carried out here."""
        self._engine: Engine | None = None
        self._lacking = lacking

    def carry_out(self, order: Order, tick: Reporter, division: Allotment) -> Done | Failed:
        """How the edit ended; the result, where there is to be one, was then checked to be a video."""
        out = Path(order.out)
        if self._lacking is not None:
            return Failed(self._lacking.kind, self._lacking.message)
        try:
            if self._engine is None:
                self._engine = load_engine(order.model)
                if self._stays():
                    take_along()
                    tick.send(Stays())
            if isinstance(self._engine, Dividing):
                self._engine.share(order.edit, out, tick, division)
            else:
                self._engine.edit(order.edit, out, tick)
            return Done(0.0 if order.helps else length(out), again=self._stays())
        except CutroomError as error:
            expected = error.kind != CutroomError.kind
            return Failed(error.kind, error.message, again=expected and self._stays())
        except Exception as error:
            log.exception("the engine raised what it should not")
            told = disk.refused(error) or CutroomError()
            return Failed(told.kind, told.message)

    def _stays(self) -> bool:
        try:
            return isinstance(self._engine, Resident) and bool(self._engine.sound)
        except Exception:
            log.exception("the engine cannot say whether it is sound")
            return False


def main() -> None:
    """Load the engine, read an order, carry it out, say how it ended; again for an engine that stays."""
    die_with(int(sys.argv[1]))
    _be_the_first_to_go()
    if os.nice(0) < COURTESY:
        os.nice(COURTESY)
    # Whatever a library prints must not get between the messages.
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    level = os.environ.get("CUTROOM_LOG_LEVEL", "info").upper()
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s")
    bench, again = Bench(_bound(channel)), True
    orders: Orders = SimpleQueue()
    Thread(target=_listen, args=(orders,), daemon=True).start()
    while again:
        order, stop, turns = orders.get()
        folder = Path(order.out).parent
        _work_in(folder)
        reporter = Reporter(channel, stop)
        division = Allotment(reporter.send, stop, turns, joins=not order.helps)
        end = bench.carry_out(order, reporter, division)
        if again := end.again:
            _work_in(folder.parent)  # what the order had is removed now
            aside(ASIDE + b"\n")
        reporter.send(end)
    channel.close()
    # An engine's threads and exit handlers have nothing to add, and might hang.
    os._exit(0)


def _bound(channel: BinaryIO) -> EngineFailed | None:
    """The engine imported and this process bound, before there is another thread; else why it is not."""
    engine, grounds, *told = sys.argv[2:]
    wish = Wish.of_text(told[0]) if told else Wish.of(engine, os.environ)
    if not told and not alone():
        # To import it started threads, which would stay unbound: begin anew, with what we know now.
        os.dup2(channel.fileno(), 1)
        again = [sys.executable, "-m", "cutroom.worker.child", *sys.argv[1:4], wish.to_text()]
        os.execv(sys.executable, again)  # noqa: S606 - our own module
    try:
        confine(engine, wish, Grounds.of_text(grounds), os.environ)
    except EngineFailed as error:
        return error
    with suppress(Exception):  # what is wrong with it is told to whoever orders something
        import_module(engine.partition(":")[0])
    return None


def length(out: Path) -> float:
    """Seconds of the result. Raises EngineFailed when there is none that could be played."""
    from cutroom.media.probe import probe  # noqa: PLC0415 - after the engine: FFmpeg is large

    if not out.is_file():
        raise EngineFailed("The engine wrote no result.")
    try:
        return float(probe(out).duration)
    except InvalidMedia as error:
        raise EngineFailed("The engine's result is not a video.") from error


def aside(line: bytes) -> None:
    """Write a line to the worker between what is printed, after all that was printed so far."""
    with suppress(OSError, ValueError):
        sys.stderr.flush()
    os.write(2, b"\n" + line)  # somebody may have left a line without its end


def _work_in(folder: Path) -> None:
    """Have what is temporary, and what has a relative name, lie in that folder from now on."""
    os.chdir(folder)
    os.environ["TMPDIR"] = str(folder)
    if "tempfile" in sys.modules:
        sys.modules["tempfile"].tempdir = None  # type: ignore[attr-defined]  # it remembers the last


def _listen(orders: Orders) -> None:
    stop, turns = Event(), SimpleQueue[Turn]()
    try:
        for order in received(sys.stdin.buffer):
            if order is None:
                stop.set()
            elif isinstance(order, Turn):
                turns.put(order)
            else:
                stop, turns = Event(), SimpleQueue()
                orders.put((order, stop, turns))
    except Exception:
        log.exception("the order cannot be understood")
    os._exit(1)  # the worker is gone, and nobody is left to tell


def _be_the_first_to_go() -> None:
    """When memory runs out, the kernel is to take this process and not the service."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("800", encoding="ascii")


if __name__ == "__main__":
    main()
