"""A file that one process writes and another keeps: it goes over a pipe in pieces, each with its place.

So a process that may write no file at all can still make one that is gone back in, as an MP4 is; and who keeps
it decides where it lies and how large it becomes.
"""

import os
import struct
from pathlib import Path
from typing import Self

from cutroom.errors import InvalidMedia

_HEAD = struct.Struct("<QI")
"""Where a piece begins in the file, and its bytes."""
_MOST = 1 << 20
"""Bytes of one piece."""


class Sender:
    """The file as it is written, into a pipe."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        self._at = self._size = 0

    def write(self, data: bytes) -> int:
        """Write bytes where one is."""
        whole = memoryview(data)
        for start in range(0, len(whole), _MOST):
            piece = whole[start : start + _MOST]
            self._send(_HEAD.pack(self._at, len(piece)))
            self._send(piece)
            self._at += len(piece)
        self._size = max(self._size, self._at)
        return len(whole)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go elsewhere in the file."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        """Where in the file one is."""
        return self._at

    def _send(self, data: bytes | memoryview) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._pipe, rest) :]


class Receiver:
    """A context manager that puts the pieces into a file of at most `most` bytes."""

    def __init__(self, out: Path, most: int) -> None:
        self._out = out
        self._most = most
        self._heard = bytearray()

    def __enter__(self) -> Self:
        self._file = self._out.open("wb")
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._file.close()
        if kind is not None:
            self._out.unlink(missing_ok=True)

    def take(self, part: bytes) -> None:
        """Take what came out of the pipe. Raises InvalidMedia when the file becomes too large."""
        self._heard += part
        while len(self._heard) >= _HEAD.size:
            at, size = _HEAD.unpack_from(self._heard)
            if size > _MOST or at + size > self._most:
                raise InvalidMedia(
                    "The stretch that was asked for is too large to be cut out: "
                    f"more than {self._most / 1e6:.0f} MB."
                )
            end = _HEAD.size + size
            if len(self._heard) < end:
                return
            self._file.seek(at)
            self._file.write(memoryview(self._heard)[_HEAD.size : end])
            del self._heard[:end]
