"""The folder in which a result is made: what is finished of a long one stays there for the same command."""

import hashlib
import logging
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from stat import S_ISDIR
from types import TracebackType
from typing import IO, Self

import click

from cutroom.cli.progress import Bar
from cutroom.cli.show import bytes_size
from cutroom.errors import InvalidParams
from cutroom.media.parts import finished

_KEPT = {"lock", "parts", "seed"}


class Unfinished:
    """A context manager over a hidden folder beside the result, of this process alone.

    It goes in the end, unless parts of a long result are finished and the whole is not.
    """

    def __init__(self, target: Path) -> None:
        """`target`: where the result is to be put."""
        self._target = target
        name = hashlib.sha256(os.fsencode(target.name)).hexdigest()[:12]
        self.folder = target.absolute().parent / f".cutroom-{name}"
        self.out = self.folder / target.name
        """Where the result is written until it is whole."""
        self.parts = self.folder / "parts"
        """Where finished parts of it lie."""
        self._lock: IO[str] | None = None

    def __enter__(self) -> Self:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        stat = self.folder.lstat()
        if not S_ISDIR(stat.st_mode) or stat.st_uid != os.getuid():
            raise InvalidParams(f"{self.folder} is in the way, and not yours.")
        self._lock = (self.folder / "lock").open("a")
        try:
            flock(self._lock, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise InvalidParams(f"{self._target} is being made by another cutroom edit.") from None
        for left in self.folder.iterdir():
            if left.name not in _KEPT:
                shutil.rmtree(left) if left.is_dir() else left.unlink()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        kept = finished(self.parts) if kind is not None else 0
        if kept:
            click.echo(
                f"What is finished ({bytes_size(kept)}) stays in {self.folder}: "
                "the same command goes on there. Removing the folder gives it up.",
                err=True,
            )
            self.out.unlink(missing_ok=True)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)
        if self._lock is not None:
            self._lock.close()

    def seed(self) -> int:
        """A seed nobody chose: that of the work that lies here, else a new one."""
        path = self.folder / "seed"
        with suppress(OSError, ValueError):
            return int(path.read_text(encoding="ascii"))
        seed = secrets.randbelow(2**32)
        path.write_text(str(seed), encoding="ascii")
        return seed


@contextmanager
def telling(bar: Bar) -> Iterator[None]:
    """Say on stderr, during the block, that work goes on which was begun earlier."""
    logger = logging.getLogger("cutroom.media.rendering")
    handler = _Said(bar)
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.setLevel(before)
        logger.removeHandler(handler)


class _Said(logging.Handler):
    """What the log says of work that goes on, above the bar."""

    def __init__(self, bar: Bar) -> None:
        super().__init__(logging.INFO)
        self._bar = bar

    def emit(self, record: logging.LogRecord) -> None:
        """Say it; what was done earlier tells nothing of the pace."""
        self._bar.clear()
        self._bar.resume()
        click.echo(record.getMessage(), err=True)
