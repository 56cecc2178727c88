"""Sound laid down in a file, to be heard backwards or again."""

import tempfile
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self

import numpy as np

from cutroom.media.sound import RATE, Block


class Spool:
    """A context manager over the samples of a sound; memory does not depend on its length."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # it is open as long as the spool
        self.samples, self._channels = 0, 0
        try:
            for block in blocks:
                self._file.write(np.ascontiguousarray(block, np.float32).data)
                self.samples += len(block)
                self._channels = block.shape[1]
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def forwards(self, start: int = 0, stop: int | None = None) -> Iterator[Block]:
        """The samples `start` up to `stop`."""
        stop = self.samples if stop is None else stop
        for at in range(start, stop, RATE):
            yield self._read(at, min(at + RATE, stop))

    def backwards(self, start: int = 0, stop: int | None = None) -> Iterator[Block]:
        """The samples `start` up to `stop`, the last one first."""
        stop = self.samples if stop is None else stop
        for at in range(stop, start, -RATE):
            yield self._read(max(at - RATE, start), at)[::-1]

    def _read(self, start: int, stop: int) -> Block:
        self._file.seek(start * self._channels * 4)
        data = self._file.read((stop - start) * self._channels * 4)
        return np.frombuffer(data, np.float32).reshape(-1, self._channels)
