"""The frames of a film as they were made, on disk: what is finished takes no memory."""

import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from cutroom.engines.diffusion.family import Pixels
from cutroom.errors import EngineFailed


class Rushes:
    """A context manager over frames of one size, in a file without a name that goes with the process at the latest."""

    def __init__(self, folder: Path, size: tuple[int, int]) -> None:
        self._shape = (size[1], size[0], 3)
        self._bytes = size[0] * size[1] * 3
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  # open as long as the rushes

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def write(self, index: int, frame: Pixels) -> None:
        """Keep a frame. Raises EngineFailed where the disk is full."""
        if frame.shape != self._shape:
            raise EngineFailed(f"A frame of {self._shape} was due, not {frame.shape}.")
        data, at = np.ascontiguousarray(frame).tobytes(), index * self._bytes
        try:
            while data:
                written = os.pwrite(self._file.fileno(), data, at)
                data, at = data[written:], at + written
        except OSError as error:
            raise EngineFailed(
                f"The frames of the film cannot be kept: {error.strerror}."
            ) from error

    def read(self, index: int) -> Pixels:
        """A frame that was kept. Safe in several threads."""
        data = os.pread(self._file.fileno(), self._bytes, index * self._bytes)
        return np.frombuffer(data, np.uint8).reshape(self._shape)
