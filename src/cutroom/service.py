"""What can be asked of the system, and where its parts are put together.

The doors (`api`, `cli`) call this and nothing below it. Everything here is synchronous: the API
calls it in a thread.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cutroom.accounts import Key
from cutroom.ledger import Balance, Entry
from cutroom.settings import Settings
from cutroom.types import Caller, Generation, Model, Status


class Service:
    """One installation: a database, a storage, a catalog. Make it with `Service.open`."""

    @classmethod
    def open(cls, settings: Settings) -> "Service":
        """Connect, bringing an embedded database up to date first."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of every connection."""
        raise NotImplementedError

    def ready(self) -> str | None:
        """None when work can be taken, else the sentence why not."""
        raise NotImplementedError

    # --- who asks -------------------------------------------------------------------------
    def authenticate(self, key: str) -> Caller:
        """Who a key belongs to. Raises Unauthenticated."""
        raise NotImplementedError

    def caller(self, namespace: str) -> Caller:
        """The caller that acts as `namespace` (no key: CLI, `auth` off)."""
        raise NotImplementedError

    # --- generations ----------------------------------------------------------------------
    def models(self) -> Sequence[Model]:
        """The catalog, in its order."""
        raise NotImplementedError

    def submit(
        self, caller: Caller, body: Mapping[str, Any], *, count: int | None = None
    ) -> Sequence[Generation]:
        """Accept a request: rows, holds and durable workflows in one transaction.

        `count` overrides `num_generations` (the synchronous route asks for one).
        Raises InvalidParams, UnknownModel, Forbidden, InsufficientCredits; nothing is kept then.
        """
        raise NotImplementedError

    def get(self, caller: Caller, generation_id: str) -> Generation:
        """One generation of the caller's namespaces. Raises NotFound, for strangers' too."""
        raise NotImplementedError

    def list(
        self,
        caller: Caller,
        *,
        namespace: str | None = None,
        model: str | None = None,
        status: Status | None = None,
        limit: int = 1000,
    ) -> Sequence[Generation]:
        """Newest first; without `status` only what is queued or processing."""
        raise NotImplementedError

    def cancel(self, caller: Caller, generation_id: str) -> None:
        """Cancel; a finished generation stays as it is. Raises NotFound."""
        raise NotImplementedError

    def wait(self, generation_id: str, timeout: float) -> Generation:
        """The generation once its status is final, or as it is after `timeout` seconds."""
        raise NotImplementedError

    # --- files ----------------------------------------------------------------------------
    def result_url(self, generation: Generation, base_url: str) -> str | None:
        """A freshly signed URL of the result, None unless it succeeded."""
        raise NotImplementedError

    def upload(self, caller: Caller, key: str, chunks: Iterator[bytes]) -> int:
        """Keep a caller's own file under `namespace/repo/path`; returns its bytes. Raises Forbidden."""
        raise NotImplementedError

    def open_file(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Bytes [start, end) of a stored file. Raises NotFound."""
        raise NotImplementedError

    def file_size(self, key: str) -> int:
        """Bytes of a stored file. Raises NotFound."""
        raise NotImplementedError

    def sign(self, path: str, method: str = "GET") -> str:
        """The query that makes `path` (decoded, e.g. /api/repos/a/b/file/main/c.mp4) good for a while."""
        raise NotImplementedError

    def verify(self, path: str, method: str, query: str) -> None:
        """Let a request with a signed query pass. Raises Forbidden."""
        raise NotImplementedError

    # --- who runs it: the command line ----------------------------------------------------
    def create_key(self, namespace: str, value: str | None = None, name: str = "") -> str:
        """A new key of `namespace` (made if it is new), or `value` as its key. Raises InvalidParams."""
        raise NotImplementedError

    def keys(self, namespace: str | None = None) -> Sequence[Key]:
        """The keys of a namespace, or all, in order of creation."""
        raise NotImplementedError

    def revoke_key(self, key: str) -> Key:
        """Make a key useless, told by its id, its prefix or itself. Raises NotFound, InvalidParams."""
        raise NotImplementedError

    def add_member(self, organisation: str, member: str) -> None:
        """Let `member` act for `organisation`, each made if it is new. Raises InvalidParams."""
        raise NotImplementedError

    def add_credit(self, namespace: str, amount: int, note: str = "") -> None:
        """Deposit micro-dollars; the namespace is made if it is new. Raises InvalidParams."""
        raise NotImplementedError

    def balance(self, namespace: str) -> Balance:
        """What a namespace has. Raises NotFound."""
        raise NotImplementedError

    def statement(self, namespace: str, limit: int = 1000) -> Sequence[Entry]:
        """Every movement of money, newest first. Raises NotFound."""
        raise NotImplementedError
