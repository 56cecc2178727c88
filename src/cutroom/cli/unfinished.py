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
        while self._lock is None:  # again where another process took the folder away meanwhile
            self._lock = self._locked()
        for left in self.folder.iterdir():
            if left.name not in _KEPT:
                shutil.rmtree(left) if left.is_dir() else left.unlink()
        for other in self.folder.parent.glob(".cutroom-*"):
            if other != self.folder:
                with suppress(OSError):
                    _sweep(other)
        return self

    def _locked(self) -> IO[str] | None:
        """The open lock of the folder, which is made; None where it went before it was ours."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        if not _ours(self.folder):
            raise InvalidParams(f"{self.folder} is in the way, and not yours.")
        path = self.folder / "lock"
        with suppress(FileNotFoundError):
            lock = path.open("a")
            try:
                flock(lock, LOCK_EX | LOCK_NB)
                if path.stat().st_ino == os.fstat(lock.fileno()).st_ino:
                    return lock
            except BlockingIOError:
                lock.close()
                raise InvalidParams(
                    f"{self._target} is being made by another cutroom edit."
                ) from None
            lock.close()
        return None

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


def _ours(folder: Path) -> bool:
    stat = folder.lstat()
    return S_ISDIR(stat.st_mode) and stat.st_uid == os.getuid()


def _sweep(folder: Path) -> None:
    """Remove what a killed edit left of another result, unless one could go on there. Raises OSError."""
    if not _ours(folder):
        return
    try:
        lock = (folder / "lock").open("r+")
    except FileNotFoundError:
        folder.rmdir()  # an empty one; what is in any other is not known here
        return
    with lock:
        flock(lock, LOCK_EX | LOCK_NB)
        if not finished(folder / "parts"):
            shutil.rmtree(folder)


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
