"""Generations as lists: filtered, the last to arrive first, in pages, with what they cost together."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from cutroom import generations
from cutroom.errors import NotFound
from cutroom.generations import OPEN
from cutroom.search import mentioning
from cutroom.tables import generations as table
from cutroom.types import PLAYGROUND, Generation, Status

MEDIA_TYPE = "video"
"""What every generation makes."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which generations of a namespace. None: whichever."""

    namespace: str
    statuses: Collection[Status] | None = None
    model: str | None = None
    media_type: str | None = None
    repo: str | None = None
    """The repository their results lie in."""
    folder: str | None = None
    batch: str | None = None
    deleted: bool | None = None
    """Whether their results are gone at their owner's wish."""
    words: str | None = None
    """What their prompts have, in any order."""

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """What a row must be like."""
        # SQLite would rather look through a namespace's thousands than at a batch's four.
        owner = table.c.namespace if self.batch is None else table.c.namespace.concat("")
        found = [owner == self.namespace]
        if self.statuses is not None:
            found.append(table.c.status.in_(self.statuses))
        if self.model is not None:
            found.append(table.c.model == self.model)
        if self.media_type not in {None, MEDIA_TYPE}:
            found.append(sa.false())
        if self.repo is not None:
            found.append(sa.func.coalesce(table.c.repo, PLAYGROUND) == self.repo)
        if self.folder is not None:
            found.append(table.c.folder == self.folder)
        if self.batch is not None:
            found.append(table.c.batch == self.batch)
        if self.deleted is not None:
            found.append(table.c.deleted_at.is_not(None) == self.deleted)
        return [*found, *mentioning(self.words or "")]


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the generations that were wanted, and what is known of all of them."""

    generations: Sequence[Generation]
    entries: int
    """All of them, on whichever page."""
    cost: int | None
    """Micro-dollars of all of them; None where nothing was charged."""


def newest(tx: sa.Connection, wanted: Wanted, limit: int, skip: int = 0) -> Sequence[Generation]:
    """At most `limit` generations after the first `skip`, the last to arrive first."""
    order: sa.ColumnElement[int] = table.c.seq
    if wanted.statuses == OPEN or wanted.batch is not None:
        # These are few: found by what they are and sorted, not looked for among all by their order.
        order = order + 0
    query = (
        sa.select(table)
        .where(*wanted.conditions())
        .order_by(order.desc())
        .limit(limit)
        .offset(skip)
    )
    return [generations.read(row) for row in tx.execute(query)]


def after(
    tx: sa.Connection, wanted: Wanted, last: str | None, limit: int, *, oldest_first: bool = False
) -> Sequence[Generation]:
    """At most `limit` generations that come after `last` and are not deleted; from the first without it.

    Raises NotFound when `last` is none of those wanted.
    """
    conditions = [*wanted.conditions(), table.c.deleted_at.is_(None)]
    if last is not None:
        place = sa.select(table.c.seq).where(*wanted.conditions(), table.c.id == last)
        seq = tx.execute(place).scalar()
        if seq is None:
            raise NotFound
        conditions.append(table.c.seq > seq if oldest_first else table.c.seq < seq)
    order = table.c.seq.asc() if oldest_first else table.c.seq.desc()
    query = sa.select(table).where(*conditions).order_by(order).limit(limit)
    return [generations.read(row) for row in tx.execute(query)]


def page(tx: sa.Connection, wanted: Wanted, number: int, size: int) -> Page:
    """Page `number`, counted from 1, of `size` generations; empty past the last."""
    count, cost = sa.func.count(), sa.func.sum(table.c.cost)
    row = tx.execute(sa.select(count, cost).where(*wanted.conditions())).one()
    entries = int(row[0])
    skip = (number - 1) * size
    found = newest(tx, wanted, size, skip) if skip < entries else ()
    return Page(found, entries, None if row[1] is None else int(row[1]))
