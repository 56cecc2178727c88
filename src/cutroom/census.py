"""What there is at one moment: generations, workers, what waits and how long. Counts, and nobody's names."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from cutroom.db import now
from cutroom.tables import deliveries, generations, namespaces, pools, workers
from cutroom.types import Status


@dataclass(frozen=True, slots=True)
class Census:
    """The counts of one moment."""

    generations: Mapping[tuple[str, str, str], int]
    """(status, model, pool) -> how many there are."""
    oldest: Mapping[str, int]
    """Pool -> seconds for which its oldest queued generation has waited."""
    workers: Mapping[str, int]
    """Pool -> workers that were heard of lately; 0 for one that models go to and nobody works in."""
    admitted: Mapping[str, int]
    """Pool -> generations that are let into its queue and not begun."""
    paused: frozenset[str]
    """Pools in which nothing begins."""
    held: int
    """Micro-dollars that all namespaces together have on hold."""
    deliveries: int
    """Messages to webhooks that have still to be delivered."""


def take(tx: sa.Connection, clock: sa.ColumnElement[float], worker_ttl: float) -> Census:
    """Count. Of the generations an index alone is read, and no row but those that wait."""
    g, w, d = generations.c, workers.c, deliveries.c
    every = sa.select(g.status, g.model, g.pool, sa.func.count()).group_by(
        g.status, g.model, g.pool
    )
    waiting = (
        sa.select(g.pool, sa.func.min(g.enqueued_at))
        .where(g.status == Status.QUEUED)
        .group_by(g.pool)
    )
    alive = sa.select(w.pool, sa.func.count()).where(w.beat > clock - worker_ttl).group_by(w.pool)
    admitted = (
        sa.select(g.pool, sa.func.count())
        # As the index has it.
        .where(g.admitted.is_not(None), g.started_at.is_(None), g.completed_at.is_(None))
        .group_by(g.pool)
    )
    paused = sa.select(pools.c.name).where(pools.c.paused.is_not(None))
    held = sa.select(sa.func.coalesce(sa.func.sum(namespaces.c.held), 0))
    pending = sa.select(sa.func.count()).where(d.status == "pending")
    moment = now()
    return Census(
        generations={(row[0], row[1], row[2]): row[3] for row in tx.execute(every)},
        oldest={row[0]: max(0, moment - row[1]) for row in tx.execute(waiting)},
        workers={row[0]: row[1] for row in tx.execute(alive)},
        admitted={row[0]: row[1] for row in tx.execute(admitted)},
        paused=frozenset(tx.execute(paused).scalars()),
        held=int(tx.execute(held).scalar_one()),
        deliveries=tx.execute(pending).scalar_one(),
    )
