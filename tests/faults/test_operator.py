"""What an operator does to a running installation: a pool that pauses, a worker that is to leave."""

import sqlalchemy as sa

from cutroom.db import writing
from cutroom.tables import pools
from cutroom.types import Status


def test_pause_resume_and_drain(house):
    pools = house.service.pools
    house.start()
    running = house.one("sleep:3")
    house.working(running)
    pools.pause("cpu", "new driver")
    waits = house.one("sleep:0.1")
    assert house.final(running).status is Status.SUCCEEDED, "what runs goes on"
    (standing,) = pools.standings()
    assert (standing.running, standing.admitted + standing.waiting) == (0, 1)
    assert (standing.note, house.get(waits).status) == ("new driver", Status.QUEUED)
    assert pools.resume("cpu")
    assert house.final(waits).status is Status.SUCCEEDED
    last = house.one("sleep:3")
    house.working(last)
    (worker,) = pools.workers()
    assert (worker.pool, worker.generation, worker.drains) == ("cpu", last.id, False)
    assert pools.drain(worker.host) == [worker.id]
    left = house.one("sleep:0.1")
    assert house.final(last).attempts == 1, "it finishes what it has"
    house.until(lambda: not pools.workers(), 20, "it does not leave")
    house.until(lambda: not house.workers(), 20, "its process is there, or another's")
    assert house.get(left).status is Status.QUEUED
    house.stop()
    house.start()
    assert house.final(left).status is Status.SUCCEEDED, (
        "a server that is started anew has new workers"
    )
    house.stop()
    house.check()


def test_a_worker_that_has_nothing_leaves_a_paused_pool(house):
    """Also with a generation that it took out of the queue and may not begin."""
    house.service.pools.pause("cpu")
    house.start()
    house.until(house.service.pools.workers, 30, "no worker comes")
    with writing(house.service._engine) as tx:
        tx.execute(sa.update(pools).values(paused=None))
    one = house.one("sleep:0.1")  # admitted at once: the worker is free
    house.service.pools.pause("cpu")
    (worker,) = house.service.pools.workers()
    house.service.pools.drain(worker.id)
    house.until(lambda: not house.service.pools.workers(), 30, "it does not leave")
    house.stop()
    house.service.pools.resume("cpu")
    house.start()
    assert house.final(one).status is Status.SUCCEEDED
    house.stop()
    house.check()
