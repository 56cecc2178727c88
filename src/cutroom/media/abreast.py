"""Frames made side by side in threads, and handed on in their order."""

import os
import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing, suppress
from fractions import Fraction
from queue import Empty, Full, Queue
from typing import NamedTuple, TypeAlias, TypeVar

from av.video.frame import VideoFrame

Source = TypeVar("Source")
Sources: TypeAlias = Generator[tuple[Fraction, Source], None, None]
"""(seconds, what the frame is made of), in the order of the result."""

_PATIENCE = 0.25
"""Seconds between ticks while nothing is finished."""
_MEMORY = 64_000_000
"""Bytes of frames on their way at once, unless a few frames alone are more."""
_POLL = 0.05
"""Seconds within which the feeding thread notices that nobody waits for it any more."""


def abreast(
    sources: Sources[Source],
    make: Callable[[Source], VideoFrame],
    size: tuple[int, int],
    pool: ThreadPoolExecutor,
) -> Generator[tuple[Fraction, VideoFrame] | None, None, None]:
    """`make` of every source with its seconds, in order; None now and then while one takes its time.

    The sources are drawn in a thread of their own, as fast as frames of `size` (width, height) may
    pile up; `make` runs in the pool. What either raises is raised here. Close it to end everything.
    """
    queue: Queue[_Due | None] = Queue(maxsize=_room(size, workers()))
    stop = threading.Event()

    def submit(source: Source) -> Future[VideoFrame]:
        return pool.submit(make, source)

    feeder = threading.Thread(target=_feed, args=(sources, queue, stop, submit))
    feeder.start()
    try:
        while (due := (yield from _patiently(queue))) is not None:
            while not due.frame.done():
                wait([due.frame], _PATIENCE)
                if not due.frame.done():
                    yield None
            yield due.time, due.frame.result()
    finally:
        stop.set()
        feeder.join()
        _drop(queue)


def workers() -> int:
    """Threads that make frames."""
    return os.cpu_count() or 1


def _room(size: tuple[int, int], threads: int) -> int:
    """Frames that may be on their way at once: enough to smooth the hand-overs, within _MEMORY."""
    frame = 5 * size[0] * size[1]  # its RGB, and what it came from or becomes
    return max(threads + 1, min(4 * threads, _MEMORY // frame))


class _Due(NamedTuple):
    """A frame in the making."""

    time: Fraction
    frame: "Future[VideoFrame]"


def _patiently(queue: "Queue[_Due | None]") -> Generator[None, None, _Due | None]:
    """The next of the queue; yields while there is none."""
    while True:
        try:
            return queue.get(timeout=_PATIENCE)
        except Empty:
            yield None


def _feed(
    sources: Sources[Source],
    queue: "Queue[_Due | None]",
    stop: threading.Event,
    submit: Callable[[Source], "Future[VideoFrame]"],
) -> None:
    """Draw sources and hand on as fast as the queue takes it; a failure goes down the queue too."""

    def put(due: _Due | None) -> bool:
        while not stop.is_set():
            try:
                queue.put(due, timeout=_POLL)
            except Full:
                continue
            return True
        return False

    try:
        with closing(sources):
            for time, source in sources:
                if not put(_Due(time, submit(source))):
                    return
    except Exception as error:  # noqa: BLE001 - raised again by the thread that waits
        failed: Future[VideoFrame] = Future()
        failed.set_exception(error)
        put(_Due(Fraction(0), failed))
    else:
        put(None)


def _drop(queue: "Queue[_Due | None]") -> None:
    """Leave unmade what nobody waits for any more, and wait for what is in the making."""
    due = []
    with suppress(Empty):
        while True:
            due.append(queue.get_nowait())
    left = [one.frame for one in due if one is not None and not one.frame.cancel()]
    wait(left)
