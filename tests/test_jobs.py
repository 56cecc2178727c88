"""The queue, and how workers that died are noticed. Real DBOS; workers are played."""

import subprocess
import sys
from fcntl import LOCK_EX, flock

import pytest
import sqlalchemy as sa

from cutroom import accounts, db, ledger, tables
from cutroom.generations import Draft
from cutroom.jobs import Fleet, Queue
from cutroom.life import Life
from cutroom.types import Status

TTL = 1000.0


@pytest.fixture
def house(tmp_path):
    made = Yard(tmp_path)
    yield made
    made.queue.close()
    made.engine.dispose()


class Yard:
    """A database with a queue in it, and fleets of this process."""

    def __init__(self, folder):
        self.folder = folder
        self.engine = db.connect(f"sqlite:///{folder}/cutroom.db")
        db.upgrade(self.engine)
        self.queue = Queue(self.engine, 0.5)
        self.queue.offer(["cpu"])
        self.life = Life(self.engine, max_attempts=2)
        self.numbers = 0
        with db.writing(self.engine) as tx:
            accounts.ensure(tx, "me")
            ledger.deposit(tx, "me", 1000)

    def submit(self, name):
        draft = Draft(name, "me", "me", "m", "cpu", {}, 1, 1, 10)
        (one,) = self.life.submit([draft]).generations
        with db.writing(self.engine) as tx:  # as the gate does it
            number = self.numbers = self.numbers + 1
            row = tables.generations.c.id == name
            tx.execute(sa.update(tables.generations).where(row).values(admitted=number))
            self.queue.enqueue(tx, name, "me", "cpu", number)
        return one

    def fleet(self):
        return Fleet(self.engine, self.queue, self.folder / "workers", TTL, self.life.lose)

    def worker(self):
        """A worker that neither beats nor looks around."""
        made = self.fleet()
        made._pool = "cpu"
        made._folder.mkdir(exist_ok=True)
        made._appear()
        return made

    def dequeue(self, generation, worker):
        """What DBOS writes when a worker takes a workflow out of the queue."""
        statement = sa.text(
            "UPDATE workflow_status SET status = 'PENDING', executor_id = :worker"
            " WHERE workflow_uuid = :id AND status = 'ENQUEUED'"
        )
        with db.writing(self.engine) as tx:
            done = tx.execute(statement, {"worker": worker, "id": generation.id})
            assert done.rowcount == 1

    def workflow(self, generation):
        query = sa.text(
            "SELECT status, queue_name, queue_partition_key, application_version"
            " FROM workflow_status WHERE workflow_uuid = :id"
        )
        with db.reading(self.engine) as tx:
            return tx.execute(query, {"id": generation.id}).first()

    def workers(self):
        with db.reading(self.engine) as tx:
            return set(tx.execute(sa.select(tables.workers.c.id)).scalars())

    def silence(self, fleet):
        with db.writing(self.engine) as tx:
            tx.execute(
                sa.update(tables.workers)
                .where(tables.workers.c.id == fleet.worker)
                .values(beat=tables.workers.c.beat - TTL - 1)
            )


def die(fleet):
    """What the kernel does for a process that is gone."""
    fleet._lock.close()


def test_a_workflow_waits_in_its_pool_under_its_namespace(house):
    one = house.submit("one")
    assert house.workflow(one) == ("ENQUEUED", "cpu", "me", "1")


def test_what_comes_within_a_moment_is_taken_in_its_order(house):
    names = [house.submit(name).id for name in ("d", "b", "c", "a", "0")]
    query = sa.text(  # the order in which DBOS takes them
        "SELECT workflow_uuid FROM workflow_status WHERE queue_partition_key = 'me'"
        " ORDER BY priority, created_at, workflow_uuid"
    )
    with db.reading(house.engine) as tx:
        assert list(tx.execute(query).scalars()) == names


def test_cancelled_leaves_the_queue(house):
    one = house.submit("one")
    assert house.life.cancel(one.id)
    house.queue.cancel(one.id)
    assert house.workflow(one).status == "CANCELLED"


@pytest.mark.parametrize("how", ["bury_fallen", "bury_silent"])
def test_the_dead_are_buried_and_their_work_is_queued_again(house, how):
    one, two = house.submit("one"), house.submit("two")
    dead, living = house.worker(), house.worker()
    for generation in (one, two):
        house.dequeue(generation, dead.worker)
    house.life.take(one.id, dead.worker)  # it died before it got to the second
    if how == "bury_fallen":
        die(dead)
    else:
        house.silence(dead)
    getattr(living, how)()
    assert house.workers() == {living.worker}
    for generation in (one, two):
        assert house.workflow(generation)[:2] == ("ENQUEUED", "cpu")
        assert house.life.take(generation.id, living.worker)
    assert [house.life.get(name).attempts for name in ("one", "two")] == [2, 1]
    die(dead)
    die(living)


def test_the_living_are_left_alone(house):
    one = house.submit("one")
    busy, other = house.worker(), house.worker()
    house.dequeue(one, busy.worker)
    claim = house.life.take(one.id, busy.worker)
    other.bury_fallen()
    other.bury_silent()
    other.bury_unknown()
    assert house.workers() == {busy.worker, other.worker}
    assert house.life.holds(claim)
    for fleet in (busy, other):
        die(fleet)


def test_one_buries_at_a_time_and_a_burial_cut_short_is_taken_up_again(house):
    one = house.submit("one")
    dead, first, second = house.worker(), house.worker(), house.worker()
    house.dequeue(one, dead.worker)
    house.life.take(one.id, dead.worker)
    die(dead)
    takes_over = first._take_over
    first._take_over = lambda worker: None  # it dies with the spade in its hand
    first.bury_fallen()
    second.bury_fallen()
    assert dead.worker in house.workers(), "somebody else is at it"
    with db.writing(house.engine) as tx:
        tx.execute(sa.update(tables.workers).values(reaped=tables.workers.c.reaped - TTL - 1))
    second.bury_fallen()
    assert dead.worker not in house.workers()
    takes_over(dead.worker)  # and now the first wakes up
    assert house.life.take(one.id, second.worker).attempt == 2
    assert house.workflow(one).status == "ENQUEUED"
    for fleet in (first, second):
        die(fleet)


def test_what_kills_too_often_fails(house):
    one = house.submit("one")
    living = house.worker()
    for _ in range(2):
        dead = house.worker()
        house.dequeue(one, dead.worker)
        house.life.take(one.id, dead.worker)
        die(dead)
        living.bury_fallen()
    found = house.life.get(one.id)
    assert found.status is Status.FAILED
    assert found.error_message == "Gave up after 2 attempts: its worker died each time."
    with db.reading(house.engine) as tx:
        assert ledger.balance(tx, "me").held == 0
    die(living)


def test_one_buried_alive_comes_back_and_what_it_took_meanwhile_is_found(house):
    zombie, living = house.worker(), house.worker()
    house.silence(zombie)
    living.bury_silent()
    one = house.submit("one")
    house.dequeue(one, zombie.worker)  # woken up, it looks into the queue before anything else
    assert house.life.take(one.id, zombie.worker) is None
    living.bury_unknown()
    assert house.workflow(one).status == "ENQUEUED"
    zombie._beat()
    assert zombie.worker in house.workers()
    assert not living.gone(zombie.worker)
    for fleet in (zombie, living):
        die(fleet)


def test_who_leaves_puts_back_what_it_took(house):
    one = house.submit("one")
    leaving = house.worker()
    house.dequeue(one, leaving.worker)
    house.life.take(one.id, leaving.worker)
    assert house.life.give_back(leaving.worker) == ["one"]
    leaving.leave()
    assert house.workers() == set()
    assert house.workflow(one).status == "ENQUEUED"
    die(leaving)


def test_locks_of_strangers_say_nothing(house):
    fleet = house.worker()
    assert not fleet.gone("of-another-machine")
    assert fleet.deserted("of-another-machine")
    with (house.folder / "workers" / "other.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        assert not fleet.gone("other")
        assert not fleet.deserted("other")
    assert fleet.gone("other")
    die(fleet)


def test_a_command_that_needs_no_queue_does_not_load_it(tmp_path):
    code = (
        "import sys, threading; from cutroom.service import Service; from cutroom.settings import Settings;"
        f"s = Service.open(Settings(data_dir={str(tmp_path)!r}));"
        "s.first_start(); names = {t.name for t in threading.enumerate()}; s.close();"
        "sys.exit('dbos' in sys.modules or 'queue-loader' in names)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
