"""The queue, and how workers that died are noticed. Real DBOS; workers are played."""

import subprocess
import sys
import time
from fcntl import LOCK_EX, flock
from threading import Thread

import pytest
import sqlalchemy as sa

from cutroom import accounts, db, ledger, tables
from cutroom.generations import Draft
from cutroom.jobs import Fleet, Queue
from cutroom.life import Life
from cutroom.types import Status

TTL = 1000.0
SHORT = 0.6


@pytest.fixture
def house(tmp_path, database_url):
    made = Yard(tmp_path, database_url)
    yield made
    made.queue.close()
    made.engine.dispose()


class Yard:
    """A database with a queue in it, and fleets of this process."""

    def __init__(self, folder, url):
        self.folder = folder
        self.engine = db.connect(url)
        db.prepare(self.engine)
        self.table = "dbos.workflow_status" if "postgres" in url else "workflow_status"
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

    def worker(self, ttl=TTL, folder="workers"):
        """A worker that neither beats nor looks around."""
        made = Fleet(self.engine, self.queue, self.folder / folder, ttl, self.life.lose)
        made._pool = "cpu"
        made._folder.mkdir(exist_ok=True)
        made._appear()
        return made

    def dequeue(self, generation, worker):
        """What DBOS writes when a worker takes a workflow out of the queue."""
        statement = sa.text(
            f"UPDATE {self.table} SET status = 'PENDING', executor_id = :worker"
            " WHERE workflow_uuid = :id AND status = 'ENQUEUED'"
        )
        with db.writing(self.engine) as tx:
            done = tx.execute(statement, {"worker": worker, "id": generation.id})
            assert done.rowcount == 1

    def workflow(self, generation):
        query = sa.text(
            "SELECT status, queue_name, queue_partition_key, application_version"
            f" FROM {self.table} WHERE workflow_uuid = :id"
        )
        with db.reading(self.engine) as tx:
            return tx.execute(query, {"id": generation.id}).first()

    def workers(self):
        with db.reading(self.engine) as tx:
            return set(tx.execute(sa.select(tables.workers.c.id)).scalars())

    def speak(self, fleet, at):
        """What a worker says when the database's clock shows `at`, in seconds from now."""
        with db.writing(self.engine) as tx:
            tx.execute(
                sa.update(tables.workers)
                .where(tables.workers.c.id == fleet.worker)
                .values(beat=db.clock(self.engine) + at)
            )

    def watch(self, watcher, seconds, meanwhile=lambda: None):
        """Look at the others for so long; `meanwhile` is done before each look."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            meanwhile()
            watcher.bury_silent()
            time.sleep(0.02)

    def bury(self, watcher, silent, meanwhile=lambda: None):
        """Watch until the silent one is buried."""
        hang = time.monotonic() + 60
        while silent.worker in self.workers():
            assert time.monotonic() < hang
            self.watch(watcher, 0.1, meanwhile)


def die(fleet):
    """What the kernel does for a process that is gone."""
    fleet._lock.close()


def test_a_workflow_waits_in_its_pool_under_its_namespace(house):
    one = house.submit("one")
    assert house.workflow(one) == ("ENQUEUED", "cpu", "me", "1")


def test_what_comes_within_a_moment_is_taken_in_its_order(house):
    names = [house.submit(name).id for name in ("d", "b", "c", "a", "0")]
    query = sa.text(  # the order in which DBOS takes them
        f"SELECT workflow_uuid FROM {house.table} WHERE queue_partition_key = 'me'"
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
    dead, living = house.worker(), house.worker(SHORT)
    for generation in (one, two):
        house.dequeue(generation, dead.worker)
    house.life.take(one.id, dead.worker)  # it died before it got to the second
    if how == "bury_fallen":
        die(dead)
        living.bury_fallen()
    else:
        house.bury(living, dead)
    assert house.workers() == {living.worker}
    for generation in (one, two):
        assert house.workflow(generation)[:2] == ("ENQUEUED", "cpu")
        assert house.life.take(generation.id, living.worker)
    assert [house.life.get(name).attempts for name in ("one", "two")] == [2, 1]
    die(dead)
    die(living)


def test_the_living_are_left_alone(house):
    one = house.submit("one")
    busy, other = house.worker(), house.worker(SHORT)
    house.dequeue(one, busy.worker)
    claim = house.life.take(one.id, busy.worker)
    other.bury_fallen()
    house.watch(other, SHORT * 2, busy._beat)
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
    zombie, living = house.worker(), house.worker(SHORT)
    house.bury(living, zombie)
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


def test_clocks_that_are_set_kill_nobody_and_hide_no_death(house):
    busy, dead, other = house.worker(), house.worker(), house.worker(SHORT)
    house.speak(dead, at=3600)  # then the database's clock goes back
    hours = iter(range(10**6))
    house.bury(other, dead, lambda: house.speak(busy, at=-3600 * next(hours)))
    assert house.workers() == {busy.worker, other.worker}
    for fleet in (busy, other, dead):
        die(fleet)


def test_who_could_not_watch_judges_nobody(house):
    quiet, watcher = house.worker(), house.worker(SHORT)
    watcher.bury_silent()
    time.sleep(SHORT * 1.5)  # the database was away, or the watcher frozen
    watcher.bury_silent()
    assert quiet.worker in house.workers()
    house.bury(watcher, quiet)
    for fleet in (quiet, watcher):
        die(fleet)


def test_two_that_bury_at_once_count_one_loss(house):
    one = house.submit("one")
    dead, *reapers = [house.worker() for _ in range(5)]
    house.dequeue(one, dead.worker)
    house.life.take(one.id, dead.worker)
    die(dead)
    threads = [Thread(target=reaper.bury_fallen) for reaper in reapers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert house.life.take(one.id, reapers[0].worker).attempt == 2
    with db.reading(house.engine) as tx:
        assert tx.execute(sa.select(tables.generations.c.lost)).scalar() == 1
    for fleet in reapers:
        die(fleet)


def test_what_a_stranger_holds_is_found(house):
    one = house.submit("one")
    dead, living = house.worker(), house.worker()
    house.dequeue(one, dead.worker)
    house.life.take(one.id, dead.worker)
    with db.writing(
        house.engine
    ) as tx:  # buried by somebody who did not see what it had just taken
        tx.execute(sa.delete(tables.workers).where(tables.workers.c.id == dead.worker))
        tx.execute(sa.text(f"UPDATE {house.table} SET status = 'ENQUEUED', executor_id = NULL"))
    living.bury_unknown()
    assert house.life.take(one.id, living.worker).attempt == 2
    for fleet in (dead, living):
        die(fleet)


def test_a_free_lock_of_another_machine_says_nothing_on_a_shared_folder(house):
    other, here = house.worker(), house.worker()
    house.folder.joinpath("workers", f"{other.worker}.lock").write_text("another kernel")
    die(other)  # its lock, held over there, is not seen here
    here.bury_fallen()
    assert (other.worker in house.workers()) == (house.engine.dialect.name == "postgresql")
    die(here)


def test_a_worker_of_the_same_name_of_host_in_another_folder_is_left_alone(house):
    there, here = house.worker(folder="there"), house.worker(folder="here")
    die(there)
    here.bury_fallen()
    assert there.worker in house.workers()
    die(here)


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
    assert fleet.gone("other") == (house.engine.dialect.name == "sqlite"), (
        "whose kernel it was, it does not say"
    )
    die(fleet)


def test_a_command_that_needs_no_queue_does_not_load_it(tmp_path):
    code = (
        "import sys, threading; from cutroom.service import Service; from cutroom.settings import Settings;"
        f"s = Service.open(Settings(data_dir={str(tmp_path)!r}));"
        "s.first_start(); names = {t.name for t in threading.enumerate()}; s.close();"
        "sys.exit('dbos' in sys.modules or 'queue-loader' in names)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
