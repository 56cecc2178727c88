"""What a key may do, how long it is good and what it may spend, as people write it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from cutroom.errors import Forbidden, InvalidParams
from cutroom.types import Caller, Scope

UNITS = {"m": 60, "h": 3_600, "d": 86_400, "w": 7 * 86_400}
"""Seconds in what an expiry may count."""
LATEST = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())
"""The last moment at which a key may expire, in unix seconds."""


MICRO = 1_000_000
"""Micro-dollars in a dollar."""
MOST = 1_000_000_000 * MICRO
"""More than anybody has."""


class Period(StrEnum):
    """How long a spend limit is for; days and months are those of UTC."""

    DAY = "day"
    MONTH = "month"
    EVER = "ever"

    def began(self, moment: int) -> int:
        """The unix second with which the period around `moment` begins."""
        if self is Period.EVER:
            return 0
        day = datetime.fromtimestamp(moment, UTC).replace(hour=0, minute=0, second=0)
        return int((day.replace(day=1) if self is Period.MONTH else day).timestamp())


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that may be spent in a period."""

    amount: int
    """Micro-dollars; 0 lets nothing be spent."""
    period: Period

    def __str__(self) -> str:
        """As a sentence has it: `$5.00 a month`."""
        span = "in all" if self.period is Period.EVER else f"a {self.period}"
        return f"{dollars(self.amount)} {span}"


def recorded(amount: int | None, period: str | None) -> Limit | None:
    """The limit that two columns tell."""
    return None if amount is None or period is None else Limit(amount, Period(period))


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a key is given out."""

    scopes: frozenset[Scope] = frozenset({Scope.READ, Scope.WRITE})
    expires: int | None = None
    """Unix seconds from which it is good no more; None: never."""
    limit: Limit | None = None
    """The most that may be spent with it."""

    def check(self) -> None:
        """Raises InvalidParams for a limit that could not hold."""
        if self.limit and Scope.ADMIN in self.scopes:
            raise InvalidParams(
                "A key with the scope admin can have no spend limit: it could make a key without."
            )

    def granted_by(self, caller: Caller) -> None:
        """Raises Forbidden unless the caller's own key has these scopes and is good as long."""
        for scope in in_order(self.scopes):
            caller.require(scope)
        if caller.expires is not None and (self.expires is None or self.expires > caller.expires):
            raise Forbidden(
                f"Your key is good until {minute(caller.expires)} UTC;"
                " it can make none that is good for longer."
            )


ORDINARY = Terms()
"""Those of a key of which nothing else was said."""


def in_order(scopes: Iterable[Scope]) -> tuple[Scope, ...]:
    """Scopes in the order read, write, admin."""
    return tuple(scope for scope in Scope if scope in scopes)


def spoken(scopes: Iterable[Scope]) -> str:
    """Scopes as the database and the command line write them: `read write`."""
    return " ".join(in_order(scopes))


def scopes_of(words: str | Iterable[str]) -> frozenset[Scope]:
    """The scopes that words name, apart by spaces or commas. Raises InvalidParams."""
    names = words.replace(",", " ").split() if isinstance(words, str) else words
    try:
        found = frozenset(Scope(name) for name in names)
    except ValueError:
        found = frozenset()
    if not found:
        raise InvalidParams(f"The scopes of a key are one or more of {', '.join(Scope)}.")
    return found


def expiry(text: str, now: int) -> int:
    """Unix seconds of an expiry: `30d` (m, h, d, w from now), `2027-01-31`, or a date with a time.

    A date means the day's beginning, and what names no zone is UTC. Raises InvalidParams for
    what cannot be read, and for what is over already.
    """
    if counted := re.fullmatch(r"([0-9]{1,6})\s*([mhdw])", text.strip()):
        moment = now + int(counted[1]) * UNITS[counted[2]]
    else:
        try:
            read = datetime.fromisoformat(text.strip())
        except ValueError:
            raise InvalidParams(
                f"{text[:40]!r} is no expiry: write 30d, 12h, 2027-01-31 or 2027-01-31T18:00Z."
            ) from None
        moment = int((read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp())
    return ahead(moment, now)


def ahead(moment: int, now: int) -> int:
    """The moment, if it is still to come. Raises InvalidParams."""
    if not now < moment <= LATEST:
        raise InvalidParams("An expiry must be in the future, and before the year 10000.")
    return moment


def minute(moment: int) -> str:
    """Unix seconds as `2026-11-23 06:40`, in UTC."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M")


def limit_of(text: str) -> Limit | None:
    """The limit that `5/month`, `$0.50/day` or `20/ever` means, in dollars; None for `none`.

    Raises InvalidParams.
    """
    if text.strip().lower() == "none":
        return None
    amount, _, period = text.partition("/")
    try:
        return Limit(micro_dollars(amount), Period(period.strip().removeprefix("per ")))
    except (InvalidParams, ValueError):
        raise InvalidParams(
            f"{text[:40]!r} is no spend limit: write 5/day, 5/month, 5/ever, in dollars, or none."
        ) from None


def micro_dollars(text: str) -> int:
    """Dollars with at most six decimals, as micro-dollars. Raises InvalidParams, for less than 0 too."""
    try:
        micro = Decimal(text.strip().removeprefix("$")) * MICRO
        whole = int(micro)
    except (InvalidOperation, ValueError, OverflowError):
        raise InvalidParams(f"{text[:40]!r} is not an amount in dollars.") from None
    if whole != micro or not 0 <= whole <= MOST:
        raise InvalidParams(
            f"{text[:40]!r} is not between $0 and {dollars(MOST)}, to six decimals."
        )
    return whole


def dollars(micro: int) -> str:
    """Micro-dollars as dollars, with as many digits as they need and at least two: `$0.336`."""
    amount = Decimal(micro) / MICRO
    digits = max(2, -int(amount.normalize().as_tuple().exponent))
    return f"${amount:,.{digits}f}"
