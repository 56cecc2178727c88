"""How long results took: the median of the last ones, for a second of result."""

import uuid

import sqlalchemy as sa

from cutroom import generations, pace, tables
from cutroom.catalog import Catalog
from cutroom.generations import Claim, Draft, Outcome
from cutroom.pace import Pace
from cutroom.types import Status

MODEL, OTHER = Catalog.load().models[:2]


def ran(tx, took, seconds, status=Status.SUCCEEDED, model=MODEL):
    """A generation that took so long."""
    draft = Draft(str(uuid.uuid4()), "me", "me", model.id, model.pool, {}, 7, 10, 100)
    claim = generations.take(tx, generations.add(tx, draft).id, "w")
    assert isinstance(claim, Claim)
    assert generations.finish(tx, claim, Outcome(status, seconds=seconds)) is not None
    table = tables.generations
    times = {"started_at": 1000, "completed_at": 1000 + took}
    tx.execute(sa.update(table).where(table.c.id == draft.id).values(times))


def test_the_median_of_what_succeeded_of_this_model(tx):
    assert pace.of(tx, MODEL) is None
    for took, seconds in ((10, 5.0), (12, 4.0), (400, 4.0)):
        ran(tx, took, seconds)
    ran(tx, 1, 5.0, status=Status.FAILED)
    ran(tx, 1, 5.0, model=OTHER)
    assert pace.of(tx, MODEL) == Pace(3.0, 3)
    ran(tx, 8, 4.0)
    assert pace.of(tx, MODEL) == Pace(2.5, 4)
    assert pace.of(tx, OTHER) == Pace(0.2, 1)


def test_only_the_last_of_them_count(tx):
    ran(tx, 1000, 1.0)
    for _ in range(pace.RUNS):
        ran(tx, 6, 3.0)
    assert pace.of(tx, MODEL) == Pace(2.0, pace.RUNS)
    ran(tx, 0, 0.0)  # a result of no length tells nothing
    assert pace.of(tx, MODEL) == Pace(2.0, pace.RUNS - 1)
