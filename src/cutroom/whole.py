"""Requests in full, where their rows keep long data: URIs cut short.

There while a generation may need it: until it succeeded, and for a while after it failed or was
cancelled, because it may be tried again.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from cutroom.tables import generations
from cutroom.tables import requests as table


def keep(tx: sa.Connection, generation_id: str, params: Mapping[str, Any]) -> None:
    """Keep the params of a generation, nothing cut."""
    tx.execute(sa.insert(table).values(generation=generation_id, params=dict(params)))


def find(tx: sa.Connection, generation_id: str) -> Mapping[str, Any] | None:
    """What was kept for a generation, None for nothing."""
    query = sa.select(table.c.params).where(table.c.generation == generation_id)
    found: Mapping[str, Any] | None = tx.execute(query).scalar()
    return found


def is_kept(tx: sa.Connection, generation_id: str) -> bool:
    """Whether anything is kept for a generation."""
    query = sa.select(table.c.generation).where(table.c.generation == generation_id)
    return tx.execute(query).first() is not None


def move(tx: sa.Connection, source: str, to: str) -> None:
    """Keep for another generation what was kept for `source`.

    It stays in the database meanwhile, and is there once: it may have tens of megabytes.
    """
    tx.execute(sa.update(table).where(table.c.generation == source).values(generation=to))


def forget(tx: sa.Connection, generation_id: str) -> None:
    """Keep nothing for a generation any more."""
    tx.execute(sa.delete(table).where(table.c.generation == generation_id))


def prune(tx: sa.Connection, before: int) -> int:
    """Forget those of generations that were final before then, in unix seconds; returns how many."""
    ended = sa.select(generations.c.id).where(
        generations.c.id == table.c.generation, generations.c.completed_at < before
    )
    return tx.execute(sa.delete(table).where(sa.exists(ended))).rowcount
