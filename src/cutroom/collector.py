"""Copies inputs into the storage soon after their request, several at once, as long as its process lives.

A URL may be good for an hour, and a generation may wait for a day: what a request names is therefore
fetched when it comes in, not when its turn comes. Several servers share the work, and each input has
one of them at a time; what a server held that died is another's a little later.
"""

import logging
import os
import secrets
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, BinaryIO

from cutroom import generations, inputs, logs, params
from cutroom.catalog import Catalog
from cutroom.db import Database, reading, writing
from cutroom.errors import Cancelled, CutroomError, Unreachable
from cutroom.generations import Outcome
from cutroom.inputs import Due, Input, State
from cutroom.own_files import OwnFiles
from cutroom.settings import Settings
from cutroom.storage import Storage, input_key
from cutroom.types import Generation, Status

if TYPE_CHECKING:
    from cutroom.intake import Bring, Wanted

LEASE = 20.0
"""Seconds after which the input of a server that says nothing any more is another's."""
PAUSES = (1.0, 4.0)
"""Seconds after the first and the second failure that may pass; the third one is final."""
SWEEP = 15.0
"""Seconds between two looks for inputs that nobody needs any more."""
CHUNK = 1 << 20
"""Bytes that are put into the storage at a time."""
PATIENCE = 2.0
"""Seconds that what is under way gets to break off."""

Fail = Callable[[Input, Outcome], None]
"""Ends what wanted an input that cannot be had."""
log = logging.getLogger(__name__)


class Collector:
    """A thread that looks for inputs that wait, and those that copy them."""

    def __init__(
        self,
        settings: Settings,
        engine: Database,
        storage: Storage,
        catalog: Catalog,
        *,
        own_files: OwnFiles,
        fail: Fail,
        forget: Callable[[], object],
        bring: "Bring | None" = None,
    ) -> None:
        """`forget` removes what nobody needs any more; it is called now and then."""
        self._settings = settings
        self._engine = engine
        self._storage = storage
        self._catalog = catalog
        self._own_files = own_files
        self._fail = fail
        self._forget = forget
        self._name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
        self._folder = settings.data_dir.absolute() / "fetching"
        self._stopping = Event()
        self._wake = Event()
        self._busy: dict[tuple[str, int], Due] = {}
        self._lock = Lock()
        self._thread = Thread(target=self._run, name="collector", daemon=True)
        self._bring = bring

    def start(self) -> None:
        """Begin to copy."""
        if self._settings.fetchers:
            self._thread.start()
            Thread(target=self._sweep, name="inputs-sweeper", daemon=True).start()

    def wake(self) -> None:
        """Look at once whether anything waits."""
        self._wake.set()

    def stop(self) -> None:
        """Break off what is under way; another server, or this one later, begins it anew."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        deadline = time.monotonic() + PATIENCE
        while self._busy and time.monotonic() < deadline:
            time.sleep(0.02)

    def _run(self) -> None:
        from cutroom.intake import Bring  # noqa: PLC0415 - takes a while to load

        self._bring = self._bring or Bring(
            self._settings, self._own_files, in_bucket=self._own_files.in_bucket
        )
        self._folder.mkdir(parents=True, exist_ok=True)
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                self._begin()
            except Unreachable:
                log.warning("the database is not there; inputs have to wait")
            except Exception:
                log.exception("inputs could not be looked for")
            self._wake.wait(self._settings.poll_interval)

    def _sweep(self) -> None:
        while not self._stopping.wait(SWEEP):
            try:
                self._forget()
            except Exception:
                log.exception("inputs could not be removed")

    def _begin(self) -> None:
        """Have copied what waits, as far as there is room; of one namespace half of them at most."""
        if len(self._busy) >= self._settings.fetchers:
            return
        with reading(self._engine) as tx:
            waiting = inputs.due(tx, inputs.full(tx, self._settings.input_bytes))
        most = max(1, self._settings.fetchers // 2)
        with self._lock:
            of_one = Counter(one.namespace for one in self._busy.values())
            for one in waiting:
                name = (one.generation, one.place)
                if len(self._busy) >= self._settings.fetchers:
                    return
                if name not in self._busy and of_one[one.namespace] < most:
                    of_one[one.namespace] += 1
                    self._busy[name] = one
                    # A thread that the process need not wait for: asking for a host cannot be broken off.
                    Thread(target=self._attend, args=[one], daemon=True).start()

    def _attend(self, wanted: Due) -> None:
        with logs.about(generation_id=wanted.generation):
            try:
                self._attempt(wanted)
            except Cancelled:
                pass  # nobody wants it any more, or the server stops
            except Unreachable as error:
                log.warning("an input has to wait: %s", error.message)
            except Exception:
                log.exception("an input could not be copied")
            finally:
                with self._lock:
                    del self._busy[wanted.generation, wanted.place]
                self._wake.set()

    def _attempt(self, wanted: Due) -> None:
        """Claim an input, copy it, and note what came of it."""
        from cutroom.intake.exchange import Passing  # noqa: PLC0415 - loaded by then

        with writing(self._engine) as tx:
            mine = inputs.claim(tx, wanted, f"{self._name}-{secrets.token_hex(4)}", LEASE)
            if mine is None:
                return  # another server was first
            generation = generations.get(tx, mine.generation)
        try:
            self._copy(mine, generation)
        except (Cancelled, Unreachable):
            raise
        except CutroomError as error:
            if isinstance(error, Passing) and mine.tries < len(PAUSES):
                with writing(self._engine) as tx:
                    inputs.again(tx, mine, PAUSES[mine.tries])
                return
            self._fail(mine, Outcome(Status.FAILED, error.kind, error.message))
            log.info("failed: an input cannot be had")

    def _copy(self, mine: Input, generation: Generation) -> None:
        from cutroom.intake import Wanted, most_bytes, named  # noqa: PLC0415 - loaded by then

        alive = Interest(self._engine, mine, self._stopping)
        model = self._catalog.model(generation.model)
        given = params.parse(model, generation.params)
        # Not by its place: long data: URIs are cut short in the row, and two of them may look the same there.
        source = next(one for one in given.sources().files() if one.url == mine.url)
        key = input_key(mine.generation, mine.place, mine.taker or "")
        origins = (generation.origin,) if generation.origin else ()
        most = most_bytes(self._settings, model, video=source.video)
        with named(source.parameter):
            size = self._take_over(generation, mine.url, key, most)
            if size is None:
                size = self._have(Wanted(generation, mine.url, most, origins), key, alive)
        with writing(self._engine) as tx:
            kept = inputs.keep(tx, mine, key, size)
        if not kept:
            self._storage.delete(key)

    def _take_over(self, generation: Generation, url: str, key: str, most: int) -> int | None:
        """The input of what is tried again, if it is still kept; its bytes."""
        if generation.retried_from is None:
            return None
        with reading(self._engine) as tx:
            earlier = generations.get(tx, generation.retried_from)
            found = inputs.find(tx, earlier, url)
        if found is None or found.state is not State.KEPT or (found.bytes or 0) > most:
            return None
        try:
            self._storage.copy(self._storage.find(found.key or ""), key)
        except CutroomError:
            return None  # removed just now: it is fetched like any other
        return found.bytes

    def _have(self, wanted: "Wanted", key: str, alive: "Interest") -> int:
        """Put the file under the key; returns its bytes. What is ours is not sent through this machine."""
        from cutroom.intake import sink  # noqa: PLC0415 - loaded by then
        from cutroom.intake.bring import own_errors  # noqa: PLC0415 - loaded by then

        assert self._bring is not None
        if (own := self._bring.own(wanted)) is not None:
            with own_errors(wanted.url):
                file = self._own_files.find(wanted.generation, own)
                sink.check(file.bytes, wanted.most)
                self._storage.copy(file, key)
                return file.bytes
        with TemporaryDirectory(dir=self._folder) as folder:
            out = Path(folder, "file")
            self._bring(wanted, out, alive)
            # As a stream, so that the claim is renewed while a slow storage takes it; the key is this try's alone.
            with out.open("rb") as content:
                return self._storage.put_stream(key, watched(content, alive))


def watched(file: BinaryIO, alive: Callable[[], None]) -> Iterator[bytes]:
    """The content of a file in chunks, `alive` called before each; raises what that raises."""
    while chunk := file.read(CHUNK):
        alive()
        yield chunk


class Interest:
    """Whether anybody still wants an input; asked often, it looks now and then and says that it is still at it."""

    def __init__(self, engine: Database, mine: Input, stopping: Event) -> None:
        self._engine = engine
        self._mine = mine
        self._stopping = stopping
        self._next = time.monotonic() + LEASE / 4

    def __call__(self) -> None:
        """Raises Cancelled when nobody does."""
        if self._stopping.is_set():
            raise Cancelled
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + LEASE / 4
        with writing(self._engine) as tx:
            if not inputs.renew(tx, self._mine, LEASE):
                raise Cancelled
