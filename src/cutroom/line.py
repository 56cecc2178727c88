"""What waits in the pools, in the order in which it is to be taken, and when that will be."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from cutroom import admission, forecast
from cutroom.admission import Rules
from cutroom.db import clock
from cutroom.fairness import Waiting, order
from cutroom.forecast import Eta, Length, Span
from cutroom.pace import Times
from cutroom.tables import generations as table
from cutroom.tables import workers
from cutroom.types import Status

OPEN = (Status.QUEUED, Status.PROCESSING)
FORESEEN = 20_000
"""Places in a pool of which it is told when their turn comes."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a generation stands that is not final."""

    position: int | None = None
    """Among all that waits for the same workers; 1 is next. None: it is worked on."""
    eta: Eta | None = None
    """None where too little is known."""


def places(tx: sa.Connection, rules: Rules, times: Times, ttl: float) -> Mapping[str, Place]:
    """The place of everything that is not final, by id, as of now.

    First what is let into the queue, then the rest in the order in which it would be let in if no other
    came and none ended; what a limit holds back comes last.
    """
    query = sa.select(table.c.pool).where(table.c.status.in_(OPEN)).distinct()
    told: dict[str, Place] = {}
    for pool in tx.execute(query).scalars().all():
        told |= _Pool(tx, pool, times, ttl).places(rules)
    return told


class _Pool:
    """One pool at one moment."""

    def __init__(self, tx: sa.Connection, pool: str, times: Times, ttl: float) -> None:
        self._tx = tx
        self._pool = pool
        self._times = times
        w, g = workers.c, table.c
        self._now = float(tx.execute(sa.select(clock(tx.engine))).scalar_one())
        able = sa.and_(w.pool == pool, w.beat > self._now - ttl, w.drain.is_(None))
        self._workers = set(tx.execute(sa.select(w.id).where(able)).scalars())
        begun = sa.select(g.id, g.model, g.worker, g.started_at, g.progress)
        self._begun = tx.execute(begun.where(g.status == Status.PROCESSING, g.pool == pool)).all()

    def places(self, rules: Rules) -> Mapping[str, Place]:
        """As `line.places`."""
        admitted = admission.ahead(self._tx, self._pool)
        waiting = admission.everything(self._tx, self._pool, self._cost)
        who = {one.namespace for one in waiting}
        turns = admission.turns(self._tx, self._pool, rules, who)
        line = [*admitted, *order(turns, waiting)]
        etas = {} if admission.paused(self._tx, self._pool) else dict(self._etas(line))
        told = {one.id: Place(n, etas.get(one.id)) for n, one in enumerate(line, 1)}
        return told | {row.id: Place(None, etas.get(row.id)) for row in self._begun}

    def _etas(self, line: Sequence[Waiting]) -> Iterable[tuple[str, Eta]]:
        """What is known of when each begins and ends."""
        free, lost, unknown = [], [], False
        for row in self._begun:
            if row.worker is None:
                lost.append(self._length(row.model))  # it is before all others in the queue
                continue
            rest = self._remaining(row.model, row.started_at, row.progress)
            if rest is not None:
                began = Span(row.started_at, row.started_at)
                yield row.id, Eta(began, rest.span(self._now))
            if row.worker in self._workers:
                unknown |= rest is None
                free.append(rest or Length(0.0, 0.0))
        if unknown:
            return
        free += [Length(0.0, 0.0)] * (len(self._workers) - len(free))
        ahead = [*lost, *(self._length(one.model) for one in line[:FORESEEN])]
        dealt = list(forecast.dealt(free, ahead))[len(lost) :]
        for one, found in zip(line, dealt, strict=False):
            if found is not None:
                start, end = found
                yield one.id, Eta(start.span(self._now), end.span(self._now))

    def _cost(self, model: str) -> float:
        return self._times.mean(self._tx, self._pool, model)

    def _length(self, model: str) -> Length | None:
        return forecast.length(self._times.took(self._tx, self._pool, model))

    def _remaining(self, model: str, began: int, done: float) -> Length | None:
        took = self._times.took(self._tx, self._pool, model)
        return forecast.remaining(took, self._now - began, done)
