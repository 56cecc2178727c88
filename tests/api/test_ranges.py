"""Range headers, as RFC 9110 section 14 reads them."""

import pytest

from cutroom.api.files import Span, a_range


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("bytes=0-0", Span(0, 1)),
        ("bytes=0-", Span(0, 100)),
        ("bytes=10-19", Span(10, 20)),
        ("bytes=90-500", Span(90, 100)),
        ("bytes=-10", Span(90, 100)),
        ("bytes=-500", Span(0, 100)),
        ("bytes = 5 - 6", Span(5, 7)),
        ("bytes=99-99", Span(99, 100)),
    ],
)
def test_one_range(header, span):
    assert a_range(header, 100) == span


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=500-600", "bytes=-0"])
def test_outside_the_file(header):
    span = a_range(header, 100)
    assert span is not None
    assert span.start >= span.end


@pytest.mark.parametrize(
    "header",
    ["", "bytes", "bytes=", "bytes=-", "bytes=5-4", "bytes=a-b", "bytes=0-1,5-6", "lines=0-1", "bytes=1-2-3", "bytes=\N{ARABIC-INDIC DIGIT ONE}-"],
)  # fmt: skip
def test_what_is_ignored(header):
    assert a_range(header, 100) is None


def test_an_empty_file_has_no_ranges():
    span = a_range("bytes=0-", 0)
    assert span is not None
    assert span.start >= span.end
