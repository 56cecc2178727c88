"""Which generations may go to the queue: what the gate reads and writes, in the transaction it is given.

A row that is queued and not admitted waits here; admitted, it waits in the queue's pool for the next
worker. Rows of earlier code are in the queue and not admitted: they are admitted all the same when
their turn comes, which changes nothing in the queue.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from cutroom.db import clock
from cutroom.fairness import Share, Turns, Waiting, corrected
from cutroom.tables import generations as table
from cutroom.tables import namespaces, pools, shares, workers
from cutroom.types import Generation, Status

LOCK = 0x67617465
"""The number of the advisory lock under which PostgreSQL admits."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What may run at once, by the settings."""

    namespace: int | None = None
    """Generations of a namespace that has no limit of its own; None: any number."""
    models: Mapping[str, int] = field(default_factory=dict)
    """Generations of a model; not named: any number."""


def waits(g: sa.FromClause) -> sa.ColumnElement[bool]:
    """Queued, not admitted. The word stands there as it is: else no partial index would be used."""
    return sa.and_(g.c.status == sa.literal_column("'queued'"), g.c.admitted.is_(None))


def admitted(g: sa.FromClause) -> sa.ColumnElement[bool]:
    """Queued, admitted: in words that the index of just these knows."""
    return sa.and_(g.c.admitted.is_not(None), g.c.started_at.is_(None), g.c.completed_at.is_(None))


def spare(live: int) -> int:
    """How many are admitted beyond what the live workers can take.

    None for a small fleet: the round after a finish admits the next within milliseconds, long before the
    worker looks, and one more would make a newcomer wait for it. A large one ends many a second, and
    its rounds wait for each other; a thirtieth more is no delay that anybody notices.
    """
    return live // 32


def lock(tx: sa.Connection) -> None:
    """Be the only one that admits until `tx` is over; SQLite writes one at a time as it is."""
    if tx.dialect.name == "postgresql":
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))


def room(tx: sa.Connection, ttl: float) -> Mapping[str, int]:
    """Pool -> how many more its workers could take; pools where that is any and something waits.

    Reads the workers, what they work on and what is admitted, but hardly anything of what waits.
    """
    w, g = workers.c, table.c
    able = sa.and_(w.beat > clock(tx.engine) - ttl, w.drain.is_(None))
    stopped = sa.select(pools.c.name).where(pools.c.paused.is_not(None))
    live = sa.select(w.pool, sa.func.count()).where(able, w.pool.not_in(stopped)).group_by(w.pool)
    free = {pool: count + spare(count) for pool, count in tx.execute(live)}
    if not free:
        return {}
    # What one has that leaves or is dead takes no place of those that stay; what was lost or given
    # back waits in the queue for one of them.
    running = (
        sa.select(g.pool, sa.func.count())
        .select_from(table.outerjoin(workers, w.id == g.worker))
        .where(g.status == Status.PROCESSING, sa.or_(g.worker.is_(None), able))
        .group_by(g.pool)
    )
    ahead = sa.select(g.pool, sa.func.count()).where(admitted(table)).group_by(g.pool)
    for query in (running, ahead):
        for pool, count in tx.execute(query):
            free[pool] = free.get(pool, 0) - count
    return {pool: count for pool, count in free.items() if count > 0 and _any(tx, pool)}


def _any(tx: sa.Connection, pool: str) -> bool:
    query = sa.select(table.c.seq).where(waits(table), table.c.pool == pool).limit(1)
    return tx.execute(query).first() is not None


def heads(tx: sa.Connection, pool: str) -> Sequence[Waiting]:
    """The first of each model of each namespace that waits in a pool; `cost` is not known yet.

    One look into the index for each of them, however many wait behind.
    """
    here, told = table.alias("here"), table.alias("told")
    line = sa.select(_first(pool, table.alias("first")).label("seq")).cte("line", recursive=True)
    # Not one look for a pair greater than this one: SQLite would walk through all of the namespace.
    same = table.alias("same")
    model = _first(pool, same, same.c.namespace == here.c.namespace, same.c.model > here.c.model)
    other = table.alias("other")
    namespace = _first(pool, other, other.c.namespace > here.c.namespace)
    line = line.union_all(
        sa.select(sa.func.coalesce(model, namespace)).select_from(
            line.join(here, here.c.seq == line.c.seq)
        )
    )
    query = _told(told).join(line, line.c.seq == told.c.seq)
    return [Waiting(*row) for row in tx.execute(query)]


def following(tx: sa.Connection, pool: str, one: Waiting) -> Sequence[Waiting]:
    """The first that waits of the same namespace and model now; none, where nothing does."""
    query = (
        _told(table)
        .where(waits(table), table.c.pool == pool)
        .where(table.c.namespace == one.namespace, table.c.model == one.model)
        .order_by(table.c.priority, table.c.seq)
        .limit(1)
    )
    return [Waiting(*row) for row in tx.execute(query)]


def everything(
    tx: sa.Connection, pool: str, cost: Callable[[str], float] = lambda _: 1.0
) -> Sequence[Waiting]:
    """All that waits in a pool and is not admitted, in no order; `cost` tells seconds of a model."""
    query = _told(table).where(waits(table), table.c.pool == pool)
    rows = tx.execute(query).all()
    costs = {model: cost(model) for model in {row.model for row in rows}}
    return [
        Waiting(row.seq, row.id, row.namespace, row.model, row.priority, costs[row.model])
        for row in rows
    ]


def ahead(tx: sa.Connection, pool: str) -> Sequence[Waiting]:
    """What is admitted to a pool and not begun, in its order."""
    query = _told(table).where(admitted(table), table.c.pool == pool).order_by(table.c.admitted)
    return [Waiting(*row) for row in tx.execute(query)]


def paused(tx: sa.Connection, pool: str) -> bool:
    """Whether nothing begins in a pool."""
    query = sa.select(pools.c.paused).where(pools.c.name == pool)
    return tx.execute(query).scalar() is not None


def turns(tx: sa.Connection, pool: str, rules: Rules, who: Collection[str]) -> Turns:
    """A pool as the policy sees it, with the shares of these namespaces."""
    n = namespaces.c
    found = tx.execute(sa.select(pools.c.clock).where(pools.c.name == pool)).scalar()
    made = Turns(found or 0.0, limits=rules.models)
    query = (
        sa.select(n.name, sa.func.coalesce(shares.c.served, 0.0), n.weight, n.running_limit)
        .select_from(
            namespaces.outerjoin(
                shares, sa.and_(shares.c.namespace == n.name, shares.c.pool == pool)
            )
        )
        .where(n.name.in_(who))
    )
    for name, served, weight, own in tx.execute(query):
        made.shares[name] = Share(served, weight, limit=rules.namespace if own is None else own)
    for name, model in tx.execute(_begun()):
        made.running[model] = made.running.get(model, 0) + 1
        if name in made.shares:
            made.shares[name].running += 1
    return made


def admit(tx: sa.Connection, pool: str, one: Waiting) -> int | None:
    """Its number in the pool's order of admission, from 1 on; None where it waits no more."""
    number = sa.select(sa.func.coalesce(sa.func.max(pools.c.admissions), 0) + 1).where(
        pools.c.name == pool
    )
    taken = (
        sa.update(table)
        .where(table.c.seq == one.seq, waits(table))
        .values(admitted=number.scalar_subquery(), expected=one.cost)
        .returning(table.c.admitted)
    )
    given = tx.execute(taken).scalar()
    if given is not None:
        _keep(tx, pools, {"name": pool}, {"admissions": given}, note="")
    return given


def keep(tx: sa.Connection, pool: str, namespace: str, turns: Turns) -> None:
    """Write down the pool's clock and what a namespace got, after one of its own was admitted."""
    _keep(tx, pools, {"name": pool}, {"clock": turns.clock}, note="")
    who = {"pool": pool, "namespace": namespace}
    _keep(tx, shares, who, {"served": turns.shares[namespace].served})


def settle(tx: sa.Connection, ended: Generation) -> None:
    """Correct what its namespace was given of the pool by the time that it really took."""
    if ended.expected is None:  # never admitted
        return
    took = 0.0
    if ended.started_at is not None and ended.completed_at is not None:
        took = max(0.0, float(ended.completed_at - ended.started_at))  # clocks are set back
    query = (
        sa.select(shares.c.served, namespaces.c.weight)
        .join(namespaces, namespaces.c.name == shares.c.namespace)
        .where(shares.c.pool == ended.pool, shares.c.namespace == ended.namespace)
        .with_for_update(of=shares)
    )
    for served, weight in tx.execute(query).all():
        now = corrected(served, ended.expected, took, weight)
        who = {"pool": ended.pool, "namespace": ended.namespace}
        _keep(tx, shares, who, {"served": now})


def _told(g: sa.FromClause) -> sa.Select[Any]:
    return sa.select(g.c.seq, g.c.id, g.c.namespace, g.c.model, g.c.priority)


def _first(pool: str, g: sa.FromClause, *more: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    """The first that waits in a pool by namespace, model and turn."""
    query = sa.select(g.c.seq).where(waits(g), g.c.pool == pool, *more)
    order = (g.c.namespace, g.c.model, g.c.priority, g.c.seq)
    return query.order_by(*order).limit(1).scalar_subquery()


def _begun() -> sa.CompoundSelect[Any]:
    """Namespace and model of each that is worked on or admitted, in all pools.

    Not counted here: to group them SQLite would rather walk through an index of all there are.
    """
    each = sa.select(table.c.namespace, table.c.model)
    return sa.union_all(
        each.where(table.c.status == Status.PROCESSING), each.where(admitted(table))
    )


def _keep(
    tx: sa.Connection,
    of: sa.Table,
    who: Mapping[str, str],
    values: Mapping[str, float],
    **first: str,
) -> None:
    """Change a row, or make it."""
    same = [of.c[name] == value for name, value in who.items()]
    if tx.execute(sa.update(of).where(*same).values(values)).rowcount == 0:
        tx.execute(sa.insert(of).values({**who, **values, **first}))
