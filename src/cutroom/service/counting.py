"""The census, taken now and then however often it is asked for."""

import time
from collections.abc import Iterable
from dataclasses import replace
from threading import Lock

from cutroom import census, db
from cutroom.census import Census
from cutroom.db import Database, reading

FRESH = 5.0
"""Seconds for which a census counts as the present."""


class Counting:
    """Counts what there is in one installation."""

    def __init__(self, engine: Database, worker_ttl: float, pools: Iterable[str]) -> None:
        """`pools` are those that models go to: they count although nobody may work in them."""
        self._engine = engine
        self._pools = tuple(pools)
        self._worker_ttl = worker_ttl
        self._lock = Lock()
        self._last: Census | None = None
        self._taken = 0.0

    def census(self) -> Census:
        """The counts of now, or of a few seconds ago. Raises Unreachable."""
        with self._lock:  # of many that ask at once, one asks the database
            if self._last is None or time.monotonic() - self._taken > FRESH:
                with reading(self._engine) as tx:
                    taken = census.take(tx, db.clock(self._engine), self._worker_ttl)
                nobody = dict.fromkeys(self._pools, 0)
                self._last = replace(taken, workers={**nobody, **taken.workers})
                self._taken = time.monotonic()
            return self._last
