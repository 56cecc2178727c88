"""What a key may do, how long it is good and what it may spend, as people write it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from cutroom.errors import InvalidParams
from cutroom.types import Scope

UNITS = {"m": 60, "h": 3_600, "d": 86_400, "w": 7 * 86_400}
"""Seconds in what an expiry may count."""
LATEST = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())
"""The last moment at which a key may expire, in unix seconds."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a key is given out."""

    scopes: frozenset[Scope] = frozenset({Scope.READ, Scope.WRITE})
    expires: int | None = None
    """Unix seconds from which it is good no more; None: never."""


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
        raise InvalidParams("A key must expire in the future, and before the year 10000.")
    return moment


def minute(moment: int) -> str:
    """Unix seconds as `2026-11-23 06:40`, in UTC."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M")
