"""A progress bar with the time that is left, on stderr and only where somebody looks."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TextIO

import click

from cutroom.engine import Seen
from cutroom.errors import Cancelled

_EVERY = 0.1
"""Seconds between two drawings."""


class Bar:
    """A tick that draws: `label ━━━━━━━━────────  42 %  0:07 left`. It also collects notes and details."""

    def __init__(
        self,
        label: str,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.label = label
        self.notes: list[str] = []
        self.details: dict[str, str] = {}
        self.stopped = False
        """Set when the person pressed Ctrl-C; the next tick raises."""
        self._stream = stream or sys.stderr
        self._clock = clock
        self._shows = self._stream.isatty()
        self._began = clock()
        self._drawn = float("-inf")
        self._done = 0.0
        self._given = 0.0
        self._resumed = False

    def __call__(self, done: float) -> None:
        """Draw that `done` (0..1) is done. Raises Cancelled after Ctrl-C."""
        if self.stopped:
            raise Cancelled
        now = self._clock()
        done = min(1.0, max(self._done, done))
        if self._resumed and done > self._done:
            self._given, self._resumed = self._given + done - self._done, False
        self._done = done
        if self._shows and now - self._drawn >= _EVERY:
            self._drawn = now
            self._draw(bar_line(self.label, self._done, now - self._began, given=self._given))

    def resume(self) -> None:
        """Know that the next step was made at another time, and tells nothing of how long the rest takes."""
        self._resumed = True

    def note(self, sentence: str) -> None:
        """Keep a sentence about the result for later."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def detail(self, name: str, text: str) -> None:
        """Keep a text about the result for later."""
        self.details[name] = text

    def show(self, frame: Seen) -> None:
        """Do nothing: a terminal has no pictures."""

    def clear(self) -> None:
        """Take the bar off the screen."""
        if self._shows:
            self._stream.write("\r\x1b[2K")
            self._stream.flush()

    def _draw(self, line: str) -> None:
        self._stream.write(f"\r\x1b[2K{line}")
        self._stream.flush()


def bar_line(
    label: str,
    done: float,
    elapsed: float,
    *,
    given: float = 0.0,
    room: int = 18,
    width: int = 38,
) -> str:
    """A label cut to `room` columns, a bar of `width`, percent, and the time left once it can be told.

    `given`: the share of `done` that took no time.
    """
    full = round(done * width)
    bar = click.style("━" * full, fg="green") + click.style("─" * (width - full), dim=True)
    left = ""
    if done - given > 0.02 and elapsed > 1.0:
        left = f"{clock_time(elapsed * (1 - done) / (done - given))} left"
    return f"{fitted(label, room)} {bar} {done:>4.0%}  {left}".rstrip()


def fitted(text: str, room: int) -> str:
    """`text` in exactly `room` columns, with an ellipsis where it is longer."""
    return text.ljust(room) if len(text) <= room else f"{text[: room - 1]}…"


def clock_time(seconds: float) -> str:
    """`0:07`, `12:30`, `1:02:03`."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, seconds_left = divmod(rest, 60)
    if hours:
        return f"{hours}:{minutes:02}:{seconds_left:02}"
    return f"{minutes}:{seconds_left:02}"


@contextmanager
def watched(label: str) -> Iterator[Bar]:
    """A bar for the time of the block. The first Ctrl-C ends the work cleanly, the second at once."""
    bar = Bar(label)

    def stop(_number: int, _frame: FrameType | None) -> None:
        if bar.stopped:
            raise KeyboardInterrupt
        bar.stopped = True

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield bar
    finally:
        signal.signal(signal.SIGINT, before)
        bar.clear()
