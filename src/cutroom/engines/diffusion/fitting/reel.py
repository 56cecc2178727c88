"""Frames on disk on their way through: a model's, the source's at its size, and mattes."""

import os
import tempfile
from math import prod
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from cutroom.errors import EngineFailed


class Frames(Protocol):
    """Frames by their index."""

    def __len__(self) -> int:
        """How many."""

    def __getitem__(self, index: int, /) -> NDArray[np.uint8]:
        """One of them. Raises IndexError beyond the last."""


class Reel:
    """So many frames of one shape in a nameless file, gone when it is closed or the process ends.

    A context manager. Memory does not depend on their number; several threads may read and write at once.
    """

    def __init__(self, folder: Path, frames: int, shape: tuple[int, ...]) -> None:
        """In a folder on whose disk there is room for them; EngineFailed is raised when it is full."""
        self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115  # closed by __exit__
        self._frames, self._shape = frames, shape
        self._bytes = prod(shape)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def __len__(self) -> int:
        return self._frames

    def __getitem__(self, index: int, /) -> NDArray[np.uint8]:
        """A frame, read-only; zeros where none was written."""
        data = os.pread(self._file.fileno(), self._bytes, self._at(index))
        return np.frombuffer(data.ljust(self._bytes, b"\0"), np.uint8).reshape(self._shape)

    def __setitem__(self, index: int, frame: NDArray[np.uint8]) -> None:
        if frame.shape != self._shape or frame.dtype != np.uint8:
            raise ValueError(f"{self._shape} was due, not {frame.dtype} {frame.shape}.")
        data, at = np.ascontiguousarray(frame).tobytes(), self._at(index)
        try:
            while data:
                written = os.pwrite(self._file.fileno(), data, at)
                data, at = data[written:], at + written
        except OSError as error:
            raise EngineFailed(f"The frames cannot be kept on disk: {error.strerror}.") from error

    def _at(self, index: int) -> int:
        if not 0 <= index < self._frames:
            raise IndexError(index)
        return index * self._bytes
