"""Conditions of requests, as RFC 9110 section 13 reads them."""

from datetime import UTC, datetime, timedelta

import pytest
from starlette.datastructures import Headers

from cutroom.api.validators import Verdict, may_continue, validators, verdict
from cutroom.storage import File

OLD = datetime(2026, 11, 26, 5, 0, 0, 123456, tzinfo=UTC)
FILE = File("a/b/c.mp4", 10, OLD, '"1-2-3"')
MOMENT = "Thu, 26 Nov 2026 05:00:00 GMT"
BEFORE, AFTER = "Thu, 26 Nov 2026 04:59:59 GMT", "Thu, 26 Nov 2026 05:00:01 GMT"


def test_a_file_is_known_by_tag_and_time():
    assert validators(FILE) == {"Last-Modified": MOMENT, "ETag": '"1-2-3"'}
    assert validators(File("a", 1, OLD, None)) == {"Last-Modified": MOMENT}


@pytest.mark.parametrize(
    ("headers", "outcome"),
    [
        ({}, Verdict.SEND),
        ({"if-match": '"x"'}, Verdict.FAILED),
        ({"if-match": '"x", "1-2-3"'}, Verdict.SEND),
        ({"if-match": "*"}, Verdict.SEND),
        ({"if-match": 'W/"1-2-3"'}, Verdict.FAILED),
        ({"if-match": "1-2-3"}, Verdict.FAILED),
        ({"if-match": '"1-2-3"', "if-unmodified-since": BEFORE}, Verdict.SEND),
        ({"if-unmodified-since": BEFORE}, Verdict.FAILED),
        ({"if-unmodified-since": MOMENT}, Verdict.SEND),
        ({"if-unmodified-since": "soon"}, Verdict.SEND),
        ({"if-none-match": 'W/"1-2-3"'}, Verdict.NOT_MODIFIED),
        ({"if-none-match": '"x", "1-2-3"'}, Verdict.NOT_MODIFIED),
        ({"if-none-match": '"1-2"'}, Verdict.SEND),
        ({"if-none-match": '"x"', "if-modified-since": AFTER}, Verdict.SEND),
        ({"if-modified-since": MOMENT}, Verdict.NOT_MODIFIED),
        ({"if-modified-since": BEFORE}, Verdict.SEND),
        ({"if-modified-since": "Thu, 99 Nov 2026 05:00:01 GMT"}, Verdict.SEND),
    ],
)
def test_a_verdict(headers, outcome):
    assert verdict(Headers(headers), FILE) is outcome


@pytest.mark.parametrize(
    ("given", "same"),
    [
        ('"1-2-3"', True),
        ('W/"1-2-3"', False),
        ('"x"', False),
        (MOMENT, True),
        (BEFORE, False),
        (AFTER, False),
        ("", False),
        ("*", False),
        ('"x", "1-2-3"', False),
    ],
)
def test_a_range_goes_on_in_the_same_file_alone(given, same):
    assert may_continue(Headers({"if-range": given}), FILE) is same


def test_without_if_range_a_range_is_a_range():
    assert may_continue(Headers(), FILE)


def test_in_its_first_second_a_file_s_time_tells_nothing():
    """It may be written a second time in it."""
    future = File("a/b/c.mp4", 10, datetime.now(UTC) + timedelta(days=1), '"1"')
    told = validators(future)["Last-Modified"]
    assert not may_continue(Headers({"if-range": told}), future)


def test_a_storage_s_weak_tag_continues_nothing():
    weak = File("a/b/c.mp4", 10, OLD, 'W/"1"')
    assert not may_continue(Headers({"if-range": 'W/"1"'}), weak)
    assert verdict(Headers({"if-none-match": 'W/"1"'}), weak) is Verdict.NOT_MODIFIED
