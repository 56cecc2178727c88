"""How long the results of a model take: as long as the last ones took."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import sqlalchemy as sa

from cutroom.tables import generations as table
from cutroom.types import Model

RUNS = 50
"""Generations that are looked at, the last to arrive."""


FRESH = 10.0
"""Seconds for which what the last ones took counts as known."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a model was."""

    per_second: float
    """Seconds of work for a second of result, the median."""
    runs: int
    """Generations that tell it; 1 to `RUNS`."""


def took(tx: sa.Connection, pool: str, model: str) -> Sequence[int]:
    """Seconds that the last of a model's generations took in a pool, from first taken to the end; at most `RUNS`.

    Whole seconds, the latest first.
    """
    query = (
        sa.select(table.c.completed_at - table.c.started_at)
        .where(table.c.status == sa.literal_column("'succeeded'"))  # or the index is not used
        .where(table.c.pool == pool, table.c.model == model)
        .order_by(table.c.seq.desc())
        .limit(RUNS)
    )
    return [max(0, one) for one in tx.execute(query).scalars() if one is not None]


class Times:
    """How long the generations of each model take in each pool, looked up now and then."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[float, Sequence[int]]] = {}

    def took(self, tx: sa.Connection, pool: str, model: str) -> Sequence[int]:
        """As `took`, of now or of a short while ago."""
        looked, found = self._known.get((pool, model), (float("-inf"), ()))
        if time.monotonic() - looked > FRESH:
            found = took(tx, pool, model)
            self._known[pool, model] = time.monotonic(), found
        return found

    def mean(self, tx: sa.Connection, pool: str, model: str) -> float:
        """Seconds that a generation is expected to take: the mean of the model's last ones.

        Of a model that nothing is known of, the mean of those that something is known of; else a second.
        """
        if found := self.took(tx, pool, model):
            return sum(found) / len(found)
        others = [one for (its, _), (_, some) in self._known.items() if its == pool for one in some]
        return sum(others) / len(others) if others else 1.0


def of(tx: sa.Connection, model: Model) -> Pace | None:
    """The pace of a model in its pool; None while nothing of it succeeded.

    From when it was first taken to its end: times are whole seconds, and an attempt that was lost counts.
    """
    query = (
        sa.select(table.c.completed_at - table.c.started_at, table.c.seconds)
        .where(
            # As it stands there, or the index is not used that has them in the order of their arrival.
            table.c.status == sa.literal_column("'succeeded'"),
            table.c.model == model.id,
            table.c.pool == model.pool,
        )
        .order_by(table.c.seq.desc())
        .limit(RUNS)
    )
    paces = [max(0, took) / seconds for took, seconds in tx.execute(query) if seconds]
    return Pace(float(median(paces)), len(paces)) if paces else None
