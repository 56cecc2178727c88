"""Who is next and when: the order of the gate, and what was learned of those that ran before."""

import uuid

import pytest
import sqlalchemy as sa

from cutroom import admission, db, forecast, generations, line, tables
from cutroom.admission import Rules
from cutroom.forecast import Length
from cutroom.generations import Draft, Outcome
from cutroom.pace import Times
from cutroom.types import Status

NO = Rules()
TTL = 20.0
table = tables.generations


def add(tx, namespace="me", pool="cpu", **more):
    draft = Draft(str(uuid.uuid4()), namespace, "me", "m", pool, {}, 7, 10, 100, **more)
    return generations.add(tx, draft).id


def ran(tx, *took, pool="cpu"):
    """Generations that took so many seconds."""
    for seconds in took:
        one = add(tx, pool=pool)
        generations.finish(tx, generations.take(tx, one, "b"), Outcome(Status.SUCCEEDED))
        times = {"started_at": 1000, "completed_at": 1000 + seconds}
        tx.execute(sa.update(table).where(table.c.id == one).values(times))


def alive(tx, *names, pool="cpu"):
    """Workers of this pool, heard of just now."""
    now = db.clock(tx.engine)
    w = tables.workers
    tx.execute(sa.update(w).where(w.c.id.in_(names)).values(pool=pool, beat=now))


def look(tx, rules=NO):
    return line.places(tx, rules, Times(), TTL)


def told(tx, rules=NO):
    """What waits, in its order."""
    places = {one: place.position for one, place in look(tx, rules).items() if place.position}
    assert sorted(places.values()) == list(range(1, len(places) + 1))
    return sorted(places, key=places.__getitem__)


def test_the_order_of_arrival_and_priority(tx):
    assert look(tx) == {}
    mine = [add(tx) for _ in range(3)]
    urgent = add(tx, priority=-1)
    assert told(tx) == [urgent, *mine]
    generations.take(tx, urgent, "w")
    assert told(tx) == mine
    assert look(tx)[urgent].position is None
    generations.cancel(tx, mine[1])
    assert told(tx) == [mine[0], mine[2]]


def test_namespaces_take_turns_by_their_weight(tx):
    mine = [add(tx) for _ in range(4)]
    yours = [add(tx, "you") for _ in range(2)]
    assert told(tx) == [mine[0], yours[0], mine[1], yours[1], mine[2], mine[3]]
    n = tables.namespaces
    tx.execute(sa.update(n).where(n.c.name == "me").values(weight=2.0))
    assert told(tx) == [mine[0], yours[0], mine[1], mine[2], yours[1], mine[3]]


def test_what_is_let_in_comes_first_and_what_is_held_back_last(tx):
    mine = [add(tx) for _ in range(3)]
    yours = [add(tx, "you") for _ in range(2)]
    (one,) = [one for one in admission.everything(tx, "cpu") if one.id == yours[1]]
    assert admission.admit(tx, "cpu", one) == 1
    assert told(tx) == [yours[1], mine[0], yours[0], mine[1], mine[2]]
    assert told(tx, Rules(namespace=1)) == [yours[1], mine[0], yours[0], mine[1], mine[2]]
    assert told(tx, Rules(models={"m": 3})) == [yours[1], mine[0], yours[0], mine[1], mine[2]]
    tx.execute(sa.update(table).where(table.c.id == mine[0]).values(model="n"))
    assert told(tx, Rules(models={"m": 1})) == [yours[1], mine[0], yours[0], mine[1], mine[2]]


def test_pools_have_lines_of_their_own(tx):
    mine, other = add(tx), add(tx, pool="gpu")
    assert {one: place.position for one, place in look(tx).items()} == {mine: 1, other: 1}


def test_when_is_told_of_what_waits_and_of_what_runs(tx):
    ran(tx, 60, 58, 62, 60, 60)
    first, second, third = (add(tx) for _ in range(3))
    assert all(place.eta is None for place in look(tx).values()), "there is no worker"
    alive(tx, "w")
    generations.take(tx, first, "w")
    etas = {one: place.eta for one, place in look(tx).items()}
    began = etas[first].start
    assert began.low == began.high
    for n, one in enumerate((first, second, third)):
        if n:
            assert abs((etas[one].start.low + etas[one].start.high) / 2 - began.low - 60 * n) < 3
        middle = (etas[one].finish.low + etas[one].finish.high) / 2
        assert abs(middle - began.low - 60 * (n + 1)) < 3
        assert etas[one].finish.low <= middle <= etas[one].finish.high
    width = [etas[one].finish.high - etas[one].finish.low for one in (second, third)]
    assert width[0] <= width[1], "what is further off is told less exactly"
    tx.execute(sa.insert(tables.pools).values(name="cpu", note="", paused=1))
    assert all(place.eta is None for place in look(tx).values())


def test_when_is_not_told_without_enough_that_ran(tx):
    ran(tx, *[60] * (forecast.ENOUGH - 1))
    alive(tx, "w")
    one = add(tx)
    assert look(tx)[one].eta is None
    ran(tx, 60)
    assert look(tx)[one].eta is not None


def test_work_is_dealt_to_whoever_is_free_first():
    def seconds(*several):
        return [Length(one, 0.0) for one in several]

    starts = [both[0].mean for both in forecast.dealt(seconds(0, 25), seconds(10, 10, 10, 10))]
    assert starts == [0, 10, 20, 25]
    assert list(forecast.dealt([], seconds(10))) == [None]
    ahead = [*seconds(10), None, *seconds(10)]
    assert [both is not None for both in forecast.dealt(seconds(0), ahead)] == [True, False, False]


def test_what_is_left_of_one_that_runs():
    took = [50.0, 60.0, 70.0, 60.0, 60.0]
    assert forecast.remaining(took, 0.0, 0.0).mean == pytest.approx(60)
    assert forecast.remaining(took, 55.0, 0.0).mean == pytest.approx(7.5)
    assert forecast.remaining(took, 500.0, 0.0).mean == pytest.approx(125), "longer than any"
    assert forecast.remaining(took, 30.0, 0.25).mean == pytest.approx(90), "its own word counts"
    assert forecast.remaining([], 30.0, 0.25).mean == pytest.approx(90)
    assert forecast.remaining([], 30.0, 0.0) is None
