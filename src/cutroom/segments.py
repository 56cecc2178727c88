"""The segments of long results that are being made: who makes which, and where finished parts lie.

Each function is one step in the transaction it is given. A worker writes through its name: who was taken for
dead, and whose segment went to another, changes no row any more. What two workers should make of one segment
is the same to the bit, so it does not matter whose part stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from cutroom.tables import generations
from cutroom.tables import segments as table

ENDS = ("succeeded", "failed", "cancelled")
"""Statuses after which nobody needs a part."""


@dataclass(frozen=True, slots=True)
class Work:
    """The result, or a pass on the way to it, that segments belong to."""

    generation: str
    mark: str
    """What it is made of, as a digest: parts of one mark fit together."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment as its row tells."""

    number: int
    first: int
    stop: int
    """It has the frames `first` up to `stop` of the result."""
    done: int
    """Frames of it that are made."""
    key: str | None
    """Where the finished part lies in the storage; None: it is not finished."""
    worker: str | None
    """Who works on it."""
    alone: bool
    """Whether it is left to the worker that holds the generation, for a helper failed."""

    @property
    def free(self) -> bool:
        """Whether it waits for somebody."""
        return self.key is None and self.worker is None


def plan(tx: sa.Connection, work: Work, spans: Sequence[tuple[int, int]]) -> None:
    """Have rows for all spans; those that are there stay as they are."""
    if all_of(tx, work):
        return
    rows = [
        {"generation": work.generation, "mark": work.mark, "number": number, "first": first,
         "stop": stop, "done": 0}
        for number, (first, stop) in enumerate(spans)
    ]  # fmt: skip
    tx.execute(sa.insert(table), rows)


def all_of(tx: sa.Connection, work: Work) -> list[Segment]:
    """All segments of one work, in order; none where nobody planned it."""
    query = sa.select(table).where(*_of(work)).order_by(table.c.number)
    return [
        Segment(row.number, row.first, row.stop, row.done, row.key, row.worker, row.alone)
        for row in tx.execute(query)
    ]


def planned(tx: sa.Connection, generation: str) -> bool:
    """Whether a generation has any segments."""
    query = sa.select(table.c.number).where(table.c.generation == generation).limit(1)
    return tx.execute(query).first() is not None


def waiting(tx: sa.Connection, generation: str) -> int:
    """How many segments of a generation wait for a helper."""
    query = sa.select(sa.func.count()).where(
        table.c.generation == generation, _free(), table.c.alone.is_(sa.false())
    )
    return tx.execute(query).scalar() or 0


def take(tx: sa.Connection, work: Work, number: int, worker: str) -> bool:
    """Begin with a segment; False where another was first."""
    statement = (
        sa.update(table)
        .where(*_of(work), table.c.number == number, _free())
        .values(worker=worker, done=0)
    )
    return tx.execute(statement).rowcount == 1


def progress(tx: sa.Connection, work: Work, number: int, worker: str, done: int) -> bool:
    """Note how many frames are made; whether the segment is still this worker's."""
    statement = sa.update(table).where(*_held(work, number, worker)).values(done=done)
    return tx.execute(statement).rowcount == 1


def finish(tx: sa.Connection, work: Work, number: int, key: str) -> None:
    """Note that the part lies there, whoever made it."""
    statement = (
        sa.update(table)
        .where(*_of(work), table.c.number == number)
        .values(key=key, worker=None, done=table.c.stop - table.c.first)
    )
    tx.execute(statement)


def miss(tx: sa.Connection, work: Work, number: int, key: str) -> None:
    """Have a part made again that is not where it was."""
    statement = (
        sa.update(table)
        .where(*_of(work), table.c.number == number, table.c.key == key)
        .values(key=None, done=0)
    )
    tx.execute(statement)


def wrest(tx: sa.Connection, work: Work, stuck: Segment) -> bool:
    """Take a segment away from a helper that got no further, and leave it to the generation's worker."""
    statement = (
        sa.update(table)
        .where(*_held(work, stuck.number, stuck.worker), table.c.done == stuck.done)
        .values(worker=None, done=0, alone=True)
    )
    return tx.execute(statement).rowcount == 1


def leave(tx: sa.Connection, worker: str) -> None:
    """Let go of all that a worker works on."""
    statement = sa.update(table).where(table.c.worker == worker).values(worker=None, done=0)
    tx.execute(statement)


def keep(tx: sa.Connection, generation: str) -> None:
    """Leave a generation's segments to its own worker from now on, for a helper failed at one."""
    tx.execute(sa.update(table).where(table.c.generation == generation).values(alone=True))


def forget(tx: sa.Connection, generation: str) -> None:
    """Nothing is left of a generation's segments."""
    tx.execute(sa.delete(table).where(table.c.generation == generation))


def left(tx: sa.Connection) -> list[str]:
    """Generations that are final, and have segments all the same."""
    query = (
        sa.select(table.c.generation)
        .join(generations, generations.c.id == table.c.generation)
        .where(generations.c.status.in_(ENDS))
        .distinct()
    )
    return list(tx.execute(query).scalars())


def _of(work: Work) -> tuple[sa.ColumnElement[bool], ...]:
    return (table.c.generation == work.generation, table.c.mark == work.mark)


def _held(work: Work, number: int, worker: str | None) -> tuple[sa.ColumnElement[bool], ...]:
    return (*_of(work), table.c.number == number, table.c.worker == worker)


def _free() -> sa.ColumnElement[bool]:
    return sa.and_(table.c.key.is_(None), table.c.worker.is_(None))
