"""The generations' rows. Each function is a statement or two in the transaction it is given.

A worker writes through a claim: who it is and which attempt. Whoever lost its claim, a frozen
worker that wakes up say, changes no row any more. That is all the fencing there is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from cutroom import previews, whole
from cutroom.db import now
from cutroom.errors import NotFound
from cutroom.tables import generations as table
from cutroom.tables import pools, workers
from cutroom.types import PLAYGROUND, Generation, Status
from cutroom.urls import shortened

OPEN = (Status.QUEUED, Status.PROCESSING)
"""What is not final."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A generation that is about to be accepted. Money is micro-dollars."""

    id: str
    namespace: str
    user: str
    model: str
    pool: str
    params: Mapping[str, Any]
    seed: int
    price: int
    hold: int
    origin: str = ""
    key_id: str | None = None
    repo: str | None = None
    """Where in the namespace the result shall lie, with `folder`."""
    folder: str | None = None
    retried_from: str | None = None
    batch: str | None = None
    """The same for all that one request asks for."""
    priority: int = 0
    """Among its namespace's own, the lower goes first."""
    inputs: Mapping[int, str] = field(default_factory=dict)
    """The files to be copied into the storage, by their places among those of the request: URLs."""
    trace: str | None = None
    """The traceparent of its request, where traces are sent."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right of one worker to write to one generation, until it is finished or taken away."""

    id: str
    worker: str
    attempt: int
    """1 for the first; part of the result's key, so that no two attempts write to one place."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a generation ended."""

    status: Status
    error_kind: str | None = None
    error_message: str | None = None
    result_key: str | None = None
    seconds: float | None = None
    """Length of the result."""
    notes: tuple[str, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    """What the engine tells beside them, for the owner alone: name -> text."""


def add(tx: sa.Connection, draft: Draft) -> Generation:
    """A new queued generation."""
    short = {name: shortened(value) for name, value in draft.params.items()}
    statement = (
        sa.insert(table)
        .values(
            id=draft.id,
            namespace=draft.namespace,
            user=draft.user,
            model=draft.model,
            pool=draft.pool,
            origin=draft.origin,
            key_id=draft.key_id,
            params=short,
            seed=draft.seed,
            status=Status.QUEUED,
            progress=0.0,
            enqueued_at=now(),
            price=draft.price,
            hold=draft.hold,
            attempts=0,
            lost=0,
            notes=[],
            repo=draft.repo,
            folder=draft.folder,
            retried_from=draft.retried_from,
            batch=draft.batch,
            priority=draft.priority,
            trace=draft.trace,
        )
        .returning(table)
    )
    row = tx.execute(statement).one()
    if short != draft.params:
        whole.keep(tx, draft.id, draft.params)
    return read(row)


def request(tx: sa.Connection, generation_id: str) -> Mapping[str, Any]:
    """The params of a generation that is not final, nothing cut. Raises NotFound."""
    found = whole.find(tx, generation_id)
    return get(tx, generation_id).params if found is None else found


def get(tx: sa.Connection, generation_id: str) -> Generation:
    """One generation. Raises NotFound."""
    row = tx.execute(sa.select(table).where(table.c.id == generation_id)).first()
    if row is None:
        raise NotFound
    return read(row)


def take(tx: sa.Connection, generation_id: str, worker: str) -> Claim | None:
    """The claim on a generation that nobody holds; None when it is held or final, or its pool paused.

    None also for a worker that the fleet does not know: nobody would notice its death.
    """
    # Held until the transaction is over: who buries this worker sees what it took, or it takes nothing.
    known = sa.select(workers.c.id).where(workers.c.id == worker)
    if tx.execute(known.with_for_update(read=True, key_share=True)).first() is None:
        return None
    statement = (
        sa.update(table)
        .where(
            table.c.id == generation_id,
            table.c.status.in_(OPEN),
            table.c.worker.is_(None),
            ~sa.exists().where(pools.c.name == table.c.pool, pools.c.paused.is_not(None)),
        )
        .values(
            status=Status.PROCESSING,
            worker=worker,
            attempts=table.c.attempts + 1,
            progress=0.0,
            started_at=sa.func.coalesce(table.c.started_at, now()),
        )
        .returning(table.c.attempts)
    )
    attempt = tx.execute(statement).scalar()
    return None if attempt is None else Claim(generation_id, worker, attempt)


def claim_of(tx: sa.Connection, generation_id: str, worker: str) -> Claim | None:
    """The claim by which a worker holds a generation; None when it does not."""
    query = sa.select(table.c.attempts).where(*_held(worker), table.c.id == generation_id)
    attempt = tx.execute(query).scalar()
    return None if attempt is None else Claim(generation_id, worker, attempt)


def holds(tx: sa.Connection, claim: Claim, *, still: bool = False) -> bool:
    """Whether the claim stands: not cancelled, not given to another worker; `still`: until `tx` is over."""
    query = sa.select(table.c.id).where(*_claimed(claim))
    return tx.execute(query.with_for_update() if still else query).first() is not None


def progress(tx: sa.Connection, claim: Claim, done: float) -> bool:
    """Note that `done` (0..1) is done, never less than before; whether the claim still stands."""
    done = min(max(done, 0.0), 1.0)
    statement = (
        sa.update(table)
        .where(*_claimed(claim))
        .values(progress=sa.case((table.c.progress < done, done), else_=table.c.progress))
    )
    return tx.execute(statement).rowcount == 1


def finish(
    tx: sa.Connection, claim: Claim, outcome: Outcome, cost: int | None = None
) -> Generation | None:
    """The generation with its one final status; None when the claim no longer stands."""
    values: dict[str, Any] = {
        "status": outcome.status,
        "error_kind": outcome.error_kind,
        "error_message": outcome.error_message,
        "result_key": outcome.result_key,
        "seconds": outcome.seconds,
        "notes": list(outcome.notes),
        "details": dict(outcome.details) or None,
        "cost": cost,
    }
    if outcome.status is Status.SUCCEEDED:
        values["progress"] = 1.0
    return _end(tx, *_claimed(claim), **values)


def cancel(tx: sa.Connection, generation_id: str) -> Generation | None:
    """The generation, cancelled now, whoever works on it; None when it was final before."""
    return _end(tx, table.c.id == generation_id, table.c.status.in_(OPEN), status=Status.CANCELLED)


def delete(tx: sa.Connection, generation_id: str) -> str | None:
    """Note that a final generation was deleted; returns where its result lay, for that to go too."""
    found = get(tx, generation_id).result_key
    gone = {"deleted_at": now(), "result_key": None}
    tx.execute(sa.update(table).where(table.c.id == generation_id).values(gone))
    return found


def older(tx: sa.Connection, before: int, limit: int = 500) -> list[tuple[str, str]]:
    """Ids and keys of results that were there before then, in unix seconds; the oldest first."""
    query = (
        sa.select(table.c.id, table.c.result_key)
        .where(table.c.status == Status.SUCCEEDED, table.c.result_key.is_not(None))
        .where(table.c.completed_at < before)
        .order_by(table.c.seq)
    )
    return [(row.id, row.result_key) for row in tx.execute(query.limit(limit))]


def troubled(tx: sa.Connection, since: int) -> list[Generation]:
    """Those that ended since then, in unix seconds, and of which attempts came to nothing."""
    query = sa.select(table).where(
        table.c.completed_at >= since,
        sa.or_(table.c.attempts > 1, table.c.status != Status.SUCCEEDED),
        table.c.attempts > 0,
    )
    return [read(row) for row in tx.execute(query)]


def lose(tx: sa.Connection, holder: str | Claim) -> dict[str, int]:
    """Take what a worker held, or one claim, away from it, because the process died.

    Returns how often each generation has been lost by now, this time included.
    """
    held = _claimed(holder) if isinstance(holder, Claim) else _held(holder)
    statement = (
        sa.update(table)
        .where(*held)
        .values(worker=None, lost=table.c.lost + 1)
        .returning(table.c.id, table.c.lost)
    )
    return {row.id: row.lost for row in tx.execute(statement)}


def give_up(tx: sa.Connection, generation_id: str, outcome: Outcome) -> Generation | None:
    """The generation, failed although nobody holds it; None when it is held or final."""
    return _end(
        tx,
        table.c.id == generation_id,
        table.c.status.in_(OPEN),
        table.c.worker.is_(None),
        status=outcome.status,
        error_kind=outcome.error_kind,
        error_message=outcome.error_message,
    )


def refuse(tx: sa.Connection, generation_id: str, outcome: Outcome) -> Generation | None:
    """The generation, failed whoever works on it; None when it was final before."""
    return _end(
        tx,
        table.c.id == generation_id,
        table.c.status.in_(OPEN),
        status=outcome.status,
        error_kind=outcome.error_kind,
        error_message=outcome.error_message,
    )


def give_back(tx: sa.Connection, worker: str) -> list[str]:
    """Let go of what a worker holds, for another to take; counts as no loss. Returns the ids."""
    statement = sa.update(table).where(*_held(worker)).values(worker=None).returning(table.c.id)
    return [row.id for row in tx.execute(statement)]


def _held(worker: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (table.c.worker == worker, table.c.status == Status.PROCESSING)


def _claimed(claim: Claim) -> tuple[sa.ColumnElement[bool], ...]:
    return (*_held(claim.worker), table.c.id == claim.id, table.c.attempts == claim.attempt)


def _end(
    tx: sa.Connection, *conditions: sa.ColumnElement[bool], **values: object
) -> Generation | None:
    statement = (
        sa.update(table)
        .where(*conditions)
        .values(worker=None, completed_at=now(), **values)
        .returning(table)
    )
    row = tx.execute(statement).first()
    if row is None:
        return None
    previews.forget(tx, row.id)
    if row.status == Status.SUCCEEDED:
        whole.forget(tx, row.id)
    return read(row)


def read(row: sa.Row[Any]) -> Generation:
    """The generation that a whole row of the table tells."""
    return Generation(
        id=row.id,
        namespace=row.namespace,
        user=row.user,
        model=row.model,
        params=row.params,
        status=Status(row.status),
        progress=float(row.progress),
        enqueued_at=row.enqueued_at,
        started_at=row.started_at,
        completed_at=row.completed_at,
        error_kind=row.error_kind,
        error_message=row.error_message,
        result_key=row.result_key,
        seconds=row.seconds,
        price=row.price,
        hold=row.hold,
        cost=row.cost,
        attempts=row.attempts,
        seed=row.seed,
        origin=row.origin,
        key_id=row.key_id,
        notes=tuple(row.notes),
        details=row.details or {},
        repo=row.repo or PLAYGROUND,
        folder=row.folder,
        retried_from=row.retried_from,
        seq=row.seq,
        batch=row.batch,
        pool=row.pool,
        expected=row.expected,
        deleted_at=row.deleted_at,
        trace=row.trace,
    )
