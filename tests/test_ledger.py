"""Prices, holds and the books."""

import pytest
import sqlalchemy as sa

from cutroom import generations, ledger, tables
from cutroom.errors import InsufficientCredits, InvalidParams, NotFound
from cutroom.generations import Draft
from cutroom.ledger import Balance, Move


@pytest.fixture
def tx(tx):
    for name in ("g1", "g2"):
        generations.add(tx, Draft(name, "me", "me", "m", "cpu", {}, 1, 7, 0))
    return tx


@pytest.mark.parametrize(
    ("seconds", "price", "hold", "micro"),
    [
        (5.1, 336_000, 10**9, 1_713_600),  # in floats this is a hair more, and would cost one more
        (5 / 12, 336_000, 10**9, 140_000),  # as text, 0.4166666666666667 is more as well
        (1 / 3, 3, 10**9, 1),
        (0.0, 336_000, 10**9, 0),
        (15.2, 336_000, 5_040_000, 5_040_000),
        (0.1, 1, 10**9, 1),
    ],
)
def test_cost_is_rounded_up_and_never_more_than_the_hold(seconds, price, hold, micro):
    assert ledger.cost(seconds, price, hold) == micro


def test_a_deposit_a_hold_and_its_settling(tx):
    ledger.deposit(tx, "me", 100, "gift")
    ledger.hold(tx, "me", 60, "g1")
    assert ledger.balance(tx, "me") == Balance(total=100, held=60)
    ledger.settle(tx, "me", "g1", held=60, charge=25)
    assert ledger.balance(tx, "me") == Balance(total=75, held=0)
    moves = [(entry.kind, entry.amount) for entry in ledger.statement(tx, "me")]
    assert moves == [
        (Move.CHARGE, 25),
        (Move.RELEASE, 60),
        (Move.HOLD, 60),
        (Move.DEPOSIT, 100),
    ]
    assert ledger.audit(tx) == []


def test_what_is_held_cannot_be_held_again(tx):
    ledger.deposit(tx, "me", 100)
    ledger.hold(tx, "me", 60, "g1")
    with pytest.raises(InsufficientCredits, match="run out of credits"):
        ledger.hold(tx, "me", 41, "g2")
    ledger.hold(tx, "me", 40, "g2")


def test_the_database_itself_refuses_a_second_charge(tx):
    ledger.deposit(tx, "me", 100)
    ledger.hold(tx, "me", 60, "g1")
    ledger.settle(tx, "me", "g1", held=60, charge=25)
    ledger.hold(tx, "me", 60, "g2")
    with pytest.raises(sa.exc.IntegrityError):
        ledger.settle(tx, "me", "g1", held=60, charge=25)


def test_audit_finds_money_that_moved_without_an_entry(tx):
    ledger.deposit(tx, "me", 100)
    mine = tables.namespaces.c.name == "me"
    tx.execute(sa.update(tables.namespaces).where(mine).values(balance=101))
    assert ledger.audit(tx) == ["me: balance 101, entries 100; held 0, entries 0"]


def test_deposits_that_are_refused(tx):
    with pytest.raises(InvalidParams, match="more than nothing"):
        ledger.deposit(tx, "me", 0)
    with pytest.raises(NotFound, match="no namespace nobody"):
        ledger.deposit(tx, "nobody", 5)
    with pytest.raises(NotFound):
        ledger.balance(tx, "nobody")
