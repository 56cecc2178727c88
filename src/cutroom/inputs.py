"""What requests name by URL, and how far the servers are with copying it into the storage.

A row for each file of a batch, under the first of the batch's generations: all of them want the same.
Whoever copies one claims it for some seconds and renews that while it works; what a process held that
died is due again then. The rows are gone once nobody can need the files any more.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from cutroom.db import clock, now
from cutroom.tables import generations
from cutroom.tables import inputs as table
from cutroom.types import Generation, Status

SERVERS_FIRST = 2
"""Seconds after a request in which its inputs are the servers' to begin with."""
LONGEST = 60.0
"""Seconds that no claim and no pause comes to: a moment further away was told by a clock that was set back since."""
PAGE = 50
"""Inputs that are looked at for one to begin with."""


class State(StrEnum):
    """What has become of an input."""

    WAITING = "waiting"
    KEPT = "kept"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Due:
    """An input that waits to be copied."""

    generation: str
    """The first of its batch."""
    place: int
    namespace: str
    urgent: bool
    """Whether a worker has taken one of the batch already."""

    @property
    def apart(self) -> tuple[str, int]:
        """Its name: it is copied once."""
        return self.generation, self.place


@dataclass(frozen=True, slots=True)
class Input:
    """One file that a batch names by URL."""

    generation: str
    place: int
    """Its number among the files of the request, from 0."""
    url: str
    state: State
    key: str | None
    """Where it lies in the storage, once it is kept."""
    bytes: int | None
    tries: int
    """Times that copying failed for a reason that may pass."""
    busy: bool
    """Whether a server is at it, or will be in a moment."""
    taker: str | None


def add(tx: sa.Connection, generation_id: str, files: Mapping[int, str]) -> None:
    """Have files copied: place -> URL."""
    rows = [
        {
            "generation": generation_id,
            "place": place,
            "url": url,
            "state": State.WAITING,
            "tries": 0,
        }
        for place, url in files.items()
    ]
    if rows:
        tx.execute(sa.insert(table), rows)


def due(tx: sa.Connection, full: Collection[str] = ()) -> Sequence[Due]:
    """What waits: first what a worker waits for, then of each namespace its oldest.

    Of namespaces that are `full` only the former.
    """
    lead = generations.alias("lead")
    urgent = _siblings(lead, generations.c.completed_at.is_(None), generations.c.started_at.is_not(None))  # fmt: skip
    turn = sa.func.row_number().over(
        partition_by=lead.c.namespace, order_by=(lead.c.seq, table.c.place)
    )
    query = (
        sa.select(table.c.generation, table.c.place, lead.c.namespace, urgent.label("urgent"))
        .join(lead, lead.c.id == table.c.generation)
        .where(
            table.c.state == State.WAITING,
            sa.not_(_held_until(clock(tx.engine))),
            _siblings(lead, generations.c.completed_at.is_(None)),
            sa.or_(urgent, lead.c.namespace.not_in(list(full))),
        )
        .order_by(urgent.desc(), turn, lead.c.seq)
        .limit(PAGE)
    )
    return [Due(*row) for row in tx.execute(query)]


def full(tx: sa.Connection, most: int) -> set[str]:
    """The namespaces whose inputs in the storage come to `most` bytes or more."""
    query = (
        sa.select(generations.c.namespace)
        .join(table, table.c.generation == generations.c.id)
        .where(table.c.state == State.KEPT)
        .group_by(generations.c.namespace)
        .having(sa.func.sum(table.c.bytes) >= most)
    )
    return set(tx.execute(query).scalars())


def claim(tx: sa.Connection, wanted: Due, taker: str, lease: float) -> Input | None:
    """The input, for `lease` seconds nobody else's; None where another was first."""
    clocked = clock(tx.engine)
    statement = (
        sa.update(table)
        .where(*_waiting(wanted), sa.not_(_held_until(clocked)))
        .values(taker=taker, until=clocked + lease)
        .returning(table)
    )
    row = tx.execute(statement).first()
    return None if row is None else _read(row, busy=True)


def renew(tx: sa.Connection, mine: Input, lease: float) -> bool:
    """Keep a claim for `lease` seconds more; whether it still stands and anybody still wants the file."""
    lead = generations.alias("lead")
    wanted = sa.exists().where(
        lead.c.id == mine.generation, _siblings(lead, generations.c.completed_at.is_(None))
    )
    statement = sa.update(table).where(*_held(mine), wanted)
    return tx.execute(statement.values(until=clock(tx.engine) + lease)).rowcount == 1


def keep(tx: sa.Connection, mine: Input, key: str, size: int) -> bool:
    """Note where the file lies now; whether this copy is the one that is kept.

    It is if it was the first that was whole, even where the claim ran out meanwhile: who claimed it since
    hears of it when he renews. Else a storage that takes longer than a claim would never have it.
    """
    kept = {"state": State.KEPT, "key": key, "bytes": size, "taker": None, "until": None}
    return tx.execute(sa.update(table).where(*_waiting(mine)).values(kept)).rowcount == 1


def again(tx: sa.Connection, mine: Input, pause: float) -> None:
    """Let it be tried once more, in `pause` seconds."""
    later = {"tries": table.c.tries + 1, "taker": None, "until": clock(tx.engine) + pause}
    tx.execute(sa.update(table).where(*_held(mine)).values(later))


def fail(tx: sa.Connection, mine: Input, error: str) -> Sequence[str]:
    """Note that it cannot be had; returns the generations that wanted it and are not final.

    None of them where the claim no longer stood.
    """
    failed = {"state": State.FAILED, "error": error, "taker": None, "until": None}
    if tx.execute(sa.update(table).where(*_held(mine)).values(failed)).rowcount == 0:
        return []
    lead = generations.alias("lead")
    query = (
        sa.select(generations.c.id)
        .join(lead, lead.c.batch == generations.c.batch)
        .where(lead.c.id == mine.generation, generations.c.completed_at.is_(None))
        .order_by(generations.c.seq)
    )
    return list(tx.execute(query).scalars())


def find(tx: sa.Connection, generation: Generation, url: str) -> Input | None:
    """The input of that URL, whichever of the batch it is under; None where the servers copy none."""
    if generation.batch is None:
        return None
    query = (
        sa.select(table, _held_until(clock(tx.engine)).label("held"))
        .join(generations, generations.c.id == table.c.generation)
        .where(generations.c.batch == generation.batch, table.c.url == url)
    )
    row = tx.execute(query).first()
    if row is None:
        return None
    fresh = row.until is None and 0 <= now() - generation.enqueued_at <= SERVERS_FIRST
    return _read(row, busy=bool(row.held) or fresh)


def _held_until(clocked: sa.ColumnElement[float]) -> sa.ColumnElement[bool]:
    """Whether somebody has an input now, or it has to wait."""
    until = sa.func.coalesce(table.c.until, 0.0)
    return sa.and_(until > clocked, until <= clocked + LONGEST)


def spent(tx: sa.Connection, before: int) -> Sequence[str]:
    """Under which generations inputs are that nobody can need any more.

    Of batches that are over: all succeeded, or the last that did not ended before then, in unix seconds.
    """
    lead = generations.alias("lead")
    needed = sa.or_(
        generations.c.completed_at.is_(None),
        sa.and_(generations.c.status != Status.SUCCEEDED, generations.c.completed_at >= before),
    )
    query = (
        sa.select(table.c.generation)
        .join(lead, lead.c.id == table.c.generation)
        .where(~_siblings(lead, needed))
        .distinct()
        .limit(10 * PAGE)
    )
    return list(tx.execute(query).scalars())


def forget(tx: sa.Connection, generation_id: str) -> None:
    """Know nothing of a generation's inputs any more."""
    tx.execute(sa.delete(table).where(table.c.generation == generation_id))


def known(tx: sa.Connection, generation_ids: Iterable[str]) -> set[str]:
    """Those of these generations that inputs are under."""
    query = sa.select(table.c.generation).where(table.c.generation.in_(list(generation_ids)))
    return set(tx.execute(query).scalars())


def _siblings(lead: sa.FromClause, *conditions: sa.ColumnElement[bool]) -> sa.Exists:
    """Whether the batch of `lead` has a generation that all this is true of."""
    return sa.exists().where(generations.c.batch == lead.c.batch, *conditions).correlate(lead)


def _waiting(one: Due | Input) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        table.c.generation == one.generation,
        table.c.place == one.place,
        table.c.state == State.WAITING,
    )


def _held(mine: Input) -> tuple[sa.ColumnElement[bool], ...]:
    return (*_waiting(mine), table.c.taker == mine.taker)


def _read(row: sa.Row[Any], *, busy: bool) -> Input:
    return Input(
        generation=row.generation,
        place=row.place,
        url=row.url,
        state=State(row.state),
        key=row.key,
        bytes=row.bytes,
        tries=row.tries,
        busy=busy,
        taker=row.taker,
    )
