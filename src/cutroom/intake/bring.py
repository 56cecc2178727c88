"""Bytes brought to this machine from wherever a URL leads: the request itself, a folder, our storage, the web."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cutroom import urls
from cutroom.errors import Forbidden, InvalidMedia, NotFound
from cutroom.intake import data_uri, sink
from cutroom.intake.fetch import Fetcher
from cutroom.intake.fetch_map import FetchMap
from cutroom.settings import Settings
from cutroom.types import Generation
from cutroom.urls import OwnFile


class Reader(Protocol):
    """How files of this installation are read."""

    def __call__(self, generation: Generation, file: OwnFile) -> Iterator[bytes]:
        """The file's bytes. Raises NotFound for a generation that may not see it, and for none."""


InBucket = Callable[[Generation, str], OwnFile | None]
"""The file of the generation's owner that a URL of the bucket itself names, None for any other URL."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that a generation asks for."""

    generation: Generation
    url: str
    most: int
    """Bytes."""
    origins: tuple[str, ...] = ()
    """Bases by which this installation is known besides its settings, e.g. that of the request."""


class Bring:
    """Puts what URLs name into files."""

    def __init__(
        self,
        settings: Settings,
        read: Reader,
        *,
        fetcher: Fetcher | None = None,
        in_bucket: InBucket | None = None,
    ) -> None:
        self._settings = settings
        self._read = read
        self._map = FetchMap(settings.fetch_map)
        self._fetcher = fetcher or Fetcher(settings)
        self._in_bucket = in_bucket

    def __call__(self, wanted: Wanted, out: Path, alive: Callable[[], None]) -> None:
        """Put the file into `out`. Raises InvalidMedia, InvalidParams, and what `alive` raises."""
        alive()
        url, most = wanted.url, wanted.most
        urls.check(url)
        if url[:5].lower() == "data:":
            content = data_uri.decode(url)
            sink.save([content], out, most, len(content), alive)
        elif (found := self._map.find(url)) is not None:
            with found.open("rb") as file:
                chunks = iter(lambda: file.read(sink.CHUNK), b"")
                sink.save(chunks, out, most, found.stat().st_size, alive)
        elif (own := self.own(wanted)) is not None:
            sink.save(self._own(own, wanted), out, most, None, alive)
        else:
            self._fetcher.fetch(url, out, most, alive)

    def own(self, wanted: Wanted) -> OwnFile | None:
        """The file of this installation that is wanted; None where it is somewhere else."""
        if wanted.url[:5].lower() == "data:" or self._map.covers(wanted.url):
            return None
        found = urls.own_file(wanted.url, (*self._origins(), *wanted.origins))
        if found is None and self._in_bucket is not None:
            return self._in_bucket(wanted.generation, wanted.url)
        return found

    def _origins(self) -> Iterator[str]:
        """The bases under which this installation surely answers."""
        if self._settings.public_url:
            yield self._settings.public_url
        for host in {self._settings.host, "127.0.0.1", "localhost", "[::1]"} - {"0.0.0.0", "::"}:  # noqa: S104 - not bound here
            yield f"http://{host}:{self._settings.port}"

    def _own(self, file: OwnFile, wanted: Wanted) -> Iterator[bytes]:
        with own_errors(wanted.url):
            yield from self._read(wanted.generation, file)


@contextmanager
def own_errors(url: str) -> Iterator[None]:
    """Where a file of ours is looked for, report a missing one as another server would."""
    try:
        yield
    except NotFound:
        raise InvalidMedia(f"404 Client Error: Not Found for url: {url}") from None
    except Forbidden:
        raise InvalidMedia(f"403 Client Error: Forbidden for url: {url}") from None
