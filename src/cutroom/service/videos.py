"""Generations as OpenAI's clients know them: listed from a place on, and deleted."""

from collections.abc import Callable, Sequence

from cutroom import generations, history
from cutroom.db import Database, reading, writing
from cutroom.errors import Forbidden, NotFound
from cutroom.history import Wanted
from cutroom.storage import Storage
from cutroom.types import Caller, Generation


class Videos:
    """The generations of an installation that nobody deleted."""

    def __init__(
        self, engine: Database, storage: Storage, cancel: Callable[[Caller, str], None]
    ) -> None:
        self._engine = engine
        self._storage = storage
        self._cancel = cancel

    def get(self, caller: Caller, generation_id: str) -> Generation:
        """One of the caller's. Raises NotFound, for strangers' and deleted ones too."""
        with reading(self._engine) as tx:
            found = generations.get(tx, generation_id)
        if found.namespace not in caller.namespaces or found.deleted_at is not None:
            raise NotFound
        return found

    def list(
        self,
        caller: Caller,
        *,
        namespace: str | None = None,
        after: str | None = None,
        limit: int = 20,
        oldest_first: bool = False,
    ) -> Sequence[Generation]:
        """At most `limit` that come after the one of the id `after`; `namespace` is the caller's own unless given.

        Raises Forbidden for a stranger's namespace, NotFound where `after` is none of its generations.
        """
        wanted = namespace or caller.namespace
        if wanted not in caller.namespaces:
            raise Forbidden("Your key may not look into that namespace.")
        with reading(self._engine) as tx:
            return history.after(tx, Wanted(wanted), after, limit, oldest_first=oldest_first)

    def delete(self, caller: Caller, generation_id: str) -> None:
        """Cancel it if it is not final, and remove its result. The row stays, for the books. Raises NotFound."""
        self._cancel(caller, self.get(caller, generation_id).id)
        with writing(self._engine) as tx:
            key = generations.delete(tx, generation_id)
        if key is not None:
            self._storage.delete(key)
