"""How a pull of weights is shown: a bar with its rate, plain lines where nobody looks, or JSON, a line each."""

import json
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import click

from cutroom.cli.progress import clock_time, fitted
from cutroom.cli.show import bytes_size, wants_json
from cutroom.errors import Cancelled
from cutroom.weights.rows import WeightSet

_EVERY = 0.2
"""Seconds between two drawings of the bar."""
_SURE = 1.0
"""Seconds after which a rate can be told."""
_SELDOM = 10.0
"""Seconds between two plain lines."""


class Shown:
    """A watch that writes to stderr. The rate is that of what came since the pull began."""

    def __init__(self) -> None:
        self.stopped = False
        """Set when the person pressed Ctrl-C; the next report raises."""
        self._bar = sys.stderr.isatty() and not wants_json()
        self._json = wants_json()
        self._row = ""
        self._began = self._written = 0.0

    def __call__(self, row: WeightSet, done: int, total: int, fetched: int) -> None:
        """Show that so many bytes are here, the set at hand being `row`. Raises Cancelled after Ctrl-C."""
        if self.stopped:
            raise Cancelled
        now, first = time.monotonic(), row.id != self._row
        self._row = row.id
        if not fetched or not self._began:
            self._began = now
        pause = _EVERY if self._bar else 1.0 if self._json else _SELDOM
        if first or now - self._written >= pause or (self._json and done == total):
            self._written = now
            took = now - self._began
            self._write(row, done, total, fetched / took if took > _SURE else 0.0)

    def note(self, sentence: str) -> None:
        """Write a sentence on a line of its own."""
        self.clear()
        click.echo(json.dumps({"note": sentence}) if self._json else sentence, err=True)

    def clear(self) -> None:
        """Take the bar off the screen."""
        if self._bar:
            click.echo("\r\x1b[2K", nl=False, err=True)

    def _write(self, row: WeightSet, done: int, total: int, rate: float) -> None:
        if self._json:
            told = {"weights": row.id, "bytes": done, "total": total, "rate": round(rate)}
            click.echo(json.dumps(told), err=True)
            return
        told_rate = f"  {bytes_size(round(rate))}/s" if rate else ""
        left = f"  {clock_time((total - done) / rate)} left" if rate else ""
        said = f"{bytes_size(done)} of {bytes_size(total)}{told_rate}{left}"
        if not self._bar:
            click.echo(f"{row.id}: {said}", err=True)
            return
        full = round(20 * done / total) if total else 20
        bar = click.style("━" * full, fg="green") + click.style("─" * (20 - full), dim=True)
        click.echo(f"\r\x1b[2K{fitted(row.id, 24)} {bar} {said}", nl=False, err=True)


@contextmanager
def watching() -> Iterator[Shown]:
    """A watch for the time of the block. The first Ctrl-C stops cleanly, the second at once."""
    shown = Shown()

    def stop(_number: int, _frame: FrameType | None) -> None:
        if shown.stopped:
            raise KeyboardInterrupt
        shown.stopped = True

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield shown
    finally:
        signal.signal(signal.SIGINT, before)
        shown.clear()


def reported(watch: Shown, row: WeightSet, total: int) -> Callable[[int], None]:
    """For whoever reads the files of a set piece by piece: the watch, told their sum."""
    done = 0

    def read(count: int) -> None:
        nonlocal done
        done += count
        watch(row, done, total, done)

    return read
