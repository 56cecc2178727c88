"""What a namespace asked for and what it cost: by day, by model, by key. Money is micro-dollars.

Counted from the generations themselves, by the day (of UTC) on which each was asked for.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

import sqlalchemy as sa

from cutroom.tables import generations as table
from cutroom.tables import keys
from cutroom.types import Status

DAY = 86_400
"""Seconds."""
Group = TypeVar("Group")


@dataclass(frozen=True, slots=True)
class Tally:
    """How many generations there were, how they ended, and what they came to."""

    generations: int = 0
    succeeded: int = 0
    failed: int = 0
    cancelled: int = 0
    seconds: float = 0.0
    """Of results."""
    cost: int = 0
    held: int = 0
    """What those may still cost that are not final."""

    def __add__(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(*(mine + its for mine, its in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True)
class UsedKey:
    """A key that generations were asked for with."""

    id: str
    namespace: str
    prefix: str
    name: str


@dataclass(frozen=True, slots=True)
class Usage:
    """The tallies of a namespace in a span of days. Those of each kind add up to the total."""

    first: date
    last: date
    """Both days count."""
    total: Tally
    by_day: Mapping[date, Tally]
    by_model: Mapping[str, Tally]
    by_key: Mapping[UsedKey | None, Tally]
    """None: without a key."""


def of(tx: sa.Connection, namespace: str, first: date, last: date) -> Usage:
    """What a namespace pays for, asked from the beginning of `first` to the end of `last`."""
    day = (table.c.enqueued_at - table.c.enqueued_at % DAY).label("day")
    groups = (day, table.c.model, table.c.key_id)
    query = (
        sa.select(*groups, *_columns())
        .where(
            table.c.namespace == namespace,
            table.c.enqueued_at >= _midnight(first),
            table.c.enqueued_at < _midnight(last) + DAY,
        )
        .group_by(*groups)
        .order_by(day)
    )
    found = [(row, _tally(row)) for row in tx.execute(query)]
    known = _used(tx, {row.key_id for row, _ in found if row.key_id})
    return Usage(
        first,
        last,
        sum((tally for _, tally in found), Tally()),
        _added((datetime.fromtimestamp(row.day, UTC).date(), tally) for row, tally in found),
        _added((row.model, tally) for row, tally in found),
        _added((known.get(row.key_id), tally) for row, tally in found),
    )


def _columns() -> Sequence[sa.ColumnElement[Any]]:
    def ended(status: Status) -> sa.ColumnElement[int]:
        return sa.func.sum(sa.case((table.c.status == status, 1), else_=0)).label(status)

    unfinished = sa.case((table.c.completed_at.is_(None), table.c.hold), else_=0)
    return (
        sa.func.count().label("generations"),
        *(ended(status) for status in (Status.SUCCEEDED, Status.FAILED, Status.CANCELLED)),
        sa.func.coalesce(sa.func.sum(table.c.seconds), 0.0).label("seconds"),
        sa.func.coalesce(sa.func.sum(table.c.cost), 0).label("cost"),
        sa.func.sum(unfinished).label("held"),
    )


def _tally(row: sa.Row[Any]) -> Tally:
    return Tally(
        generations=row.generations,
        succeeded=row.succeeded,
        failed=row.failed,
        cancelled=row.cancelled,
        seconds=float(row.seconds),
        cost=int(row.cost),
        held=int(row.held),
    )


def _used(tx: sa.Connection, ids: Collection[str]) -> Mapping[str, UsedKey]:
    query = sa.select(keys.c.id, keys.c.namespace, keys.c.prefix, keys.c.name)
    found = tx.execute(query.where(keys.c.id.in_(ids)))
    return {row.id: UsedKey(row.id, row.namespace, row.prefix, row.name) for row in found}


def _added(tallies: Iterable[tuple[Group, Tally]]) -> Mapping[Group, Tally]:
    sums: dict[Group, Tally] = {}
    for group, tally in tallies:
        sums[group] = sums.get(group, Tally()) + tally
    return sums


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())
