"""What a key or a namespace may spend, and what it has spent: counted from the generations themselves.

There are no counters that could drift. A generation belongs to the period in which it was asked
for; it counts with its hold while it is open, and with its cost afterwards.
"""

from typing import Any

import sqlalchemy as sa

from cutroom.db import now
from cutroom.errors import LimitReached, Unauthenticated
from cutroom.tables import generations, keys, namespaces
from cutroom.terms import Limit, dollars, recorded
from cutroom.types import Status


def limit_key(tx: sa.Connection, key_id: str, limit: Limit | None) -> None:
    """Give a key another limit, or none."""
    tx.execute(sa.update(keys).where(keys.c.id == key_id).values(_columns(limit)))


def limit_namespace(tx: sa.Connection, namespace: str, limit: Limit | None) -> None:
    """Give a namespace another limit, or none."""
    statement = sa.update(namespaces).where(namespaces.c.name == namespace)
    tx.execute(statement.values(_columns(limit)))


def limit_of_namespace(tx: sa.Connection, namespace: str) -> Limit | None:
    """The limit of a namespace."""
    return _limit(tx.execute(sa.select(namespaces).where(namespaces.c.name == namespace)).first())


def admit(tx: sa.Connection, namespace: str, key_id: str | None, amount: int) -> None:
    """Let a request that may cost `amount` pass the limits of who pays and of the key it came with.

    Must be asked before the request's generations are added, in their transaction: whoever else
    spends from either waits for the end of it. Raises LimitReached; Unauthenticated when the key
    was revoked meanwhile.
    """
    moment = now()
    # Always in this order, or two requests could wait for each other. SQLite has one writer anyway.
    payer = sa.select(namespaces).where(namespaces.c.name == namespace)
    limit = _limit(tx.execute(payer.with_for_update(key_share=True)).first())
    if limit and amount > (left := left_of_namespace(tx, namespace, limit, moment)):
        raise LimitReached(_sentence(namespace, limit, left, amount))
    if key_id is None:
        return
    key = tx.execute(sa.select(keys).where(keys.c.id == key_id).with_for_update(key_share=True))
    row = key.first()
    if row is None or row.revoked is not None:
        raise Unauthenticated
    limit = _limit(row)
    if limit and amount > (left := left_of_key(tx, key_id, limit, moment)):
        raise LimitReached(_sentence("this key", limit, left, amount))


def left_of_namespace(tx: sa.Connection, namespace: str, limit: Limit, moment: int) -> int:
    """Micro-dollars that are left of a namespace's limit at a moment, never less than nothing."""
    return _left(tx, generations.c.namespace == namespace, limit, moment)


def left_of_key(tx: sa.Connection, key_id: str, limit: Limit, moment: int) -> int:
    """Micro-dollars that are left of a key's limit at a moment, never less than nothing."""
    return _left(tx, generations.c.key_id == key_id, limit, moment)


def _left(tx: sa.Connection, whose: sa.ColumnElement[bool], limit: Limit, moment: int) -> int:
    spent = sa.case(
        (generations.c.status.in_((Status.QUEUED, Status.PROCESSING)), generations.c.hold),
        else_=sa.func.coalesce(generations.c.cost, 0),
    )
    query = sa.select(sa.func.coalesce(sa.func.sum(spent), 0)).where(
        whose, generations.c.enqueued_at >= limit.period.began(moment)
    )
    return max(0, limit.amount - int(tx.execute(query).scalar_one()))


def _sentence(whose: str, limit: Limit, left: int, amount: int) -> str:
    return (
        f"The spend limit of {whose}, {limit}, leaves {dollars(left)};"
        f" this request may cost {dollars(amount)}."
    )


def _limit(row: sa.Row[Any] | None) -> Limit | None:
    return None if row is None else recorded(row.spend_limit, row.spend_period)


def _columns(limit: Limit | None) -> dict[str, object]:
    if limit is None:
        return {"spend_limit": None, "spend_period": None}
    return {"spend_limit": limit.amount, "spend_period": limit.period.value}
