"""The child's end of a division: what the worker gives it to make of a long result."""

import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from threading import Event

from cutroom.engine import Turn
from cutroom.errors import Cancelled
from cutroom.worker.messages import At, Divided, Message, Next

EVERY = 0.5
"""Seconds between two words about the frames of a segment."""
_POLL = 0.1
"""Seconds within which a stop is noticed."""


class Allotment:
    """The division of one order."""

    def __init__(
        self, send: Callable[[Message], None], stop: Event, turns: SimpleQueue[Turn], *, joins: bool
    ) -> None:
        """`turns` are what the worker answers, `stop` is set when nobody wants the result any more."""
        self._send = send
        self._stop = stop
        self._turns = turns
        self.joins = joins
        self._told = 0.0

    def begin(self, mark: str, spans: Sequence[tuple[int, int]], *, joined: bool) -> None:
        """Tell the worker what there is to be made."""
        told = tuple((first, stop) for first, stop in spans)
        self._send(Divided(mark, told, joined))

    def next(self, made: int | None) -> Turn:
        """What the worker gives. Raises Cancelled."""
        self._send(Next(made))
        while True:
            try:
                return self._turns.get(timeout=_POLL)
            except Empty:
                if self._stop.is_set():
                    raise Cancelled from None

    def at(self, frames: int) -> None:
        """Tell the worker how far the segment is, now and then."""
        if time.monotonic() >= self._told + EVERY:
            self._told = time.monotonic()
            self._send(At(frames))
