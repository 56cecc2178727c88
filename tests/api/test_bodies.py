"""JSON bodies: plain JSON passes as it is, everything that could hurt later is refused in words."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cutroom.api.bodies import DEPTH, parse
from cutroom.errors import InvalidParams


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "The body is not valid JSON: Expecting value at 0"),
        (b"{", "The body is not valid JSON"),
        (b'{"a": 1} x', "The body is not valid JSON: Extra data at 9"),
        (b'{"a": 1, "a": 2}', "The body names 'a' twice"),
        (b'{"x": {"b": 1, "b": 1}}', "The body names 'b' twice"),
        (b'{"a": NaN}', "The body is not valid JSON: NaN"),
        (b'{"a": -Infinity}', "The body is not valid JSON: -Infinity"),
        (b'{"a": 1e999}', "The body holds a number that is too large"),
        (b'{"a": ' + b"9" * 5000 + b"}", "The body holds a number that is too large"),
        (b'{"a": "\xff"}', "The body is not UTF-8"),
        (b"\xff\xfe{\x00}\x00", "The body is not UTF-8"),
        (b'{"a": "\\ud800"}', "The body holds half a surrogate pair"),
        (b'{"\\udfff": 1}', "The body holds half a surrogate pair"),
        (b'{"a": "\\u0000"}', "The body holds a NUL character"),
        (
            b'{"a": [' + b"[]," * 200_000 + b"0]}",
            "The body holds too many values: 400002; 200000 are taken",
        ),
        (b"[" * 50 + b"]" * 50, f"The body is nested deeper than {DEPTH} levels"),
        (b"[" * 150_000, f"The body is nested deeper than {DEPTH} levels"),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, f"The body is nested deeper than {DEPTH} levels"),
    ],
)
def test_a_bad_body_is_told_in_words(raw, sentence):
    with pytest.raises(InvalidParams) as caught:
        parse(raw)
    assert caught.value.message.startswith(sentence)


def test_a_pair_of_surrogates_is_a_letter():
    assert parse(b'{"a": "\\ud83d\\udc26"}') == {"a": "\N{BIRD}"}


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False),
        lambda inner: st.lists(inner) | st.dictionaries(st.text("abc\N{BIRD}"), inner),
        max_leaves=20,
    )
)
def test_plain_json_passes_as_it_is(value):
    assert parse(json.dumps(value).encode()) == value
