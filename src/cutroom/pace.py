"""How long the results of a model take: as long as the last ones took."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import sqlalchemy as sa

from cutroom.tables import generations as table
from cutroom.types import Model

RUNS = 50
"""Generations that are looked at, the last to arrive."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a model was."""

    per_second: float
    """Seconds of work for a second of result, the median."""
    runs: int
    """Generations that tell it; 1 to `RUNS`."""


def took(tx: sa.Connection, pool: str, model: str) -> Sequence[int]:
    """Seconds that the last of a model's generations took in a pool, from first taken to the end; at most `RUNS`.

    Whole seconds, the latest first.
    """
    query = (
        sa.select(table.c.completed_at - table.c.started_at)
        .where(table.c.status == sa.literal_column("'succeeded'"))  # or the index is not used
        .where(table.c.pool == pool, table.c.model == model)
        .order_by(table.c.seq.desc())
        .limit(RUNS)
    )
    return [max(0, one) for one in tx.execute(query).scalars() if one is not None]


def of(tx: sa.Connection, model: Model) -> Pace | None:
    """The pace of a model in its pool; None while nothing of it succeeded.

    From when it was first taken to its end: times are whole seconds, and an attempt that was lost counts.
    """
    query = (
        sa.select(table.c.completed_at - table.c.started_at, table.c.seconds)
        .where(
            # As it stands there, or the index is not used that has them in the order of their arrival.
            table.c.status == sa.literal_column("'succeeded'"),
            table.c.model == model.id,
            table.c.pool == model.pool,
        )
        .order_by(table.c.seq.desc())
        .limit(RUNS)
    )
    paces = [took / seconds for took, seconds in tx.execute(query) if seconds]
    return Pace(float(median(paces)), len(paces)) if paces else None
