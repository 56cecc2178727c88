"""What keys and namespaces may spend, what they have, and what they used."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from cutroom import accounts, ledger, spending, usage
from cutroom.accounts import Key
from cutroom.db import Database, now, reading, writing
from cutroom.errors import InvalidParams, NotFound
from cutroom.ledger import Balance
from cutroom.terms import Limit
from cutroom.types import Caller
from cutroom.usage import Usage


@dataclass(frozen=True, slots=True)
class Bound:
    """A spend limit, and what is left of it now, in micro-dollars."""

    limit: Limit
    left: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What a namespace has, and how much of it may be spent."""

    balance: Balance
    bound: Bound | None


class Spending:
    """Limits and usage over one database."""

    def __init__(self, engine: Database) -> None:
        self._engine = engine

    def limit_key(self, key: str, limit: Limit | None) -> Key:
        """Give a key, told by its id, its prefix or itself, another spend limit, or none.

        What was spent in the period already counts. Raises NotFound, InvalidParams.
        """
        with writing(self._engine) as tx:
            found = accounts.named(tx, key)
            terms = replace(found.terms, limit=limit)
            terms.check()
            spending.limit_key(tx, found.id, limit)
            return replace(found, terms=terms)

    def limit_namespace(self, namespace: str, limit: Limit | None) -> None:
        """Give a namespace another spend limit, or none. Raises NotFound."""
        with writing(self._engine) as tx:
            if not accounts.exists(tx, namespace):
                raise NotFound(f"There is no namespace {namespace}.")
            spending.limit_namespace(tx, namespace, limit)

    def limit_of(self, namespace: str) -> Limit | None:
        """The spend limit of a namespace."""
        with reading(self._engine) as tx:
            return spending.limit_of_namespace(tx, namespace)

    def standing(self, caller: Caller, namespace: str) -> Standing:
        """How a namespace stands. Raises Forbidden for a stranger's."""
        caller.look_into(namespace)
        with reading(self._engine) as tx:
            limit = spending.limit_of_namespace(tx, namespace)
            bound = None
            if limit:
                bound = Bound(limit, spending.left_of_namespace(tx, namespace, limit, now()))
            return Standing(ledger.balance(tx, namespace), bound)

    def key_bound(self, key: Key) -> Bound | None:
        """The spend limit of a key, and what is left of it."""
        limit = key.terms.limit
        if limit is None:
            return None
        with reading(self._engine) as tx:
            return Bound(limit, spending.left_of_key(tx, key.id, limit, now()))

    def usage(
        self,
        caller: Caller,
        namespace: str | None = None,
        first: date | None = None,
        last: date | None = None,
    ) -> Usage:
        """What a namespace used from `first` to `last`; the days are of UTC, and both count.

        The caller's own namespace, from the first of the month to today, unless they are given.
        Raises Forbidden for a stranger's namespace, InvalidParams for days that are not in order.
        """
        namespace = namespace or caller.namespace
        caller.look_into(namespace)
        last = last or datetime.now(UTC).date()
        first = first or last.replace(day=1)
        if first > last:
            raise InvalidParams(f"from ({first}) must not be after to ({last})")
        with reading(self._engine) as tx:
            return usage.of(tx, namespace, first, last)
