"""Spend limits: what counts, in which period, and for whom."""

import uuid
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from cutroom import accounts, db, generations, ledger, spending, tables, usage
from cutroom.errors import InsufficientCredits, InvalidParams, LimitReached, Unauthenticated
from cutroom.generations import Draft, Outcome
from cutroom.life import Life
from cutroom.terms import Limit, Period, Terms
from cutroom.types import Scope, Status
from cutroom.usage import Tally

DOLLAR = 1_000_000


def at(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.fixture
def engine():
    made = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
    sa.event.listen(made, "connect", db._prepare_sqlite)
    tables.metadata.create_all(made)
    with db.writing(made) as tx:
        for name in ("me", "org"):
            accounts.ensure(tx, name)
            ledger.deposit(tx, name, 1000 * DOLLAR)
    yield made
    made.dispose()


@pytest.fixture
def ask(engine):
    """Submit generations of so many dollars each; their ids."""
    life = Life(engine, 2)

    def submit(*dollars, key=None, namespace="me"):
        drafts = [
            Draft(
                str(uuid.uuid4()), namespace, "me", "m", "cpu", {}, 1, DOLLAR,
                hold=round(amount * DOLLAR), key_id=key,
            )
            for amount in dollars
        ]  # fmt: skip
        return [one.id for one in life.submit(drafts).generations]

    return submit


@pytest.fixture
def end(engine):
    """End a generation: it succeeded with so many seconds, or was cancelled."""
    life = Life(engine, 2)
    row = {"id": "w", "host": "h", "pid": 1, "pool": "cpu", "started": 0.0, "beat": 0.0}
    with db.writing(engine) as tx:
        tx.execute(sa.insert(tables.workers).values(row))

    def finish(generation, seconds=None):
        if seconds is None:
            assert life.cancel(generation)
            return
        claim = life.take(generation, "w")
        assert life.finish(claim, Outcome(Status.SUCCEEDED, result_key="a/b/c", seconds=seconds))

    return finish


@pytest.fixture
def key(engine):
    """Make a key of mine with a limit in dollars; its id."""

    def make(amount, period=Period.EVER):
        limit = Limit(round(amount * DOLLAR), period)
        with db.writing(engine) as tx:
            return accounts.find(tx, accounts.create(tx, "me", terms=Terms(limit=limit))).id

    return make


def limit(engine, namespace, amount, period=Period.EVER):
    with db.writing(engine) as tx:
        spending.limit_namespace(tx, namespace, Limit(round(amount * DOLLAR), period))


@pytest.mark.parametrize(
    ("period", "began"),
    [
        (Period.DAY, "2026-11-30 00:00"),
        (Period.MONTH, "2026-11-01 00:00"),
        (Period.EVER, "1970-01-01 00:00"),
    ],
)
@pytest.mark.parametrize("moment", ["2026-11-30 00:00", "2026-11-30 23:59"])
def test_periods_begin_at_midnight_of_utc(period, began, moment):
    assert period.began(at(moment)) == at(began)
    assert period.began(at(moment) + 59) == at(began)


def test_a_limit_is_reached_to_the_micro_dollar(engine, ask, key):
    mine = key(3)
    ask(1, 1, key=mine)
    with pytest.raises(LimitReached) as refused:
        ask(0.6, 0.400001, key=mine)
    assert refused.value.message == (
        "The spend limit of this key, $3.00 in all, leaves $1.00; this request may cost $1.000001."
    )
    assert isinstance(refused.value, InsufficientCredits)
    ask(0.6, 0.4, key=mine)
    with pytest.raises(LimitReached, match=r"leaves \$0\.00"):
        ask(0.000001, key=mine)
    with db.reading(engine) as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(tables.generations)).scalar() == 4
        assert ledger.balance(tx, "me").held == 3 * DOLLAR
        assert ledger.audit(tx) == []


def test_what_did_not_cost_is_free_again(ask, end, key):
    mine = key(2)
    first, second = ask(1, 1, key=mine)
    end(first)
    (third,) = ask(1, key=mine)
    end(second, seconds=0.25)
    with pytest.raises(LimitReached, match=r"leaves \$0\.75"):
        ask(0.76, key=mine)
    ask(0.75, key=mine)
    end(third, seconds=1)
    with pytest.raises(LimitReached, match=r"leaves \$0\.00"):
        ask(0.01, key=mine)


def test_a_key_s_limit_is_its_own_and_counts_whoever_pays(ask, key):
    mine, other = key(1), key(1)
    ask(0.5, key=mine, namespace="org")
    ask(0.5, key=mine)
    ask(1, key=other)
    ask(100)
    for namespace in ("me", "org"):
        with pytest.raises(LimitReached, match="this key"):
            ask(0.1, key=mine, namespace=namespace)


def test_a_namespace_s_limit_counts_every_key_and_none(engine, ask, key):
    limit(engine, "org", 2, Period.MONTH)
    ask(1, key=key(5), namespace="org")
    ask(1, namespace="org")
    with pytest.raises(LimitReached, match=r"limit of org, \$2\.00 a month, leaves \$0\.00"):
        ask(0.1, key=key(5), namespace="org")
    ask(3)
    with db.writing(engine) as tx:
        spending.limit_namespace(tx, "org", None)
    ask(3, namespace="org")


def test_nothing_may_be_spent_with_a_limit_of_nothing(ask, key):
    with pytest.raises(LimitReached, match=r"\$0\.00 a day, leaves \$0\.00"):
        ask(0.000001, key=key(0, Period.DAY))


def test_a_limit_below_what_was_spent_leaves_nothing(engine, ask, key):
    mine = key(5)
    ask(4, key=mine)
    with db.writing(engine) as tx:
        spending.limit_key(tx, mine, Limit(DOLLAR, Period.EVER))
    with pytest.raises(LimitReached, match=r"leaves \$0\.00"):
        ask(0.1, key=mine)


def test_a_generation_belongs_to_the_day_it_was_asked_for(engine, ask, end, key, monkeypatch):
    """Also when it ends after midnight: what yesterday's limit let in is not charged to today's."""

    def clock(text):
        for module in (spending, generations, ledger):
            monkeypatch.setattr(module, "now", lambda: at(text))

    clock("2026-11-30 23:59")
    daily, monthly = key(1, Period.DAY), key(1, Period.MONTH)
    (late, _), _ = ask(0.5, 0.5, key=daily), ask(1, key=monthly)
    for mine in (daily, monthly):
        with pytest.raises(LimitReached):
            ask(0.1, key=mine)
    clock("2026-12-01 00:00")
    ask(0.5, key=daily)
    ask(0.5, key=monthly)
    end(late, seconds=0.5)
    with pytest.raises(LimitReached, match=r"leaves \$0\.50"):
        ask(0.6, key=daily)
    clock("2026-12-02 00:00")
    ask(1, key=daily)
    with pytest.raises(LimitReached, match=r"a month, leaves \$0\.50"):
        ask(0.6, key=monthly)


def test_a_key_that_was_revoked_meanwhile_spends_nothing(engine, ask, key):
    mine = key(1)
    with db.writing(engine) as tx:
        accounts.revoke(tx, mine)
    with pytest.raises(Unauthenticated):
        ask(0.1, key=mine)


def test_who_administers_cannot_be_held_to_a_limit(engine):
    terms = Terms(frozenset(Scope), limit=Limit(1, Period.DAY))
    with db.writing(engine) as tx, pytest.raises(InvalidParams, match="could make a key without"):
        accounts.create(tx, "me", terms=terms)


def test_usage_is_told_by_day_model_and_key(engine, ask, end, key, monkeypatch):
    def clock(text):
        for module in (spending, generations, ledger):
            monkeypatch.setattr(module, "now", lambda: at(text))

    mine = key(50)
    clock("2026-11-30 23:59")
    first, second = ask(2, 3, key=mine)
    clock("2026-12-01 00:00")
    third, _ = ask(4, 5)
    (others,) = ask(6, key=mine, namespace="org")
    end(first, seconds=1.5)
    end(second)
    end(third, seconds=2.25)
    end(others, seconds=1)
    with db.writing(engine) as tx:
        found = usage.of(tx, "me", date(2026, 11, 30), date(2026, 12, 1))
        assert found.by_day == {
            date(2026, 11, 30): Tally(2, succeeded=1, cancelled=1, seconds=1.5, cost=1_500_000),
            date(2026, 12, 1): Tally(2, succeeded=1, seconds=2.25, cost=2_250_000, held=5_000_000),
        }
        assert list(found.by_model) == ["m"]
        assert {known and known.id: each.cost for known, each in found.by_key.items()} == {
            mine: 1_500_000,
            None: 2_250_000,
        }
        charged = [move for move in ledger.statement(tx, "me") if move.kind is ledger.Move.CHARGE]
        assert found.total.cost == sum(move.amount for move in charged)
        assert found.total.held == ledger.balance(tx, "me").held
        assert usage.of(tx, "me", date(2026, 12, 1), date(2026, 12, 1)).total.generations == 2
        assert usage.of(tx, "org", date(2026, 12, 1), date(2026, 12, 31)).total.cost == 1_000_000
