"""PostgreSQL goes away: killed while work is under way, or just before it could say that it has committed."""

import signal
import sys
import time

import pytest
from between import Wire
from history import violations
from town import Town
from visitor import Visitor, together

from servers import Postgres

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

TAKE = rb"UPDATE generations SET.*worker.*attempts"
FINISH = rb"INSERT INTO events"


@pytest.fixture(scope="module")
def wired(tmp_path_factory, birds_clip):
    """A town whose only way to its database is a wire; the database is its own, to be killed."""
    folder = tmp_path_factory.mktemp("wired")
    postgres = Postgres.make(folder / "postgres")
    url = postgres.create()
    wire = Wire(postgres.port)
    made = Town(folder / "town", url, birds_clip, through=wire.port, settings={"drain_timeout": 1})
    visitor = Visitor(made.urls, "alice", made.keys["alice"])
    try:
        yield made.start(), visitor, postgres, wire
        made.until(lambda: not made.pending(), 20, "something is left to do")
        assert set(made.stop().values()) == {0}
        assert violations(together([visitor], made), made.kept()) == []
        assert visitor.surprises == []
    except BaseException:
        print(made.tail())
        raise
    finally:
        visitor.close()
        made.close()
        wire.close()
        postgres.stop()


@pytest.mark.parametrize("step", [TAKE, FINISH], ids=["take", "finish"])
def test_a_commit_whose_answer_is_lost_has_happened_once(wired, step):
    _, visitor, _, wire = wired
    wire.swallow(step)
    (generation,) = visitor.submit("sleep:0.1", "succeeded")
    assert wire.swallowed.wait(30)
    assert visitor.follow(generation, 20) == "succeeded"


def test_who_is_terminated_meanwhile_ends_and_loses_nothing(wired):
    made, visitor, _, wire = wired
    (generation,) = visitor.submit("once:sleep:2 sleep:0.1", "succeeded")
    made.until(lambda: visitor.status(generation) == "processing", 30, "nobody begins")
    before = {one.name: one.process.pid for one in made.processes}
    wire.cut()
    for one in made.processes:
        one.signal(signal.SIGTERM)
    gone = [one for one in made.processes if one.process.pid == before[one.name]]
    try:
        made.until(
            lambda: all(one.process.pid != before[one.name] for one in gone), 45, "it does not end"
        )
    finally:
        wire.mend()
    assert visitor.follow(generation, 60) == "succeeded"


def test_a_database_that_is_killed_under_a_generation_costs_nothing(wired):
    made, visitor, postgres, _ = wired
    (generation,) = visitor.submit("sleep:2", "succeeded")
    made.until(lambda: visitor.status(generation) == "processing", 30, "nobody begins")
    time.sleep(0.5)
    postgres.kill()
    time.sleep(2)
    postgres.start()
    assert visitor.follow(generation, 60) == "succeeded"
