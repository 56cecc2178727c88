"""What webhooks are told: messages that are written with what they tell of, and sent until they arrive.

Each function is a statement or two in the transaction it is given. A message is claimed before each
attempt, by putting off when it is due: whoever claimed it and dies loses nothing but that time.
"""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from cutroom.db import clock, now
from cutroom.errors import NotFound
from cutroom.tables import deliveries as table
from cutroom.tables import webhooks

PAUSES = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds after each failed attempt until the next, as the spec proposes; after the last it is over."""
ATTEMPTS = len(PAUSES) + 1
JITTER = 0.1
"""Part of a pause that is added at random, so that what failed together does not come back together."""
TOLD = 500
"""Letters of an error that are kept."""
PAGE = 100


class State(StrEnum):
    """Where a delivery is in its life."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one webhook. Times are unix seconds."""

    seq: int
    id: str
    """The same in every attempt, so that a receiver knows what it has seen."""
    webhook: str
    name: str
    """The event's."""
    generation: str
    """Empty for a test."""
    payload: str
    """JSON, with the `result_key` where the URL of the result goes."""
    state: State
    attempts: int
    next_at: float | None
    """When the next attempt is due; None once it is over."""
    response_status: int | None
    """What the last attempt was answered with; None without an answer."""
    error: str | None
    """Why the last attempt failed, in words."""
    created: int
    delivered_at: int | None


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery that waits for an attempt."""

    seq: int
    webhook: str
    namespace: str

    @property
    def apart(self) -> str:
        """Its webhook, which gets one at a time: who does not answer delays nobody else."""
        return self.webhook


def add(tx: sa.Connection, webhook_id: str, name: str, generation: str, payload: str) -> Delivery:
    """A message that is due now."""
    row = {
        "id": f"msg_{uuid.uuid4().hex}",
        "webhook": webhook_id,
        "name": name,
        "generation": generation,
        "payload": payload,
        "status": State.PENDING,
        "attempts": 0,
        "next_at": clock(tx.engine),
        "created": now(),
    }
    return _read(tx.execute(sa.insert(table).values(row).returning(table)).one())


def tell_all(tx: sa.Connection, namespace: str, name: str, generation: str, payload: str) -> None:
    """A message to every webhook of a namespace that wants events of that name."""
    # Locked, so that none is removed before this transaction ends: the message would have nowhere to go.
    query = (
        sa.select(webhooks.c.id, webhooks.c.events)
        .where(webhooks.c.namespace == namespace, webhooks.c.disabled.is_(None))
        .with_for_update(read=True, key_share=True)
    )
    for webhook in tx.execute(query).all():
        if not webhook.events or name in webhook.events:
            add(tx, webhook.id, name, generation, payload)


def due(tx: sa.Connection, lease: float) -> Sequence[Due]:
    """What is due, to be claimed for `lease` seconds: of each webhook one, the longest first."""
    query = (
        sa.select(sa.func.min(table.c.seq), table.c.webhook, webhooks.c.namespace)
        .join(webhooks, webhooks.c.id == table.c.webhook)
        .where(table.c.status == State.PENDING, _is_due(clock(tx.engine), lease))
        .group_by(table.c.webhook, webhooks.c.namespace)
        .order_by(sa.func.min(table.c.next_at))
    )
    return [Due(*row) for row in tx.execute(query)]


def claim(tx: sa.Connection, seq: int, lease: float) -> Delivery | None:
    """The delivery for one more attempt, for `lease` seconds nobody else's; None if it is not due."""
    clocked = clock(tx.engine)
    statement = (
        sa.update(table)
        .where(table.c.seq == seq, table.c.status == State.PENDING, _is_due(clocked, lease))
        .values(attempts=table.c.attempts + 1, next_at=clocked + lease)
        .returning(table)
    )
    row = tx.execute(statement).first()
    return None if row is None else _read(row)


def _is_due(clocked: sa.ColumnElement[float], lease: float) -> sa.ColumnElement[bool]:
    """Whether a message's moment has come; also where it is further away than any pause or lease would put it.

    Such a moment was told by a clock that has been set back since.
    """
    longest = {n: max(pause * (1 + JITTER), lease) + 1 for n, pause in enumerate(PAUSES, 1)}
    limit = sa.case({0: 1.0} | longest, value=table.c.attempts, else_=lease + 1)
    return sa.or_(table.c.next_at <= clocked, table.c.next_at > clocked + limit)


def arrived(tx: sa.Connection, attempt: Delivery, status: int) -> None:
    """The attempt was answered as it should be."""
    _record(
        tx,
        attempt,
        status=State.DELIVERED,
        next_at=None,
        response_status=status,
        error=None,
        delivered_at=now(),
    )


def missed(
    tx: sa.Connection, attempt: Delivery, error: str, status: int | None, *, final: bool = False
) -> bool:
    """The attempt failed; whether that was the last."""
    over = final or attempt.attempts >= ATTEMPTS
    pause = 0.0 if over else PAUSES[attempt.attempts - 1]
    pause *= 1 + JITTER * random.random()  # noqa: S311 - nothing to guess
    _record(
        tx,
        attempt,
        status=State.FAILED if over else State.PENDING,
        next_at=None if over else clock(tx.engine) + pause,
        response_status=status,
        error=error[:TOLD],
    )
    return over


def nothing_since(tx: sa.Connection, attempt: Delivery) -> bool:
    """Whether nothing has arrived at the webhook since this message was written."""
    query = sa.select(table.c.seq).where(
        table.c.webhook == attempt.webhook,
        table.c.status == State.DELIVERED,
        table.c.delivered_at >= attempt.created,
    )
    return tx.execute(query.limit(1)).first() is None


def abandon(tx: sa.Connection, webhook_id: str, error: str) -> None:
    """Let nothing that waits be sent to a webhook."""
    statement = (
        sa.update(table)
        .where(table.c.webhook == webhook_id, table.c.status == State.PENDING)
        .values(status=State.FAILED, next_at=None, error=error)
    )
    tx.execute(statement)


def again(tx: sa.Connection, webhook_id: str, delivery_id: str) -> Delivery:
    """The delivery, due now whatever became of it. Raises NotFound."""
    row = tx.execute(sa.select(table).where(*_at(webhook_id, delivery_id))).first()
    if row is None:
        raise NotFound
    waits = {"status": State.PENDING, "next_at": clock(tx.engine), "delivered_at": None}
    statement = sa.update(table).where(table.c.seq == row.seq).values(waits).returning(table)
    return _read(tx.execute(statement).one())


def newest(tx: sa.Connection, webhook_id: str, limit: int = PAGE) -> Sequence[Delivery]:
    """The last deliveries to a webhook, the newest first."""
    query = sa.select(table).where(table.c.webhook == webhook_id)
    return [_read(row) for row in tx.execute(query.order_by(table.c.seq.desc()).limit(limit))]


def prune(tx: sa.Connection, seconds: float) -> int:
    """Forget what has been over for about `seconds`; returns how many."""
    old = sa.and_(table.c.status != State.PENDING, table.c.created < now() - seconds)
    return tx.execute(sa.delete(table).where(old)).rowcount


def _record(tx: sa.Connection, attempt: Delivery, **values: object) -> None:
    """Note how an attempt ended, unless another was begun since."""
    mine = (table.c.seq == attempt.seq, table.c.attempts == attempt.attempts)
    tx.execute(sa.update(table).where(*mine).values(values))


def _at(webhook_id: str, delivery_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (table.c.webhook == webhook_id, table.c.id == delivery_id)


def _read(row: sa.Row[Any]) -> Delivery:
    return Delivery(
        seq=row.seq,
        id=row.id,
        webhook=row.webhook,
        name=row.name,
        generation=row.generation,
        payload=row.payload,
        state=State(row.status),
        attempts=row.attempts,
        next_at=row.next_at,
        response_status=row.response_status,
        error=row.error,
        created=row.created,
        delivered_at=row.delivered_at,
    )
