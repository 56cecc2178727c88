"""Money: balances, holds and the list of everything that ever moved. Whole micro-dollars.

`balance` is what a namespace owns, `held` the part of it that running generations may still cost.
Entries are only ever added; a balance is the sum of its entries.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from cutroom.db import now
from cutroom.errors import InsufficientCredits, InvalidParams, NotFound
from cutroom.tables import entries, namespaces


class Move(StrEnum):
    """What an entry did."""

    DEPOSIT = "deposit"
    HOLD = "hold"
    RELEASE = "release"
    CHARGE = "charge"


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement of money. Amounts are micro-dollars, never negative."""

    kind: Move
    amount: int
    created: int
    """Unix seconds."""
    generation: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Balance:
    """What a namespace has, in micro-dollars."""

    total: int
    held: int

    @property
    def free(self) -> int:
        """What new generations may cost."""
        return self.total - self.held


def cost(seconds: float, price: int, hold: int) -> int:
    """Micro-dollars for so many seconds of result: rounded up, never more than was held."""
    # A float's exact value would charge for its rounding error: 5.1 is a little over 5.1, and so is
    # 5/12 as text. Lengths are a few frames of a few hundredths of a second: small fractions.
    return min(hold, math.ceil(Fraction(seconds).limit_denominator(10**6) * price))


def deposit(tx: sa.Connection, namespace: str, amount: int, note: str = "") -> None:
    """Add credit. Raises NotFound for an unknown namespace, InvalidParams unless amount > 0."""
    if amount <= 0:
        raise InvalidParams("An amount of credit must be more than nothing.")
    moved = _move(tx, namespace, namespaces.c.name == namespace, balance=amount)
    if not moved:
        raise NotFound(f"There is no namespace {namespace}.")
    _enter(tx, namespace, Move.DEPOSIT, amount, note=note)


def hold(tx: sa.Connection, namespace: str, amount: int, generation: str) -> None:
    """Reserve the most a generation can cost. Raises InsufficientCredits."""
    enough = namespaces.c.balance - namespaces.c.held >= amount
    if not _move(tx, namespace, enough, held=amount):
        raise InsufficientCredits
    _enter(tx, namespace, Move.HOLD, amount, generation=generation)


def settle(tx: sa.Connection, namespace: str, generation: str, *, held: int, charge: int) -> None:
    """Let a hold go and charge what the generation did cost; at most once for a generation."""
    assert 0 <= charge <= held, "a generation costs more than was held for it"
    _move(tx, namespace, sa.true(), held=-held, balance=-charge)
    _enter(tx, namespace, Move.RELEASE, held, generation=generation)
    if charge:
        _enter(tx, namespace, Move.CHARGE, charge, generation=generation)


def balance(tx: sa.Connection, namespace: str) -> Balance:
    """What a namespace has. Raises NotFound."""
    query = sa.select(namespaces.c.balance, namespaces.c.held).where(namespaces.c.name == namespace)
    row = tx.execute(query).first()
    if row is None:
        raise NotFound(f"There is no namespace {namespace}.")
    return Balance(row.balance, row.held)


def statement(tx: sa.Connection, namespace: str, limit: int = 1000) -> Sequence[Entry]:
    """The last movements of a namespace, newest first."""
    query = (
        sa.select(entries)
        .where(entries.c.namespace == namespace)
        .order_by(entries.c.seq.desc())
        .limit(limit)
    )
    return [
        Entry(Move(row.kind), row.amount, row.created, row.generation, row.note)
        for row in tx.execute(query)
    ]


def audit(tx: sa.Connection) -> Sequence[str]:
    """Every way in which balances and entries disagree, as sentences; empty when the books are right."""

    def total(kind: Move) -> sa.ColumnElement[int]:
        amount = sa.case((entries.c.kind == kind, entries.c.amount), else_=0)
        return sa.func.coalesce(sa.func.sum(amount), 0)

    query = (
        sa.select(
            namespaces.c.name,
            namespaces.c.balance,
            namespaces.c.held,
            (total(Move.DEPOSIT) - total(Move.CHARGE)).label("balance_of_entries"),
            (total(Move.HOLD) - total(Move.RELEASE)).label("held_of_entries"),
        )
        .outerjoin(entries, entries.c.namespace == namespaces.c.name)
        .group_by(namespaces.c.name, namespaces.c.balance, namespaces.c.held)
    )
    return [
        f"{row.name}: balance {row.balance}, entries {row.balance_of_entries};"
        f" held {row.held}, entries {row.held_of_entries}"
        for row in tx.execute(query)
        if (row.balance, row.held) != (row.balance_of_entries, row.held_of_entries)
    ]


def _move(
    tx: sa.Connection,
    namespace: str,
    condition: sa.ColumnElement[bool],
    *,
    balance: int = 0,
    held: int = 0,
) -> bool:
    # Condition and change are one statement: two requests cannot both spend the last dollar.
    statement = (
        sa.update(namespaces)
        .where(namespaces.c.name == namespace, condition)
        .values(balance=namespaces.c.balance + balance, held=namespaces.c.held + held)
    )
    return tx.execute(statement).rowcount == 1


def _enter(
    tx: sa.Connection,
    namespace: str,
    kind: Move,
    amount: int,
    *,
    generation: str | None = None,
    note: str = "",
) -> None:
    values: dict[str, Any] = {
        "namespace": namespace,
        "kind": kind,
        "amount": amount,
        "generation": generation,
        "note": note,
        "created": now(),
    }
    tx.execute(sa.insert(entries).values(values))
