"""What is being worked on, and how far it is."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from cutroom.tables import generations as table
from cutroom.tables import previews as frames
from cutroom.types import Status


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a generation is that is being worked on."""

    id: str
    namespace: str
    user: str
    model: str
    done: float
    """0..1."""
    preview: int | None = None
    """The version of the newest frame to be seen of it."""


def everything(tx: sa.Connection) -> Sequence[Progress]:
    """Everything that is being worked on; as much as there are workers."""
    columns = (table.c.id, table.c.namespace, table.c.user, table.c.model, table.c.progress)
    query = (
        sa.select(*columns, frames.c.version)
        .outerjoin(frames, frames.c.generation == table.c.id)
        .where(table.c.status == Status.PROCESSING)
    )
    return [Progress(*row) for row in tx.execute(query)]
