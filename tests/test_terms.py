"""Scopes and expiries as people write them."""

from datetime import UTC, datetime

import pytest

from cutroom import terms
from cutroom.errors import InvalidParams
from cutroom.types import Scope

NOW = int(datetime(2026, 11, 23, 6, 40, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("words", "scopes"),
    [
        ("read", {"read"}),
        ("write,read", {"read", "write"}),
        (" admin   read ", {"admin", "read"}),
        (["read", "read"], {"read"}),
    ],
)
def test_scopes(words, scopes):
    assert terms.scopes_of(words) == scopes


@pytest.mark.parametrize(
    "words", ["", "  ", "all", "READ", "read;write", "read root", [], ["read write"]]
)
def test_words_that_are_no_scopes(words):
    with pytest.raises(InvalidParams, match="one or more of read, write, admin"):
        terms.scopes_of(words)


def test_scopes_are_always_told_in_one_order():
    assert terms.spoken({Scope.ADMIN, Scope.READ, Scope.WRITE}) == "read write admin"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("30d", "2026-12-23 06:40"),
        ("12h", "2026-11-23 18:40"),
        ("1 w", "2026-11-30 06:40"),
        ("5m", "2026-11-23 06:45"),
        ("2026-11-24", "2026-11-24 00:00"),
        ("2026-11-24T18:00Z", "2026-11-24 18:00"),
        ("2026-11-24T18:00+02:00", "2026-11-24 16:00"),
        ("2026-11-24 18:00", "2026-11-24 18:00"),
    ],
)
def test_expiries(text, moment):
    assert terms.minute(terms.expiry(text, NOW)) == moment


@pytest.mark.parametrize(
    "text",
    ["", "0d", "-1d", "1.5d", "30", "soon", "2026-11-23", "2020-01-01", "9999999d", "999999w", "2026-13-01", "٣d", "0001-01-01T00:00+23:00"],
)  # fmt: skip
def test_expiries_that_cannot_be(text):
    with pytest.raises(InvalidParams):
        terms.expiry(text, NOW)


@pytest.mark.parametrize(
    ("text", "amount", "said"),
    [
        ("5/month", 5_000_000, "$5.00 a month"),
        ("$0.50/day", 500_000, "$0.50 a day"),
        ("0/ever", 0, "$0.00 in all"),
        (" 1000000000 / day ", 10**15, "$1,000,000,000.00 a day"),
        ("0.000001/month", 1, "$0.000001 a month"),
    ],
)
def test_limits(text, amount, said):
    limit = terms.limit_of(text)
    assert (limit.amount, str(limit)) == (amount, said)


def test_no_limit():
    assert terms.limit_of("none") is None


@pytest.mark.parametrize(
    "text",
    ["", "5", "/day", "5/", "5/year", "-1/day", "1e30/day", "NaN/day", "inf/day", "0.0000001/day", "1000000001/day", "5 /day/day", "५/week"],
)  # fmt: skip
def test_limits_that_cannot_be(text):
    with pytest.raises(InvalidParams, match="is no spend limit"):
        terms.limit_of(text)
