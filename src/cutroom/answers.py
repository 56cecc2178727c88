"""First answers to requests that carried an `Idempotency-Key`: the same request again gets the same.

A first answer is written in the transaction of its generations. So there is one exactly when they are
there, and of two requests at once the second waits for the first.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from cutroom.db import now
from cutroom.errors import KeyReused
from cutroom.tables import answers as table


@dataclass(frozen=True, slots=True)
class Once:
    """A request that must not be carried out twice."""

    namespace: str
    """Whose key it is: others' of the same letters are other keys."""
    key: str
    fingerprint: str
    """SHA-256 of what was asked, hexadecimal."""
    since: int
    """Answers of before, in unix seconds, are forgotten."""


def fingerprint(pieces: Iterable[bytes]) -> str:
    """SHA-256 of everything the pieces say, hexadecimal."""
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def find(tx: sa.Connection, once: Once) -> Sequence[str] | None:
    """The generations of the first answer, None when there is none. Raises KeyReused."""
    query = sa.select(table.c.fingerprint, table.c.generations).where(
        *_named(once), table.c.created >= once.since
    )
    row = tx.execute(query).first()
    if row is None:
        return None
    if row.fingerprint != once.fingerprint:
        raise KeyReused
    return list(row.generations)


def give(tx: sa.Connection, once: Once, generations: Sequence[str]) -> Sequence[str]:
    """The generations of the first answer: these, unless there was one before. Raises KeyReused."""
    tx.execute(sa.delete(table).where(*_named(once), table.c.created < once.since))
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    row = {
        "namespace": once.namespace,
        "key": once.key,
        "fingerprint": once.fingerprint,
        "generations": list(generations),
        "created": now(),
    }
    # PostgreSQL waits here for a twin that was first and is not committed yet.
    tx.execute(insert(table).values(row).on_conflict_do_nothing())
    return find(tx, once) or generations


def prune(tx: sa.Connection, before: int) -> int:
    """Forget what is older than `before`, in unix seconds; returns how many."""
    return tx.execute(sa.delete(table).where(table.c.created < before)).rowcount


def _named(once: Once) -> tuple[sa.ColumnElement[bool], ...]:
    return (table.c.namespace == once.namespace, table.c.key == once.key)
