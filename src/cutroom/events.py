"""What happened to generations, for those who listen. Each function is a statement in the transaction it is given.

A row is written in the transaction that ends its generation, so nothing that happened is missing and
nothing that did not happen is told. Who calls `in_order` first in that transaction makes the numbers
visible in their order: whoever remembers the largest number it has seen has missed none below it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from cutroom.db import clock
from cutroom.tables import events as table
from cutroom.types import Generation, Status

COMPLETED = "media_generation_completed"
"""A generation succeeded or failed; the hosted API's own event."""
CANCELLED = "generation_cancelled"
PAGE = 200
"""Events that are read at a time, and the most that the moment before a connect is searched for."""
ORDER = 0x65766E74
"""The number of the advisory lock under which PostgreSQL numbers events."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, once."""

    seq: int
    """Larger than that of every event before it."""
    namespace: str
    user: str
    generation: str
    name: str
    data: Mapping[str, Any]
    """What is told, in its order; in place of the result's `url` the `result_key` to make it of."""
    created: float
    """Unix seconds by the database's clock."""

    def told(self, url: Callable[[str], str]) -> dict[str, Any]:
        """What is told, with the URL that `url` makes of the key of the result."""
        return told(self.data, url)

    def message(self) -> str:
        """The same as a message to a webhook, in JSON, as the Standard Webhooks spec shapes it."""
        return message(self.name, self.created, self.data)


@dataclass(frozen=True, slots=True)
class Audience:
    """Whose events one hears: those that keys of `user` asked for or, if given, all of `namespace`."""

    user: str
    namespace: str | None
    reach: frozenset[str]
    """The namespaces that `user` may act for; of what it asked for elsewhere it hears no more."""

    def hears(self, user: str, namespace: str) -> bool:
        """Whether what `user` asked for on behalf of `namespace` is for these ears."""
        if self.namespace is None:
            return user == self.user and namespace in self.reach
        return namespace == self.namespace

    def column(self) -> sa.ColumnElement[bool]:
        """The same as a condition on rows."""
        if self.namespace is None:
            return (table.c.user == self.user) & table.c.namespace.in_(sorted(self.reach))
        return table.c.namespace == self.namespace


def told(data: Mapping[str, Any], url: Callable[[str], str]) -> dict[str, Any]:
    """Data as it goes out, with a URL where the key of the result stands."""
    said = dict(data)
    if (key := said.pop("result_key", None)) is not None:
        said["url"] = url(key)
    return said


def message(name: str, created: float, data: Mapping[str, Any]) -> str:
    """A message of that type, in JSON."""
    moment = datetime.fromtimestamp(created, UTC).isoformat(timespec="milliseconds")
    said = {"type": name, "timestamp": moment.replace("+00:00", "Z"), "data": data}
    return json.dumps(said, separators=(",", ":"))


def in_order(tx: sa.Connection) -> None:
    """Let no other transaction number events until this one is over; to be called first in it.

    PostgreSQL draws numbers when a row is inserted and shows it when the transaction commits, which
    may be another order. SQLite has one writer at a time anyway.
    """
    if tx.dialect.name == "postgresql":
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(ORDER)))


def add(tx: sa.Connection, ended: Generation) -> Event:
    """The event of a generation's end."""
    row = {
        "namespace": ended.namespace,
        "user": ended.user,
        "generation": ended.id,
        "name": CANCELLED if ended.status is Status.CANCELLED else COMPLETED,
        "data": _data(ended),
        "created": clock(tx.engine),
    }
    return _read(tx.execute(sa.insert(table).values(row).returning(table)).one())


def after(tx: sa.Connection, seq: int, limit: int = PAGE) -> Sequence[Event]:
    """Everybody's events past a number, in their order."""
    query = sa.select(table).where(table.c.seq > seq).order_by(table.c.seq).limit(limit)
    return [_read(row) for row in tx.execute(query)]


def between(tx: sa.Connection, audience: Audience, seq: int, until: int) -> Sequence[Event]:
    """The first events for an audience past one number, up to and with another."""
    query = (
        sa.select(table)
        .where(audience.column(), table.c.seq > seq, table.c.seq <= until)
        .order_by(table.c.seq)
        .limit(PAGE)
    )
    return [_read(row) for row in tx.execute(query)]


def before_recent(tx: sa.Connection, audience: Audience, seconds: float, until: int) -> int:
    """The number before the first event for an audience of the last `seconds`; `until` without any."""
    last = (
        sa.select(table.c.seq, table.c.created)
        .where(audience.column(), table.c.seq <= until)
        .order_by(table.c.seq.desc())
        .limit(PAGE)
        .subquery()
    )
    since = clock(tx.engine) - seconds
    first = tx.execute(sa.select(sa.func.min(last.c.seq)).where(last.c.created >= since)).scalar()
    return until if first is None else int(first) - 1


def ends(tx: sa.Connection) -> tuple[int, int]:
    """The smallest and the largest number there is; 1 and 0 where nothing ever happened."""
    first, last = tx.execute(sa.select(sa.func.min(table.c.seq), sa.func.max(table.c.seq))).one()
    return (1, 0) if last is None else (first, last)


def prune(tx: sa.Connection, seconds: float) -> int:
    """Forget what is older than `seconds`, less the very last, which tells how far we are."""
    last = sa.select(sa.func.max(table.c.seq)).scalar_subquery()
    old = table.c.created < clock(tx.engine) - seconds
    return tx.execute(sa.delete(table).where(old, table.c.seq < last)).rowcount


def _data(ended: Generation) -> dict[str, Any]:
    """The documented fields in the documented order."""
    data = {"generation_id": ended.id, "status": str(ended.status), "media_type": "video"}
    if ended.status is Status.FAILED:
        return {**data, "error": ended.error_message or ""}
    if ended.status is Status.CANCELLED:
        return {**data, "model": ended.model}
    return {**data, "model": ended.model, "result_key": ended.result_key or ""}


def _read(row: sa.Row[Any]) -> Event:
    return Event(
        seq=row.seq,
        namespace=row.namespace,
        user=row.user,
        generation=row.generation,
        name=row.name,
        data=row.data,
        created=float(row.created),
    )
