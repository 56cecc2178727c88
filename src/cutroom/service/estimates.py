"""What a request would come to: its plan, its price, and how long it may take."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from cutroom import pace
from cutroom.db import Database, reading
from cutroom.pace import Pace
from cutroom.types import Model

FRESH = 5.0
"""Seconds for which a pace counts as the present one."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one generation of a request would come to."""

    model: Model
    engine: str
    """As settings call it."""
    plan: Mapping[str, Any] | None
    """What would be done; None where that is refused, or where the engine tells no plans."""
    refusal: Mapping[str, Any] | None
    seconds: float | None
    """Length of the result, where the request tells it."""
    at_most: int
    """Micro-dollars that would be held for it."""
    pace: Pace | None
    """None while nothing of the model succeeded."""


class Paces:
    """The paces of an installation's models, looked up now and then however often they are asked for."""

    def __init__(self, engine: Database) -> None:
        self._engine = engine
        self._lock = Lock()
        self._known: dict[str, tuple[float, Pace | None]] = {}

    def of(self, model: Model) -> Pace | None:
        """The pace of now, or of a few seconds ago. Raises Unreachable."""
        with self._lock:  # of many that ask at once, one asks the database
            looked, found = self._known.get(model.id, (float("-inf"), None))
            if time.monotonic() - looked > FRESH:
                with reading(self._engine) as tx:
                    found = pace.of(tx, model)
                self._known[model.id] = time.monotonic(), found
            return found
