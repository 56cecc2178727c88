"""What can be asked of the system, and where its parts are put together.

The doors (`api`, `cli`) call this and nothing below it. Everything here is synchronous: the API
calls it in a thread.
"""

import logging
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from cutroom import accounts, db, ledger
from cutroom.answers import Once
from cutroom.catalog import Catalog
from cutroom.db import Database, reading, writing
from cutroom.depot import Depot
from cutroom.errors import CutroomError, NotFound, Unreachable
from cutroom.gate import Gate
from cutroom.jobs import Queue
from cutroom.ledger import Balance, Entry
from cutroom.life import Accepted, Life
from cutroom.own_files import OwnFiles
from cutroom.service.accounts import Accounts
from cutroom.service.counting import Counting
from cutroom.service.estimates import Paces
from cutroom.service.events import Events
from cutroom.service.files import Files
from cutroom.service.history import History
from cutroom.service.inputs import Inputs
from cutroom.service.line import Line
from cutroom.service.pools import Pools
from cutroom.service.previews import Previews
from cutroom.service.repositories import Repositories
from cutroom.service.requests import Requests
from cutroom.service.retention import Retention
from cutroom.service.sessions import Sessions
from cutroom.service.spending import Spending
from cutroom.service.thumbnails import Thumbnails
from cutroom.service.upkeep import Upkeep
from cutroom.service.videos import Videos
from cutroom.service.webhooks import Webhooks
from cutroom.settings import Settings
from cutroom.signatures import Signatures
from cutroom.storage import Storage
from cutroom.terms import Terms
from cutroom.types import Caller, Generation, Model, Scope

DEFAULT = "default"
"""The namespace made at first start; everybody's without `auth`."""
MICRO = 1_000_000
"""Micro-dollars in a dollar."""
STORAGE_GOOD = 30.0
"""Seconds for which a storage that was written to counts as writable."""
log = logging.getLogger(__name__)


class Service:
    """One installation: a database, a storage, a catalog. Make it with `Service.open`."""

    def __init__(self, settings: Settings, engine: Database) -> None:
        self._settings = settings
        self._engine = engine
        self._queue = Queue(engine, settings.poll_interval)
        self.gate = Gate(settings, engine, self._queue)
        self._life = Life(engine, settings.max_attempts, self.gate.round)
        self._storage = Storage(settings)
        self.repositories = Repositories(engine, self._storage)
        self.thumbnails = Thumbnails(settings, self._storage)
        signatures = Signatures(settings)
        self.files = Files(settings, self._storage, signatures)
        self._catalog = Catalog.load(settings)
        self.requests = Requests(
            settings,
            self._catalog,
            self._life,
            self._queue,
            self._storage,
            paces=Paces(engine),
            wake=self._wake,
        )
        """What is asked for."""
        self.inputs = Inputs(
            settings,
            engine,
            self._storage,
            catalog=self._catalog,
            own_files=OwnFiles(engine, self._storage, signatures),
            life=self._life,
            take_out=self.requests.take_out,
        )
        """What requests name by URL."""
        self.accounts = Accounts(engine)
        self.sessions = Sessions(settings, engine)
        self.events = Events(settings, engine)
        self.webhooks = Webhooks(settings, engine, self.files.url)
        self.counting = Counting(engine, settings.worker_ttl, self._catalog.pools)
        self.spending = Spending(engine)
        self.previews = Previews(engine)
        """What is seen of what is being made."""
        self.history = History(engine)
        """What was asked for before."""
        self.pools = Pools(engine, settings.worker_ttl, self.gate.round)
        """What an operator says."""
        self.worker_ttl = settings.worker_ttl
        """Seconds of silence after which a worker counts as dead."""
        self.line = Line(settings, engine)
        """What waits."""
        self.videos = Videos(engine, self._storage, self.cancel)
        self.retention = Retention(settings, engine, self._storage)
        """How long results are kept."""
        self.upkeep = Upkeep(
            settings,
            engine,
            self.files.tidy,
            self.inputs.tidy,
            self.retention.sweep,
            self.retention.enforce,
            Depot(settings, engine, self._storage).tidy,
            self.events.prune,
            self.sessions.prune,
        )
        self._storage_good_until = 0.0

    @classmethod
    def open(cls, settings: Settings) -> "Service":
        """Connect; a file of SQLite is brought up to date first. Raises Unreachable, InvalidParams."""
        try:
            # What lies in it is nobody else's on this machine: videos, prompts, secrets.
            settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            engine = db.connect(settings.database, settings.database_connections)
            db.prepare(engine)
            return cls(settings, engine)
        except OSError as error:
            why = error.strerror or str(error)
            raise Unreachable(
                f"The data folder {settings.data_dir} cannot be used: {why}."
            ) from error

    def begin(self) -> None:
        """Load what the first request would otherwise wait for; it goes on beside the caller."""
        self._queue.begin()

    def close(self) -> None:
        """Let go of every connection."""
        self.requests.close()
        self._queue.close()
        self._engine.dispose()

    def ready(self) -> str | None:
        """None when work can be taken, else the sentence why not."""
        try:
            if lacks := db.lacking(self._engine):
                return lacks
            if self._queue.broken:
                self._queue.begin()  # it may have been the database, which is back
                return "The queue cannot be opened."
        except Unreachable as error:
            return error.message
        return self._storage_ready()

    # --- who asks -------------------------------------------------------------------------
    def first_start(self) -> str | None:
        """A key of the namespace `default`, made with its starting credit; None ever after."""
        with writing(self._engine) as tx:
            if not accounts.ensure(tx, DEFAULT):
                return None
            credit = round(self._settings.starting_credit * MICRO)
            if credit:
                ledger.deposit(tx, DEFAULT, credit, "to begin with")
            everything = Terms(frozenset(Scope))
            return accounts.create(tx, DEFAULT, name="first", terms=everything)

    def authenticate(self, key: str) -> Caller:
        """Who a key belongs to. Raises Unauthenticated."""
        with reading(self._engine) as tx:
            found = accounts.find(tx, key)
            caller = accounts.caller(tx, found.namespace, found)
        if (found.last_used or 0) < db.now() - accounts.FRESH:
            with suppress(Unreachable), writing(self._engine) as tx:
                accounts.used(tx, found)  # a full disk is no reason not to look at results
        return caller

    def caller(self, namespace: str = DEFAULT) -> Caller:
        """The caller that acts as `namespace` (no key: CLI, `auth` off)."""
        with reading(self._engine) as tx:
            return accounts.caller(tx, namespace)

    # --- money ----------------------------------------------------------------------------
    def add_credit(self, namespace: str, amount: int, note: str = "") -> Balance:
        """Give a namespace micro-dollars; it is made if need be. Returns what it has then."""
        with writing(self._engine) as tx:
            accounts.ensure(tx, namespace)
            ledger.deposit(tx, namespace, amount, note)
            return ledger.balance(tx, namespace)

    def balance(self, namespace: str) -> Balance:
        """What a namespace has, in micro-dollars. Raises NotFound."""
        with reading(self._engine) as tx:
            return ledger.balance(tx, namespace)

    def statement(self, namespace: str, limit: int = 1000) -> Sequence[Entry]:
        """The last movements of its money, newest first."""
        with reading(self._engine) as tx:
            return ledger.statement(tx, namespace, limit)

    def audit(self) -> Sequence[str]:
        """Where balances and entries disagree, as sentences; empty when the books are right."""
        with reading(self._engine) as tx:
            return ledger.audit(tx)

    # --- generations ----------------------------------------------------------------------
    def models(self) -> Sequence[Model]:
        """The catalog, in its order."""
        return self._catalog.models

    def submit(
        self, caller: Caller, body: Mapping[str, Any], *, count: int | None = None, origin: str = ""
    ) -> Sequence[Generation]:
        """The generations of a request, accepted; see `Requests.submit`."""
        return self.requests.submit(caller, body, count=count, origin=origin).generations

    def retry(self, caller: Caller, generation_id: str, once: Once | None = None) -> Accepted:
        """Another try of a generation that did not succeed; see `Requests.retry`. Raises NotFound."""
        return self.requests.retry(caller, self.get(caller, generation_id), once)

    def get(self, caller: Caller, generation_id: str) -> Generation:
        """One generation of the caller's namespaces. Raises NotFound, for strangers' too."""
        found = self._life.get(generation_id)
        if found.namespace not in caller.namespaces:
            raise NotFound
        return found

    def cancel(self, caller: Caller, generation_id: str) -> None:
        """Cancel; a finished generation stays as it is. Raises NotFound."""
        self.get(caller, generation_id)
        if self._life.cancel(generation_id):
            self.requests.take_out(generation_id)

    def wait(self, generation_id: str, timeout: float) -> Generation:
        """The generation once its status is final, or as it is after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            found = self._life.get(generation_id)
            left = deadline - time.monotonic()
            if found.status.final or left <= 0:
                return found
            time.sleep(min(left, self._settings.poll_interval))

    def result_url(
        self, generation: Generation, base_url: str, *, ours: bool = False
    ) -> str | None:
        """A freshly signed URL of the result, None unless it succeeded; see `Files.url`."""
        if generation.result_key is None:
            return None
        return self.files.url(generation.result_key, base_url, ours=ours)

    # --- inside ---------------------------------------------------------------------------
    def _wake(self) -> None:
        self.inputs.collector.wake()

    def _storage_ready(self) -> str | None:
        if time.monotonic() < self._storage_good_until:
            return None
        try:
            self._storage.check()
        except CutroomError as error:
            return error.message
        self._storage_good_until = time.monotonic() + STORAGE_GOOD
        return None
