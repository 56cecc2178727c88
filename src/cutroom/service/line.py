"""The places of what waits and of what is worked on, looked up now and then however often they are asked for."""

import time
from collections.abc import Iterable, Mapping
from threading import Lock

from cutroom import line
from cutroom.db import Database, reading
from cutroom.gate import rules
from cutroom.line import Place
from cutroom.pace import Times
from cutroom.settings import Settings
from cutroom.types import Generation

FRESH = 1.0
"""Seconds for which the places count as the present ones."""
SHARE = 20
"""The line is looked at for one part in so many of the time at most, however long it is."""


class Line:
    """What waits in an installation's pools."""

    def __init__(self, settings: Settings, engine: Database) -> None:
        self._engine = engine
        self._rules = rules(settings)
        self._ttl = settings.worker_ttl
        self._times = Times()
        self._lock = Lock()
        self._places: Mapping[str, Place] = {}
        self._looked = float("-inf")
        self._took = 0.0

    def places(self, generations: Iterable[Generation]) -> Mapping[str, Place]:
        """The place of each that is not final, by id. See `line.places`.

        They are those of now, or of a moment ago; what came since then may be missing. Raises Unreachable.
        """
        wanted = [one.id for one in generations if not one.status.final]
        if not wanted:
            return {}
        known = all(one in self._places for one in wanted)
        # Of many that ask at once, one asks the database; who has an answer of a moment ago does not wait for it.
        if self._lock.acquire(blocking=not known):
            try:
                self._look(known=known or all(one in self._places for one in wanted))
            finally:
                self._lock.release()
        places = self._places
        return {one: places[one] for one in wanted if one in places}

    def _look(self, *, known: bool) -> None:
        patience = max(FRESH if known else 0.0, SHARE * self._took)
        begun = time.monotonic()
        if begun - self._looked > patience:
            with reading(self._engine) as tx:
                self._places = line.places(tx, self._rules, self._times, self._ttl)
            self._looked = time.monotonic()
            self._took = self._looked - begun
