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
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING, BinaryIO

from cutroom import generations, inputs, logs, params
from cutroom.catalog import Catalog
from cutroom.db import Database, reading, writing
from cutroom.errands import Errands
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
        self._bring = bring
        self._errands = Errands(
            "inputs",
            self._due,
            self._attempt,
            at_once=settings.fetchers,
            of_one=max(1, settings.fetchers // 2),
            every=settings.poll_interval,
        )

    def start(self) -> None:
        """Begin to copy."""
        if self._settings.fetchers:
            self._errands.start(self._ready)
            Thread(target=self._sweep, name="inputs-sweeper", daemon=True).start()

    def wake(self) -> None:
        """Look at once whether anything waits."""
        self._errands.wake()

    def stop(self) -> None:
        """Break off what is under way; another server, or this one later, begins it anew."""
        self._errands.stop()

    def _ready(self) -> None:
        from cutroom.intake import Bring  # noqa: PLC0415 - takes a while to load

        self._bring = self._bring or Bring(
            self._settings, self._own_files, in_bucket=self._own_files.in_bucket
        )
        self._folder.mkdir(parents=True, exist_ok=True)

    def _sweep(self) -> None:
        while not self._errands.wait(SWEEP):
            try:
                self._forget()
            except Exception:
                log.exception("inputs could not be removed")

    def _due(self) -> Sequence[Due]:
        with reading(self._engine) as tx:
            return inputs.due(tx, inputs.full(tx, self._settings.input_bytes))

    def _attempt(self, wanted: Due) -> None:
        """Claim an input, copy it, and note what came of it."""
        with writing(self._engine) as tx:
            mine = inputs.claim(tx, wanted, f"{self._name}-{secrets.token_hex(4)}", LEASE)
            if mine is None:
                return  # another server was first
            generation = generations.get(tx, mine.generation)
        with logs.about(generation_id=mine.generation):
            self._try(mine, generation)

    def _try(self, mine: Input, generation: Generation) -> None:
        from cutroom.intake.exchange import Passing  # noqa: PLC0415 - loaded by then

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

        alive = Interest(self._engine, mine, self._errands.check)
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

    def __init__(self, engine: Database, mine: Input, check: Callable[[], None]) -> None:
        self._engine = engine
        self._mine = mine
        self._check = check
        self._next = time.monotonic() + LEASE / 4

    def __call__(self) -> None:
        """Raises Cancelled when nobody does."""
        self._check()
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + LEASE / 4
        with writing(self._engine) as tx:
            if not inputs.renew(tx, self._mine, LEASE):
                raise Cancelled
