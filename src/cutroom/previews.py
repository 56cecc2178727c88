"""The newest frame to be seen of each generation that is being made. Gone once it is final."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from cutroom.db import clock
from cutroom.tables import previews as table


@dataclass(frozen=True, slots=True)
class Preview:
    """A frame of a result."""

    image: bytes
    """A JPEG."""
    version: int
    """Larger than that of every frame before it."""


def put(tx: sa.Connection, generation_id: str, image: bytes) -> None:
    """Keep a frame in the place of the one before. The generation's row must be held meanwhile."""
    values = {"image": image, "made": clock(tx.engine)}
    newer = sa.update(table).where(table.c.generation == generation_id)
    if tx.execute(newer.values(version=table.c.version + 1, **values)).rowcount == 0:
        tx.execute(sa.insert(table).values(generation=generation_id, version=1, **values))


def find(tx: sa.Connection, generation_id: str) -> Preview | None:
    """The newest frame of a generation, None without any."""
    query = sa.select(table.c.image, table.c.version).where(table.c.generation == generation_id)
    row = tx.execute(query).first()
    return None if row is None else Preview(row.image, row.version)


def versions(tx: sa.Connection, generation_ids: Collection[str]) -> Mapping[str, int]:
    """The versions of those frames that are there, by generation."""
    query = sa.select(table.c.generation, table.c.version).where(
        table.c.generation.in_(generation_ids)
    )
    return {row.generation: row.version for row in tx.execute(query)}


def forget(tx: sa.Connection, generation_id: str) -> None:
    """Keep no frame of a generation any more."""
    tx.execute(sa.delete(table).where(table.c.generation == generation_id))
