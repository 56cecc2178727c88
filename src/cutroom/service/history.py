"""What was asked for, as its owners look it through: the newest of it, or page by page."""

from collections.abc import Collection, Sequence
from typing import TypedDict, Unpack

from cutroom import history
from cutroom.db import Database, reading
from cutroom.errors import Forbidden
from cutroom.generations import OPEN
from cutroom.history import Page, Wanted
from cutroom.types import Caller, Generation, Status


class Filters(TypedDict, total=False):
    """Which generations somebody wants to see; what is missing or None does not matter."""

    namespace: str | None
    """Whose; the caller's own unless it is given."""
    model: str | None
    statuses: Collection[Status] | None
    media_type: str | None
    """`video` or `image`."""
    repo: str | None
    """The repository that results lie in."""
    folder: str | None
    batch: str | None
    """Those that one request asked for."""
    deleted: bool | None
    """Whether their results were deleted."""
    words: str | None
    """Every one of them is in the prompt."""


class History:
    """The generations of an installation, for callers who may see them."""

    def __init__(self, engine: Database) -> None:
        self._engine = engine

    def newest(
        self, caller: Caller, limit: int = 1000, **filters: Unpack[Filters]
    ) -> Sequence[Generation]:
        """The last to arrive first; without `statuses` only what is queued or processing.

        Raises Forbidden for a stranger's namespace.
        """
        wanted = self._wanted(caller, OPEN, filters)
        with reading(self._engine) as tx:
            return history.newest(tx, wanted, limit)

    def page(
        self, caller: Caller, number: int = 1, size: int = 50, **filters: Unpack[Filters]
    ) -> Page:
        """One page of them all, whatever their status. Raises Forbidden for a stranger's namespace."""
        wanted = self._wanted(caller, None, filters)
        with reading(self._engine) as tx:
            return history.page(tx, wanted, number, size)

    @staticmethod
    def _wanted(caller: Caller, otherwise: Collection[Status] | None, filters: Filters) -> Wanted:
        namespace = filters.get("namespace") or caller.namespace
        if namespace not in caller.namespaces:
            raise Forbidden("Your key may not look into that namespace.")
        return Wanted(
            namespace,
            filters.get("statuses") or otherwise,
            model=filters.get("model"),
            media_type=filters.get("media_type"),
            repo=filters.get("repo"),
            folder=filters.get("folder"),
            batch=filters.get("batch"),
            deleted=filters.get("deleted"),
            words=filters.get("words"),
        )
