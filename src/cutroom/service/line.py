"""The places of what waits, looked up now and then however often they are asked for."""

import time
from collections.abc import Iterable, Mapping
from threading import Lock

from cutroom import line
from cutroom.db import Database, reading
from cutroom.types import Generation, Status

FRESH = 1.0
"""Seconds for which the places count as the present ones."""
SHARE = 20
"""The line is looked at for one part in so many of the time at most, however long it is."""


class Line:
    """What waits in an installation's pools."""

    def __init__(self, engine: Database) -> None:
        self._engine = engine
        self._lock = Lock()
        self._places: Mapping[str, int] = {}
        self._looked = float("-inf")
        self._took = 0.0

    def places(self, generations: Iterable[Generation]) -> Mapping[str, int]:
        """The place in its pool of each that is queued, by id; 1 is next. See `line.places`.

        They are those of now, or of a moment ago; what came since then may be missing. Raises Unreachable.
        """
        waiting = [one.id for one in generations if one.status is Status.QUEUED]
        if not waiting:
            return {}
        with self._lock:  # of many that ask at once, one asks the database
            known = all(one in self._places for one in waiting)
            patience = max(FRESH if known else 0.0, SHARE * self._took)
            begun = time.monotonic()
            if begun - self._looked > patience:
                with reading(self._engine) as tx:
                    self._places = line.places(tx)
                self._looked = time.monotonic()
                self._took = self._looked - begun
            return {one: self._places[one] for one in waiting if one in self._places}
