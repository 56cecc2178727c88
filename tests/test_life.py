"""Every order of submit, take, finish, cancel and death: one end each, and the money adds up."""

import uuid
from collections import Counter

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from cutroom import accounts, db, events, history, ledger, previews, tables, underway
from cutroom.errors import InsufficientCredits
from cutroom.generations import Draft, Outcome
from cutroom.history import Wanted
from cutroom.life import Life
from cutroom.previews import Preview
from cutroom.types import Status

CREDIT = 10_000
PRICE = 7
ATTEMPTS = 2
WORKERS = ("a", "b")


def memory():
    """A database that lives in this process; one connection, as there is one file otherwise."""
    engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
    sa.event.listen(engine, "connect", db._prepare_sqlite)
    tables.metadata.create_all(engine)
    return engine


def join(engine, worker):
    row = {"id": worker, "host": "h", "pid": 1, "pool": "cpu", "started": 0.0, "beat": 0.0}
    with db.writing(engine) as tx:
        tx.execute(sa.insert(tables.workers).values(row))


def draft(hold=100, namespace="me", **values):
    given = {"params": {"prompt": "p"}, "seed": 1, "price": PRICE, **values}
    return Draft(str(uuid.uuid4()), namespace, "me", "model", "cpu", hold=hold, **given)


def open_life(engine, namespace="me", credit=CREDIT):
    with db.writing(engine) as tx:
        accounts.ensure(tx, namespace)
        ledger.deposit(tx, namespace, credit)
    return Life(engine, ATTEMPTS)


class Lives(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.engine = memory()
        self.life = open_life(self.engine)
        for worker in WORKERS:
            join(self.engine, worker)
        self.ids = []
        self.claims = []
        """Every claim there ever was; most no longer stand."""
        self.ends = {}
        """id -> (status, cost) as the step that ended it said."""

    def teardown(self):
        self.engine.dispose()

    # --- what may happen
    @precondition(lambda self: len(self.ids) - len(self.ends) < 3)
    @rule(holds=st.lists(st.integers(0, 4000), min_size=1, max_size=4))
    def submit(self, holds):
        drafts = [draft(hold) for hold in holds]
        free = self.balance().free
        try:
            accepted = self.life.submit(drafts).generations
        except InsufficientCredits:
            assert sum(holds) > free
            return
        assert sum(holds) <= free
        assert all(one.status is Status.QUEUED for one in accepted)
        self.ids += [one.id for one in accepted]

    @precondition(lambda self: self.ids)
    @rule(pick=st.randoms(), worker=st.sampled_from(WORKERS))
    def take(self, pick, worker):
        # Those that wait more often than the rest, or hardly anything would ever be finished.
        waiting = [row.id for row in self.rows() if row.completed_at is None and not row.worker]
        generation = pick.choice(waiting * 5 + self.ids)
        before = self.row(generation)
        claim = self.life.take(generation, worker)
        if claim is None:
            assert before.worker or Status(before.status).final
            return
        assert (before.worker, claim.attempt) == (None, before.attempts + 1)
        self.claims.append(claim)

    @precondition(lambda self: self.claims)
    @rule(pick=st.randoms(), done=st.floats(-1, 2))
    def progress(self, pick, done):
        claim = self.claim(pick)
        before = self.row(claim.id)
        stands = self.stands(claim)
        assert self.life.progress(claim, done) == self.life.holds(claim) == stands
        after = self.row(claim.id)
        assert before.progress <= after.progress <= 1
        if not stands:
            assert before == after

    @precondition(lambda self: self.claims)
    @rule(pick=st.randoms(), seconds=st.floats(0, 2000))
    def succeed(self, pick, seconds):
        claim = self.claim(pick)
        outcome = Outcome(Status.SUCCEEDED, result_key="k", seconds=seconds)
        self.finish(claim, outcome, min(self.row(claim.id).hold, cost_of(seconds)))

    @precondition(lambda self: self.claims)
    @rule(pick=st.randoms())
    def fail(self, pick):
        self.finish(self.claim(pick), Outcome(Status.FAILED, "cannot_do", "No."), None)

    @precondition(lambda self: self.ids)
    @rule(pick=st.randoms())
    def cancel(self, pick):
        generation = pick.choice(self.ids)
        assert self.life.cancel(generation) == (generation not in self.ends)
        self.ends.setdefault(generation, (Status.CANCELLED, None))

    @precondition(lambda self: self.claims)
    @rule(pick=st.randoms())
    def engine_dies(self, pick):
        claim = self.claim(pick)
        before = self.row(claim.id)
        stood = self.stands(claim)
        self.life.lose_attempt(claim, "it died")
        if stood:
            self.lost(claim.id, before.lost + 1)
        else:
            assert self.row(claim.id) == before

    @precondition(lambda self: self.claims)
    @rule(worker=st.sampled_from(WORKERS))
    def worker_dies(self, worker):
        held = [row for row in self.rows() if row.worker == worker]
        with db.writing(self.engine) as tx:
            again = self.life.lose(tx, worker)
            assert self.life.lose(tx, worker) == []  # whoever buries it a second time
        for row in held:
            self.lost(row.id, row.lost + 1)
            assert (row.id in again) == (row.lost + 1 < ATTEMPTS)

    @precondition(lambda self: self.claims)
    @rule(worker=st.sampled_from(WORKERS))
    def worker_drains(self, worker):
        held = [row for row in self.rows() if row.worker == worker]
        assert sorted(self.life.give_back(worker)) == sorted(row.id for row in held)
        for row in held:
            assert self.row(row.id).lost == row.lost

    # --- what must hold
    @invariant()
    def money_adds_up(self):
        rows = self.rows()
        balance = self.balance()
        assert balance.held == sum(row.hold for row in rows if row.completed_at is None)
        assert balance.total == CREDIT - sum(row.cost or 0 for row in rows)
        assert balance.free >= 0
        with db.reading(self.engine) as tx:
            assert ledger.audit(tx) == []
            moves = Counter((e.generation, e.kind) for e in ledger.statement(tx, "me", 10**6))
        assert all(times == 1 for (generation, _), times in moves.items() if generation)

    @invariant()
    def one_end_each(self):
        rows = self.rows()
        assert sorted(row.id for row in rows) == sorted(self.ids)
        for row in rows:
            status = Status(row.status)
            assert status.final == (row.completed_at is not None) == (row.id in self.ends)
            assert not (status.final and row.worker)
            if status.final:
                assert (status, row.cost) == self.ends[row.id]

    @invariant()
    def each_end_is_told_once(self):
        with db.reading(self.engine) as tx:
            told = [(one.generation, one.data["status"]) for one in events.after(tx, 0, 10**6)]
        assert sorted(told) == sorted((one, status.value) for one, (status, _) in self.ends.items())

    # --- inside
    def finish(self, claim, outcome, cost):
        stands = self.stands(claim)
        assert self.life.finish(claim, outcome) == stands
        if stands:
            assert claim.id not in self.ends
            self.ends[claim.id] = (outcome.status, cost)

    def lost(self, generation, times):
        row = self.row(generation)
        assert (row.worker, row.lost) == (None, times)
        if times >= ATTEMPTS:
            assert row.error_message.startswith(f"Gave up after {times} attempts: ")
            self.ends[generation] = (Status.FAILED, None)

    def claim(self, pick):
        """A claim, those that stand more often than the rest."""
        return pick.choice([one for one in self.claims if self.stands(one)] * 5 + self.claims)

    def stands(self, claim):
        row = self.row(claim.id)
        return (row.status, row.worker, row.attempts) == (
            Status.PROCESSING,
            claim.worker,
            claim.attempt,
        )

    def rows(self):
        with db.reading(self.engine) as tx:
            return tx.execute(sa.select(tables.generations)).all()

    def row(self, generation):
        return next(row for row in self.rows() if row.id == generation)

    def balance(self):
        with db.reading(self.engine) as tx:
            return ledger.balance(tx, "me")


def cost_of(seconds):
    return ledger.cost(seconds, PRICE, 10**9)


Lives.TestCase.settings = settings(max_examples=50, stateful_step_count=40, deadline=None)
TestLives = Lives.TestCase


@pytest.fixture
def engine():
    made = memory()
    yield made
    made.dispose()


def test_one_hold_too_many_keeps_nothing(engine):
    life = open_life(engine, credit=250)
    with pytest.raises(InsufficientCredits):
        life.submit([draft(100) for _ in range(3)])
    with db.reading(engine) as tx:
        assert history.newest(tx, Wanted("me"), 9) == []
        assert ledger.balance(tx, "me").free == 250


def test_a_worker_the_fleet_does_not_know_gets_nothing(engine):
    life = open_life(engine)
    (one,) = life.submit([draft()]).generations
    assert life.take(one.id, "ghost") is None
    join(engine, "ghost")
    assert life.take(one.id, "ghost").attempt == 1


def test_a_zombie_finishing_late_changes_nothing(engine):
    life = open_life(engine)
    (one,) = life.submit([draft()]).generations
    join(engine, "a")
    join(engine, "b")
    old = life.take(one.id, "a")
    with db.writing(engine) as tx:
        life.lose(tx, "a")
    new = life.take(one.id, "b")
    result = Outcome(Status.SUCCEEDED, result_key="new", seconds=1.0)
    assert life.finish(new, result)
    assert not life.finish(old, Outcome(Status.SUCCEEDED, result_key="old", seconds=1.0))
    found = life.get(one.id)
    assert (found.result_key, found.cost) == ("new", PRICE)


def test_what_is_lost_too_often_fails_and_lets_go_of_its_money(engine):
    life = open_life(engine)
    (one,) = life.submit([draft()]).generations
    join(engine, "a")
    for attempt in (1, 2):
        assert life.take(one.id, "a").attempt == attempt
        with db.writing(engine) as tx:
            assert life.lose(tx, "a") == ([one.id] if attempt < ATTEMPTS else [])
    found = life.get(one.id)
    assert (found.status, found.error_kind, found.cost) == (Status.FAILED, "upstream", None)
    assert found.error_message == "Gave up after 2 attempts: its worker died each time."
    with db.reading(engine) as tx:
        assert ledger.balance(tx, "me") == ledger.Balance(CREDIT, 0)


def test_a_frame_is_kept_by_who_holds_the_claim_and_gone_with_the_end(engine):
    life = open_life(engine)
    join(engine, "a")
    (one,) = life.submit([draft()]).generations
    claim = life.take(one.id, "a")
    assert life.preview(claim, b"first")
    assert life.preview(claim, b"second")

    def seen():
        with db.reading(engine) as tx:
            return previews.find(tx, one.id)

    assert seen() == Preview(b"second", 2)
    life.lose_attempt(claim, "it died")
    assert not life.preview(claim, b"late")
    assert seen() == Preview(b"second", 2)
    claim = life.take(one.id, "a")
    assert life.preview(claim, b"third")
    with db.reading(engine) as tx:
        assert [done.preview for done in underway.everything(tx)] == [3]
    life.finish(claim, Outcome(Status.SUCCEEDED, result_key="k", seconds=1.0))
    assert seen() is None
    assert not life.preview(claim, b"late")
    assert seen() is None
