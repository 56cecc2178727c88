"""Who makes which segment of a long result: the worker of the generation, helpers, and those that got stuck."""

import time
import uuid
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa

from cutroom import accounts, db, generations, segments, tables
from cutroom.db import reading, writing
from cutroom.depot import Depot
from cutroom.errors import Cancelled, CutroomError, Unreachable
from cutroom.generations import Draft
from cutroom.media.parts import part_name
from cutroom.segments import Work
from cutroom.settings import Settings
from cutroom.storage import Storage
from cutroom.worker import sharing
from cutroom.worker.messages import At, Divided, Next
from cutroom.worker.sharing import Sharing

pytestmark = pytest.mark.timeout(120)  # a guard against hanging
MARK = "ab" * 12
SPANS = ((0, 8), (8, 16), (16, 24), (24, 32))


@dataclass
class Pool:
    """The other workers, as a test has them."""

    needed: bool = False
    away: bool = False
    """Whether the database is, when they are called."""
    called: list[int] = field(default_factory=list)

    def call(self, _generation: str, waiting: int) -> None:
        if self.away:
            raise Unreachable
        self.called.append(waiting)


class House:
    """A database and a storage, and a generation that worker a has; b and w are there too."""

    def __init__(self, folder, url):
        settings = Settings(data_dir=folder / "data", **({"storage_url": url} if url else {}))
        self.engine = db.connect(settings.database)
        db.prepare(self.engine)
        self.storage, self.pool, self.settings = Storage(settings), Pool(), settings
        self.id = str(uuid.uuid4())
        with writing(self.engine) as tx:
            accounts.ensure(tx, "me")
            for name in ("a", "b", "w"):
                row = {"id": name, "host": name, "pid": 1, "pool": "p", "started": 0, "beat": 0}
                tx.execute(sa.insert(tables.workers).values(row))
            generations.add(tx, Draft(self.id, "me", "me", "m", "p", {}, 1, 1, 1))
        with writing(self.engine) as tx:
            self.claim = generations.take(tx, self.id, "a")
        self.open = []

    def sharing(self, worker):
        """Its part in it, begun; the parts of each lie in a data folder of its own, as on machines of their own."""
        settings = self.settings.model_copy(update={"data_dir": self.settings.data_dir / worker})
        made = Sharing(
            self.engine, Depot(settings, self.engine, self.storage), self.pool, self.id,
            self.claim if worker == "a" else None, worker=worker,
        )  # fmt: skip
        self.open.append(made)
        made.heed(Divided(MARK, SPANS, joins=worker == "a"))
        return made

    def rows(self):
        with reading(self.engine) as tx:
            return segments.all_of(tx, Work(self.id, MARK))


@pytest.fixture
def build(tmp_path):
    built = []

    def house(url=None):
        built.append(House(tmp_path, url))
        return built[-1]

    yield house
    for made in built:
        for one in made.open:
            one.close()
        made.engine.dispose()


@pytest.fixture
def house(build):
    return build()


def make(share, number):
    """What the engine does when it made a segment."""
    path = share.folder / MARK / part_name(*SPANS[number])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"part %d" % number)
    return path


def test_each_segment_goes_to_one(house):
    own, other, third = map(house.sharing, "abw")
    assert own.heed(Next(None)).number == 0
    assert house.pool.called == [3]
    assert other.heed(Next(None)).number == 2  # the middle of what is free
    assert third.heed(Next(None)).number == 1
    make(own, 0)
    assert own.heed(Next(0)).number == 3
    make(own, 3)
    turn = own.heed(Next(3))
    assert (turn.number, turn.over, turn.done) == (None, False, 16)
    make(other, 2)
    turn = other.heed(Next(2))
    assert (turn.number, turn.over) == (None, True)  # a helper has nothing to wait for
    make(third, 1)
    third.heed(Next(1))
    assert own.heed(Next(None)).over
    assert [(row.worker, row.done) for row in house.rows()] == [(None, 8)] * 4


def test_of_two_that_take_a_segment_one_has_it(house):
    house.sharing("a").heed(Next(None))
    with writing(house.engine) as tx:
        taken = [segments.take(tx, Work(house.id, MARK), 1, worker) for worker in "bw"]
    assert taken == [True, False]
    assert house.rows()[1].worker == "b"


def test_who_lost_the_claim_plans_nothing(house):
    own = house.sharing("a")
    with writing(house.engine) as tx:
        generations.lose(tx, "a")
    with pytest.raises(Cancelled):
        own.heed(Next(None))
    assert house.rows() == []


def test_a_segment_that_was_taken_away_is_no_longer_the_helper_s(house, monkeypatch):
    monkeypatch.setattr(sharing, "STUCK", 0.0)
    own, other = house.sharing("a"), house.sharing("b")
    own.heed(Next(None))
    assert other.heed(Next(None)).number == 2
    other.heed(At(3))
    assert other.wanted()
    for number in (0, 1, 3):
        make(own, number)
        turn = own.heed(Next(number))
    assert turn.number is None
    assert house.rows()[2].done == 3
    other.heed(At(5))
    assert other.wanted()
    own.heed(Next(None))  # it has got further, so it is not stuck
    assert house.rows()[2].worker == "b"
    own.heed(Next(None))
    assert other.wanted() is False
    assert house.sharing("w").heed(Next(None)).number is None  # it is left to the worker now
    assert own.heed(Next(None)).number == 2


def test_what_a_helper_failed_at_is_left_to_the_worker(house):
    own, other = house.sharing("a"), house.sharing("b")
    own.heed(Next(None))
    assert other.heed(Next(None)).number == 2
    other.leave(failed=True)
    third = house.sharing("w")
    assert third.due() is None
    assert third.heed(Next(None)).number is None
    for number in (1, 2, 3):
        make(own, number - 1)
        assert own.heed(Next(number - 1)).number == number
    assert house.pool.called == [3]  # nobody is called for what is left to oneself


def test_a_helper_gives_way_and_what_it_made_is_kept(build, bucket, monkeypatch):
    for name, value in bucket.environment.items():
        monkeypatch.setenv(name, value)
    house = build(bucket.url)
    own, other = house.sharing("a"), house.sharing("b")
    own.heed(Next(None))
    assert other.heed(Next(None)).number == 2
    make(other, 2)
    house.pool.needed = True
    with pytest.raises(Cancelled):
        other.heed(Next(2))
    other.close()
    other.leave(failed=False)
    assert house.rows()[2].key
    for number in (0, 1, 3):
        make(own, number)
        own.heed(Next(number))
    while not own.heed(Next(None)).over:
        time.sleep(0.05)
    assert (own.folder / MARK / part_name(*SPANS[2])).read_bytes() == b"part 2"


def test_a_segment_whose_number_never_came_to_the_engine_is_given_again(house):
    own = house.sharing("a")
    house.pool.away = True
    assert own.heed(Next(None)).number is None
    assert house.rows()[0].worker == "a"
    house.pool.away = False
    assert own.heed(Next(None)).number == 0


@pytest.mark.parametrize("mark", ["../other", "", "AB", "a" * 65])
def test_an_engine_names_no_folder(house, mark):
    own = house.sharing("a")
    with pytest.raises(CutroomError):
        own.heed(Divided(mark, SPANS, joins=True))


def test_a_link_is_no_part(house, tmp_path):
    own = house.sharing("a")
    assert own.heed(Next(None)).number == 0
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    path = make(own, 0)
    path.unlink()
    path.symlink_to(secret)
    assert own.heed(Next(0)).number == 0
    assert house.rows()[0].key is None


def test_nothing_is_made_for_what_is_cancelled(house):
    own, other = house.sharing("a"), house.sharing("b")
    own.heed(Next(None))
    other.heed(Next(None))
    with writing(house.engine) as tx:
        generations.cancel(tx, house.id)
    assert other.wanted() is False
    make(other, 2)
    other.leave(failed=False)
    assert not other.folder.exists()
