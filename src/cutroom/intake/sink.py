"""A file that is being filled, up to a limit."""

from collections.abc import Callable, Iterable
from math import ceil
from pathlib import Path

from cutroom import points
from cutroom.errors import InvalidMedia

CHUNK = 1 << 20
"""Bytes written at a time."""


class Sink:
    """Counts what is written and raises InvalidMedia where it becomes more than `most` bytes."""

    def __init__(
        self, write: Callable[[bytes], int], most: int, announced: int | None = None
    ) -> None:
        self._write = write
        self._most = most
        self._announced = announced
        self.bytes = 0
        if announced is not None:
            check(announced, most)

    def take(self, chunk: bytes) -> None:
        """Write a chunk."""
        self.bytes += len(chunk)
        if self.bytes > self._most:
            raise _too_large(self._announced, self._most)
        self._write(chunk)
        points.reach("downloading")


def check(size: int, most: int) -> None:
    """Let a file of `size` bytes pass where at most `most` are taken. Raises InvalidMedia."""
    if size > most:
        raise _too_large(size, most)


def save(
    chunks: Iterable[bytes], out: Path, most: int, size: int | None, alive: Callable[[], None]
) -> None:
    """Write chunks into a file of at most `most` bytes; no file is left when that fails."""
    try:
        with out.open("wb") as file:
            sink = Sink(file.write, most, size)
            for chunk in chunks:
                alive()
                sink.take(chunk)
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def _too_large(size: int | None, most: int) -> InvalidMedia:
    of = "" if size is None else f" of {readable(size)}"
    return InvalidMedia(f"The file{of} is too large: at most {readable(most)} are taken.")


def readable(size: int) -> str:
    """Bytes for people, rounded up, so that what is over a limit also looks it: `12.3 MB`."""
    return f"{size:,} bytes" if size < 1_000_000 else f"{ceil(size / 100_000) / 10:g} MB"
