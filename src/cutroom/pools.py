"""Pools and the workers in them as an operator sees them, and what the operator says about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from cutroom.db import clock, now
from cutroom.errors import NotFound
from cutroom.tables import generations, namespaces, pools, workers
from cutroom.types import Status


@dataclass(frozen=True, slots=True)
class Standing:
    """How a pool stands at one moment."""

    name: str
    workers: int = 0
    """Live ones, less those that leave."""
    running: int = 0
    admitted: int = 0
    """In the queue, not begun."""
    waiting: int = 0
    """Not admitted."""
    oldest: int | None = None
    """Seconds for which the oldest has waited, admitted or not."""
    paused: int | None = None
    """Since when nothing begins, in unix seconds."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A worker as its row tells it."""

    id: str
    host: str
    pool: str
    silent: float
    """Seconds since it was heard of."""
    up: float
    """Seconds since it joined."""
    version: str | None
    device: str | None
    drains: bool
    """Whether it is to take nothing more."""
    generation: str | None
    """What it works on."""


def standings(tx: sa.Connection, ttl: float) -> Sequence[Standing]:
    """Every pool that has workers, that something waits in or runs in, or that something was said about."""
    g, w = generations.c, workers.c
    able = sa.and_(w.beat > clock(tx.engine) - ttl, w.drain.is_(None))
    queued = g.status == Status.QUEUED
    found: dict[str, dict[str, object]] = {}
    for name, query in {
        "workers": sa.select(w.pool, sa.func.count()).where(able),
        "running": sa.select(g.pool, sa.func.count()).where(g.status == Status.PROCESSING),
        "admitted": sa.select(g.pool, sa.func.count()).where(
            g.admitted.is_not(None), g.started_at.is_(None), g.completed_at.is_(None)
        ),
        "waiting": sa.select(g.pool, sa.func.count()).where(queued, g.admitted.is_(None)),
        "oldest": sa.select(g.pool, now() - sa.func.min(g.enqueued_at)).where(queued),
    }.items():
        pool = query.selected_columns[0]
        for key, value in tx.execute(query.group_by(pool)):
            found.setdefault(key, {})[name] = value
    for row in tx.execute(sa.select(pools.c.name, pools.c.paused, pools.c.note)):
        found.setdefault(row.name, {}).update(paused=row.paused, note=row.note)
    return [Standing(name, **of) for name, of in sorted(found.items())]  # type: ignore[arg-type]


def pause(tx: sa.Connection, pool: str, note: str) -> None:
    """Let nothing begin in a pool; what runs goes on. Paused before, it keeps since when."""
    same = pools.c.name == pool
    values = {"paused": sa.func.coalesce(pools.c.paused, now()), "note": note}
    if tx.execute(sa.update(pools).where(same).values(values)).rowcount == 0:
        tx.execute(sa.insert(pools).values(name=pool, paused=now(), note=note))


def resume(tx: sa.Connection, pool: str) -> bool:
    """Let a pool go on; whether it was paused."""
    paused = (pools.c.name == pool, pools.c.paused.is_not(None))
    return tx.execute(sa.update(pools).where(*paused).values(paused=None, note="")).rowcount == 1


def limit(
    tx: sa.Connection, namespace: str, values: Mapping[str, float | None]
) -> tuple[int | None, float]:
    """Change a namespace's `running_limit` (None: the setting's) or `weight`; returns both. Raises NotFound."""
    n = namespaces.c
    if values:
        tx.execute(sa.update(namespaces).where(n.name == namespace).values(dict(values)))
    row = tx.execute(sa.select(n.running_limit, n.weight).where(n.name == namespace)).first()
    if row is None:
        raise NotFound(f"There is no namespace {namespace}")
    return row.running_limit, row.weight


def everyone(tx: sa.Connection) -> Sequence[Seen]:
    """Every worker that has a row, by pool and host."""
    w, g = workers.c, generations.c
    at = clock(tx.engine)
    query = (
        sa.select(
            w.id, w.host, w.pool, (at - w.beat).label("silent"), (at - w.started).label("up"),
            w.version, w.device, w.drain.is_not(None).label("drains"), g.id.label("generation"),
        )
        .select_from(
            workers.outerjoin(
                generations, sa.and_(g.worker == w.id, g.status == Status.PROCESSING)
            )
        )
        .order_by(w.pool, w.host, w.started)
    )  # fmt: skip
    return [Seen(**row._mapping) for row in tx.execute(query)]  # noqa: SLF001 - its public name


def drain(tx: sa.Connection, name: str) -> Sequence[str]:
    """Have a worker, or all of a host, finish what they have and leave. Returns their ids. Raises NotFound."""
    w = workers.c
    statement = (
        sa.update(workers)
        .where(sa.or_(w.id == name, w.host == name))
        .values(drain=sa.func.coalesce(w.drain, clock(tx.engine)))
        .returning(w.id)
    )
    if not (told := list(tx.execute(statement).scalars())):
        raise NotFound(f"There is no worker and no host {name}")
    return told
