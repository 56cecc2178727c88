"""Workers and servers die at any moment; every accepted generation still ends, and is paid once."""

import os
import random
import signal
import sys
import time
from contextlib import suppress

import pytest

from cutroom.types import Status

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def test_a_killed_worker_s_generation_runs_again(running):
    generation = running.one("sleep:2")
    engine = running.working(generation)
    os.kill(running.worker_of(generation), signal.SIGKILL)
    found = running.final(generation)
    assert (found.status, found.attempts) == (Status.SUCCEEDED, 2)
    assert not running.alive(engine), "the engine outlived its worker"
    running.check()


def test_what_kills_its_worker_every_time_fails_with_a_reason(running):
    poison, after = running.one("kill-worker"), running.one("sleep:0.1")
    found = running.final(poison)
    assert (found.status, found.attempts) == (Status.FAILED, 3)
    assert found.error_message == "Gave up after 3 attempts: its worker died each time."
    assert running.final(after).status is Status.SUCCEEDED
    running.check()


@pytest.mark.parametrize("moment", [0.0, 0.8, 2.2])
def test_a_killed_server_loses_nothing(house, moment):
    generations = house.start().submit("sleep:1", count=2)
    if moment:
        house.working(generations[0])
        time.sleep(moment)
    house.kill_server()
    house.start()
    for generation in generations:
        assert house.final(generation).status is Status.SUCCEEDED
    house.stop()
    house.check()


def test_a_frozen_worker_that_wakes_up_changes_nothing(house):
    house.start(workers=2)
    generation = house.one("sleep:3")
    house.working(generation)
    frozen = house.worker_of(generation)
    os.kill(frozen, signal.SIGSTOP)
    try:
        found = house.final(generation)
    finally:
        os.kill(frozen, signal.SIGCONT)
    assert (found.status, found.attempts) == (Status.SUCCEEDED, 2)
    assert house.final(house.one("sleep:0.1")).status is Status.SUCCEEDED
    house.stop()
    assert house.get(generation) == found
    house.check()


def test_sigterm_lets_what_runs_finish(house):
    generation = house.start(drain_timeout=30).one("sleep:2")
    house.working(generation)
    house.stop()
    found = house.get(generation)
    assert (found.status, found.attempts) == (Status.SUCCEEDED, 1)
    house.check()


def test_what_sigterm_cannot_wait_for_runs_later_and_counts_as_no_loss(house):
    house.start(drain_timeout=0)
    generation = house.one("once:sleep:60 sleep:0.2")
    house.working(generation)
    house.stop(timeout=20)
    found = house.get(generation)
    assert (found.status, found.error_message) == (Status.PROCESSING, None)
    assert house.worker_of(generation) is None
    house.start(max_attempts=1)  # one loss would be one too many
    assert house.final(generation).status is Status.SUCCEEDED
    house.stop()
    house.check()


def test_random_deaths(house):
    """Two workers, two namespaces, eight generations, four kills."""
    rng = random.Random(4)
    house.service.add_credit("other", house.started)
    house.settings = house.settings.model_copy(update={"max_attempts": 50})
    house.start(workers=2)
    generations = [
        generation
        for namespace in ("default", "other")
        for generation in house.submit("sleep:0.5", count=4, namespace=namespace)
    ]
    cancelled = rng.choice(generations)
    for n in range(4):
        time.sleep(rng.uniform(0.5, 2.5))
        if n == 2:
            house.cancel(cancelled)
        busy = [pid for generation in generations if (pid := house.worker_of(generation))]
        if busy:
            with suppress(ProcessLookupError):  # it has not been buried yet
                os.kill(rng.choice(busy), signal.SIGKILL)
    ends = {generation.id: house.final(generation).status for generation in generations}
    assert ends.pop(cancelled.id) in {Status.CANCELLED, Status.SUCCEEDED}
    assert set(ends.values()) == {Status.SUCCEEDED}
    house.stop()
    house.check("default", "other")
