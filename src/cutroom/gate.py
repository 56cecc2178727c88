"""The gate between what is accepted and the queue: lets in as many as the workers can take, in fair order.

A round opens whenever something was accepted, taken, ended, cancelled or lost, right after the
commit of that, and in every heartbeat of every worker. It is a transaction of its own: whoever dies
before it leaves rows that are queued and not admitted, and the next round of anybody, a heartbeat
later at the latest, lets them in. Whoever dies in it leaves nothing. What was admitted is in the
queue: the row says so in the same commit that makes the workflow.
"""

import logging
from collections.abc import Iterable

import sqlalchemy as sa

from cutroom import admission
from cutroom.admission import Rules
from cutroom.db import reading, writing
from cutroom.errors import Unreachable
from cutroom.fairness import Turns, Waiting
from cutroom.jobs import Queue
from cutroom.pace import Times
from cutroom.settings import Settings

log = logging.getLogger(__name__)


def rules(settings: Settings) -> Rules:
    """What may run at once, by the settings."""
    return Rules(settings.running_limit or None, settings.model_limits)


class Gate:
    """The gate of one installation; every process has one, and they agree through the database."""

    def __init__(self, settings: Settings, engine: sa.Engine, queue: Queue) -> None:
        self._engine = engine
        self._queue = queue
        self._ttl = settings.worker_ttl
        self._rules = rules(settings)
        self._times = Times()

    def round(self) -> None:
        """Let in whatever there is room for. Never raises: another round comes soon."""
        try:
            with reading(self._engine) as tx:
                if not admission.room(tx, self._ttl):
                    return
            self._queue.opened()
            with writing(self._engine) as tx:
                admission.lock(tx)
                for pool, room in admission.room(tx, self._ttl).items():
                    self._fill(tx, pool, room)
        except Unreachable as error:
            log.warning("nothing could be let into the queue: %s", error.message)
        except Exception:
            log.exception("nothing could be let into the queue")

    def _fill(self, tx: sa.Connection, pool: str, room: int) -> None:
        """Let in the next `room` of a pool, as far as limits allow."""
        heads = self._known(tx, pool, admission.heads(tx, pool))
        turns = admission.turns(tx, pool, self._rules, {one.namespace for one in heads})
        while room and (one := turns.next(heads)):
            heads.remove(one)
            if self._let_in(tx, pool, turns, one):
                room -= 1
            heads += self._known(tx, pool, admission.following(tx, pool, one))

    def _let_in(self, tx: sa.Connection, pool: str, turns: Turns, one: Waiting) -> bool:
        number = admission.admit(tx, pool, one)
        if number is None:  # cancelled in this moment
            return False
        self._queue.enqueue(tx, one.id, one.namespace, pool, number)
        turns.admit(one)
        admission.keep(tx, pool, one.namespace, turns)
        return True

    def _known(self, tx: sa.Connection, pool: str, some: Iterable[Waiting]) -> list[Waiting]:
        return [one.costing(self._times.mean(tx, pool, one.model)) for one in some]
