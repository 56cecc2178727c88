"""A stream that is counted on its way into the storage."""

from collections.abc import Iterable, Iterator

from cutroom import points


class Counted:
    """An iterable that knows how many bytes went through it."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self.bytes = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.bytes += len(chunk)
            if chunk:
                yield chunk
                points.reach("uploading")
