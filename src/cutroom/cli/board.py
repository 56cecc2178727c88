"""Several generations at once: one line each, redrawn in place where somebody looks."""

import sys
import time
from collections.abc import Sequence
from typing import TextIO

import click

from cutroom.cli.progress import bar_line, fitted
from cutroom.types import Status

_MARKS = {
    Status.QUEUED: ("·", "white"),
    Status.PROCESSING: ("▸", "yellow"),
    Status.SUCCEEDED: ("✓", "green"),
    Status.FAILED: ("✗", "red"),
    Status.CANCELLED: ("✗", "red"),
}

_ROOM = 34
"""Columns for a label."""


class Board:
    """Lines of progress on stderr. Without a terminal: a line whenever a status changes."""

    def __init__(self, labels: Sequence[str], stream: TextIO | None = None) -> None:
        self._labels = labels
        self._stream = stream or sys.stderr
        self._shows = self._stream.isatty()
        self._status: list[Status | None] = [None] * len(labels)
        self._began: dict[int, float] = {}
        self._drawn = False

    def show(self, states: Sequence[tuple[Status, float]]) -> None:
        """Draw (status, progress 0..1) of every label, in their order."""
        now = time.monotonic()
        lines = []
        for number, (status, done) in enumerate(states):
            if status is Status.PROCESSING:
                self._began.setdefault(number, now)
            lines.append(self._line(number, status, done, now))
            if not self._shows and status is not self._status[number]:
                self._stream.write(f"  {status.value:<10}  {self._labels[number]}\n")
            self._status[number] = status
        if self._shows:
            self._redraw(lines)

    def _line(self, number: int, status: Status, done: float, now: float) -> str:
        mark, colour = _MARKS[status]
        label = self._labels[number]
        if status is Status.PROCESSING:
            tail = bar_line(label, done, now - self._began[number], room=_ROOM, width=20)
        else:
            tail = f"{fitted(label, _ROOM)} {status.value}"
        return f"  {click.style(mark, fg=colour)} {tail}"

    def _redraw(self, lines: Sequence[str]) -> None:
        up = f"\x1b[{len(lines)}F" if self._drawn else ""
        self._stream.write(up + "".join(f"\x1b[2K{line}\n" for line in lines))
        self._stream.flush()
        self._drawn = True
