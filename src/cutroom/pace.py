"""How long the results of a model take: as long as the last ones took."""

from dataclasses import dataclass
from statistics import median

import sqlalchemy as sa

from cutroom.tables import generations as table
from cutroom.types import Model, Status

RUNS = 50
"""Generations that are looked at, the last to arrive."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a model was."""

    per_second: float
    """Seconds of work for a second of result, the median."""
    runs: int
    """Generations that tell it; 1 to `RUNS`."""


def of(tx: sa.Connection, model: Model) -> Pace | None:
    """The pace of a model in its pool; None while nothing of it succeeded.

    From when it was first taken to its end: times are whole seconds, and an attempt that was lost counts.
    """
    query = (
        sa.select(table.c.completed_at - table.c.started_at, table.c.seconds)
        .where(
            # With the pool an index of SQLite has them in the order of their arrival.
            table.c.status == Status.SUCCEEDED,
            table.c.model == model.id,
            table.c.pool == model.pool,
        )
        .order_by(table.c.seq.desc())
        .limit(RUNS)
    )
    paces = [took / seconds for took, seconds in tx.execute(query) if seconds]
    return Pace(float(median(paces)), len(paces)) if paces else None
