"""The files of one set of weights on their way, several at a time."""

from collections.abc import Sequence
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Lock, Thread
from typing import Protocol

import httpx

from cutroom.errors import Cancelled
from cutroom.weights import hub
from cutroom.weights.fetch import begun, fetch
from cutroom.weights.hub import Listing, Remote
from cutroom.weights.manifest import Entry, Marks
from cutroom.weights.rows import WeightSet

LOOK = 0.2
"""Seconds between two reports."""
_AT_ONCE = 4
"""Files that are fetched at the same time."""
_PATIENCE = 15.0
"""Seconds without a byte after which a connection is given up and made anew."""


class Watch(Protocol):
    """Who is told how a pull goes."""

    def __call__(self, row: WeightSet, done: int, total: int, fetched: int) -> None:
        """So many bytes of all sets are here, of them `fetched` since this pull began; `row` is the one at hand.

        What it raises stops the pull.
        """

    def note(self, sentence: str) -> None:
        """Something worth a line."""


class Fetching:
    """The files of one set on their way, several at a time."""

    def __init__(
        self,
        row: WeightSet,
        listing: Listing,
        missing: Sequence[Remote],
        folder: Path,
        watch: Watch,
    ) -> None:
        self._row, self._listing, self._folder, self._watch = row, listing, folder, watch
        self._total = listing.bytes
        need = sum(file.bytes - begun(folder, file) for file in missing)
        self._began = self._done = self._total - need
        self._marks = Marks(folder)
        self._waiting: Queue[Remote] = Queue()
        for file in missing:
            self._waiting.put(file)
        self._entries: dict[str, Entry] = {}
        self._failed: list[BaseException] = []
        self._lock, self._stop = Lock(), Event()

    def run(self) -> dict[str, Entry]:
        """Fetch all; what they are, by path. Raises the first error of any."""
        # Identity: what is compressed on the way has no ranges.
        headers = {**hub.headers(), "accept-encoding": "identity"}
        with httpx.Client(follow_redirects=True, timeout=_PATIENCE, headers=headers) as client:
            # Daemons: one that waits for a hub which says nothing does not keep a stopped command.
            threads = [
                Thread(target=self._work, args=(client,), daemon=True) for _ in range(_AT_ONCE)
            ]
            for thread in threads:
                thread.start()
            try:
                while not self._failed and any(thread.is_alive() for thread in threads):
                    self._report()
                    self._stop.wait(LOOK)
            finally:
                self._stop.set()
                for thread in threads:
                    thread.join(LOOK)
        if self._failed:
            raise self._failed[0]
        self._report()
        return self._entries

    def _work(self, client: httpx.Client) -> None:
        try:
            while not self._stop.is_set():
                self._one(client, self._waiting.get_nowait())
        except Empty:
            pass
        except BaseException as error:  # noqa: BLE001  raised again where it is waited for
            self._failed.append(error)

    def _one(self, client: httpx.Client, file: Remote) -> None:
        url = hub.address(self._row, file.path, self._listing.revision)
        entry = fetch(client, url, file, self._folder, self._came)
        with self._lock:
            self._entries[file.path] = entry
            self._marks.add(file.path, entry)
            self._marks.save()

    def _came(self, count: int) -> None:
        if self._stop.is_set():
            raise Cancelled
        with self._lock:
            self._done += count

    def _report(self) -> None:
        self._watch(self._row, self._done, self._total, self._done - self._began)
