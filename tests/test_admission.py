"""The gate: how many it lets into the queue, whose, and that nothing gets stuck before it. Both databases."""

import threading
import uuid

import pytest
import sqlalchemy as sa

from cutroom import accounts, admission, db, ledger, tables
from cutroom.gate import Gate
from cutroom.generations import Draft, Outcome
from cutroom.jobs import Queue
from cutroom.life import Life
from cutroom.settings import Settings
from cutroom.types import Status

DONE = Outcome(Status.SUCCEEDED, result_key="k", seconds=1.0)


class House:
    """An installation whose workers are played: rows that live, and `take` by hand."""

    def __init__(self, folder, url, **settings):
        self.settings = Settings(data_dir=folder, database_url=url, **settings)
        self.engine = db.connect(url)
        db.upgrade(self.engine)
        self.queue = Queue(self.engine, 0.5)
        self.queue.opened()
        self.gate = Gate(self.settings, self.engine, self.queue)
        self.life = Life(self.engine, 2, self.gate.round)
        self.numbers = 0
        self.queued = "workflow_status" if "sqlite" in url else "dbos.workflow_status"

    def close(self):
        self.queue.close()
        self.engine.dispose()

    def worker(self, name, pool="cpu", **more):
        with db.writing(self.engine) as tx:
            now = tx.execute(sa.select(db.clock(self.engine))).scalar()
            row = {"id": name, "host": "h", "pid": 1, "pool": pool, "started": now, "beat": now}
            tx.execute(sa.insert(tables.workers).values(row | more))
        self.life._moved()

    def namespace(self, name, **values):
        with db.writing(self.engine) as tx:
            accounts.ensure(tx, name)
            ledger.deposit(tx, name, 10_000)
            n = tables.namespaces
            if values:
                tx.execute(sa.update(n).where(n.c.name == name).values(values))

    def submit(self, namespace, *, model="m", pool="cpu", priority=0, life=None):
        self.numbers += 1
        name = f"{namespace}{self.numbers}"
        draft = Draft(name, namespace, "u", model, pool, {}, 1, 1, 1, priority=priority)
        return (life or self.life).submit([draft]).generations[0].id

    def let_in(self, pool="cpu"):
        """What is in the queue and not begun, in its order."""
        with db.reading(self.engine) as tx:
            return [one.id for one in admission.ahead(tx, pool)]

    def workflows(self):
        """Of what there is a workflow."""
        query = (
            f"SELECT workflow_uuid FROM {self.queued} WHERE status = 'ENQUEUED' ORDER BY priority"
        )
        with db.reading(self.engine) as tx:
            return list(tx.exec_driver_sql(query).scalars())

    def carry_out(self, worker, pool="cpu"):
        """The next of the queue, begun and finished by a worker; its id."""
        one = self.let_in(pool)[0]
        claim = self.life.take(one, worker)
        assert claim is not None
        assert self.life.finish(claim, DONE)
        return one


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def installation(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("admission")
    if request.param == "sqlite":
        url = f"sqlite:///{folder}/cutroom.db"
    else:
        url = request.getfixturevalue("postgres").create()
    made = House(folder, url)
    yield made
    made.close()


@pytest.fixture
def house(installation):
    """The installation of this module, empty but for three namespaces."""
    made = installation
    with db.writing(made.engine) as tx:
        for table in reversed(tables.metadata.sorted_tables):
            tx.execute(sa.delete(table))
        tx.exec_driver_sql(f"DELETE FROM {made.queued}")
    made.life = Life(made.engine, 2, made.gate.round)
    for name in ("a", "b", "c"):
        made.namespace(name)
    return made


def test_as_many_as_workers_can_take_and_whose_turn_it_is(house):
    flood = [house.submit("a") for _ in range(6)]
    assert house.let_in() == [], "there is no worker"
    house.worker("w")
    assert house.let_in() == house.workflows() == flood[:1]
    late = house.submit("b")
    urgent = house.submit("a", priority=-1)
    assert house.let_in() == flood[:1]
    assert [house.carry_out("w") for _ in range(4)] == [flood[0], late, urgent, flood[1]]
    house.worker("v")
    assert house.let_in() == flood[2:4]


def test_a_busy_worker_has_no_room_and_one_that_leaves_takes_none_of_others(house):
    house.worker("w")
    ids = [house.submit("a") for _ in range(4)]
    claim = house.life.take(ids[0], "w")
    assert house.let_in() == []
    house.worker("v")
    assert house.let_in() == [ids[1]]
    with db.writing(house.engine) as tx:  # w is to leave once it is done
        tx.execute(sa.update(tables.workers).where(tables.workers.c.id == "w").values(drain=1.0))
    house.life.take(ids[1], "v")
    assert house.let_in() == []
    house.life.finish(claim, DONE)
    assert house.let_in() == []


def test_the_dead_have_no_room_and_what_they_lost_goes_first(house):
    house.worker("w")
    house.worker("v")
    ids = [house.submit("a") for _ in range(4)]
    house.life.take(ids[0], "w")
    house.life.take(ids[1], "v")
    with db.writing(house.engine) as tx:
        tx.execute(sa.update(tables.workers).where(tables.workers.c.id == "w").values(beat=1.0))
        house.life.lose(tx, "w")
    house.gate.round()
    assert house.let_in() == [], "the lost one waits in the queue for v"


def test_cancelling_makes_room_and_what_was_not_let_in_never_is(house):
    house.worker("w")
    ids = [house.submit("a") for _ in range(4)]
    assert house.life.cancel(ids[2])
    assert house.life.cancel(ids[0])
    house.queue.cancel(ids[0])
    assert house.let_in() == [ids[1]]
    assert house.life.cancel(ids[1])
    house.queue.cancel(ids[1])
    assert house.let_in() == house.workflows() == [ids[3]]


def test_limits_of_namespaces_and_models_block_nobody_behind_them(house):
    strict = house.settings.model_copy(update={"running_limit": 2, "model_limits": {"dear": 1}})
    house.life._moved = Gate(strict, house.engine, house.queue).round
    house.namespace("wide", running_limit=3)
    mine = [house.submit("a", model="dear") for _ in range(2)]
    mine += [house.submit("a") for _ in range(3)]
    wide = [house.submit("wide") for _ in range(4)]
    dear = house.submit("b", model="dear")
    for n in range(9):
        house.worker(f"w{n}")
    assert set(house.let_in()) == {mine[0], mine[2], *wide[:3]}
    claim = house.life.take(mine[0], "w0")
    assert set(house.let_in()) == {mine[2], *wide[:3]}, "begun counts as much as let in"
    house.life.finish(claim, DONE)
    # It was nothing, and so a's next of the dear model is before b's; which waits for that place alone.
    assert set(house.let_in()) == {mine[1], mine[2], *wide[:3]}
    house.life.cancel(mine[1])
    assert set(house.let_in()) == {mine[2], mine[3], *wide[:3], dear}


def test_a_limit_of_a_namespace_counts_in_all_pools(house):
    house.namespace("one", running_limit=1)
    house.worker("w")
    house.worker("g", pool="gpu")
    first, second = house.submit("one"), house.submit("one", pool="gpu")
    assert (house.let_in(), house.let_in("gpu")) == ([first], [])
    house.carry_out("w")
    assert house.let_in("gpu") == [second]


def test_whoever_dies_between_accepting_and_the_gate_leaves_it_to_the_next_round(house):
    house.worker("w")
    dead = Life(house.engine, 2)  # its process ends after the commit, each time
    first, second = house.submit("a", life=dead), house.submit("a", life=dead)
    assert house.let_in() == []
    house.gate.round()  # a heartbeat
    assert house.let_in() == [first]
    dead.finish(dead.take(first, "w"), DONE)
    assert house.let_in() == []
    house.gate.round()
    assert house.let_in() == house.workflows()[-1:] == [second]


def test_whoever_dies_inside_the_gate_leaves_nothing_half_done(house, caplog):
    house.worker("w")
    enqueue = house.queue.enqueue

    def dies(*told):
        enqueue(*told)
        raise RuntimeError("at the worst moment")

    house.queue.enqueue = dies
    one = house.submit("a")
    assert house.let_in() == house.workflows() == []
    assert "at the worst moment" in caplog.text
    house.queue.enqueue = enqueue
    house.gate.round()
    assert house.let_in() == house.workflows() == [one]


def test_rounds_at_once_let_in_no_more_than_there_is_room_for(house):
    """Eight that accept and eight that only look, on four workers: each once, four in all."""
    for n in range(4):
        house.worker(f"w{n}")
    begin = threading.Barrier(16)

    def accept(name):
        draft = Draft(str(uuid.uuid4()), name, "u", "m", "cpu", {}, 1, 1, 1)
        begin.wait()
        house.life.submit([draft])

    def look():
        begin.wait()
        house.gate.round()

    threads = [threading.Thread(target=accept, args=("abc"[n % 3],)) for n in range(8)]
    threads += [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    let_in = house.let_in()
    assert len(let_in) == len(set(let_in)) == 4
    assert sorted(house.workflows()) == sorted(let_in)


def test_ends_and_rounds_at_once_get_in_nobody_s_way(house):
    """Everything is taken and ended or cancelled by four threads at once; all of it ends."""
    workers = [f"w{n}" for n in range(4)]
    for worker in workers:
        house.worker(worker)
    ids = [house.submit("abc"[n % 3]) for n in range(24)]
    stuck = []

    def work(worker):
        while left := house.let_in():
            for one in left:
                if claim := house.life.take(one, worker):
                    if hash(one) % 3:
                        house.life.finish(claim, DONE)
                    else:
                        house.life.cancel(one)
                    break
        stuck.append(worker)

    threads = [threading.Thread(target=work, args=(worker,), daemon=True) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)  # or it hangs
    assert sorted(stuck) == workers
    while house.let_in():  # whoever saw the line empty for a moment has gone
        house.carry_out("w0")
    assert all(house.life.get(one).status.final for one in ids)


def test_what_code_before_the_gate_put_into_the_queue_is_carried_out(house):
    """It is in the queue and not admitted; it may be taken as it is, and let in it changes nothing there."""
    before = Life(house.engine, 2)
    old, other = house.submit("a", life=before), house.submit("b", life=before)
    with db.writing(house.engine) as tx:
        for one in (old, other):
            house.queue.enqueue(tx, one, one[0], "cpu", 7)
    house.worker("w")
    assert house.let_in() == [old]
    assert sorted(house.workflows()) == sorted([old, other])
    house.life.finish(house.life.take(other, "w"), DONE)
    assert house.carry_out("w") == old


def test_what_it_really_took_is_what_counts(house):
    house.worker("w")
    one = house.submit("a")
    claim = house.life.take(one, "w")
    with db.writing(house.engine) as tx:
        g = tables.generations
        tx.execute(sa.update(g).where(g.c.id == one).values(started_at=g.c.started_at - 100))
    house.life.finish(claim, DONE)
    with db.reading(house.engine) as tx:
        served = tx.execute(sa.select(tables.shares.c.served)).scalar()
    assert 100 <= served < 110
    cancelled = house.submit("b")
    house.life.cancel(cancelled)
    with db.reading(house.engine) as tx:
        query = sa.select(tables.shares.c.served).where(tables.shares.c.namespace == "b")
        assert tx.execute(query).scalar() == 0


def test_a_paused_pool_begins_nothing(house):
    house.worker("w")
    house.worker("v")
    first, second, third = (house.submit("a") for _ in range(3))
    claim = house.life.take(first, "w")
    with db.writing(house.engine) as tx:
        tx.execute(sa.update(tables.pools).values(paused=1))
    assert house.life.take(second, "v") is None, "let in before, and not begun"
    assert house.life.finish(claim, DONE), "what runs goes on"
    assert house.let_in() == [second]
    with db.writing(house.engine) as tx:
        tx.execute(sa.update(tables.pools).values(paused=None))
    house.gate.round()
    assert house.let_in() == [second, third]
    assert house.life.take(second, "v")


def test_the_first_of_each_model_of_each_namespace(house):
    ids = [house.submit(name, model=model) for name in "abc" for model in "mn" for _ in range(3)]
    with db.reading(house.engine) as tx:
        found = sorted(one.id for one in admission.heads(tx, "cpu"))
        assert found == sorted(ids[::3])
        assert admission.heads(tx, "gpu") == []
        one = admission.heads(tx, "cpu")[0]
        assert admission.following(tx, "cpu", one) == [one]
