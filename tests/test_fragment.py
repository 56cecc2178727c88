"""The stretch of a clip that a URL names: what is understood, what is left alone, what is refused."""

from fractions import Fraction

import pytest

from cutroom import fragment
from cutroom.errors import InvalidMedia, InvalidParams
from cutroom.fragment import Fragment

CLIP = "https://example.com/a.mp4?x=1"


@pytest.mark.parametrize(
    ("said", "start", "end"),
    [
        ("t=3,12", 3, 12),
        ("t=3", 3, None),
        ("t=3,", 3, None),
        ("t=,12.5", 0, Fraction(25, 2)),
        ("t=npt:0.1,.5"[:9], Fraction(1, 10), None),
        ("t=00:03,1:02.5", 3, Fraction(125, 2)),
        ("t=1:00:03,10:59:59", 3603, 39599),
        ("t=%33,npt"[:5], 3, None),
        ("xywh=1,2,3,4&t=3,12&id=x", 3, 12),
        ("t=1,2&t=3,4", 3, 4),
        (f"t=3,{247 / 24}", 3, Fraction("10.291666666666666")),
    ],
)
def test_what_is_understood(said: str, start: Fraction, end: Fraction | None) -> None:
    assert fragment.split(f"{CLIP}#{said}") == (CLIP, Fragment(Fraction(start), end))


@pytest.mark.parametrize("url", [CLIP, f"{CLIP}#", f"{CLIP}#xywh=1,2,3,4", f"{CLIP}#T=3", f"{CLIP}#start"])  # fmt: skip
def test_other_fragments_are_left_alone(url: str) -> None:
    assert fragment.split(url) == (url, None)


@pytest.mark.parametrize(
    "said",
    ["", ",", "x", "-1,3", "1e5", "nan", "inf", "1,2,3", "5:3", "99:00", "00:60", "٣,9", "3;9", "9" * 30, "smpte:00:00:01", "clock:2026"],
)  # fmt: skip
def test_what_is_no_time_is_refused(said: str) -> None:
    with pytest.raises(InvalidParams, match="not understood"):
        fragment.split(f"{CLIP}#t={said}")


@pytest.mark.parametrize("said", ["9,3", "3,3", ",0"])
def test_what_ends_before_it_begins_is_refused(said: str) -> None:
    with pytest.raises(InvalidParams, match=r"ends before it begins: END is [30] s, START is"):
        fragment.split(f"{CLIP}#t={said}")


def test_a_stretch_within_a_clip() -> None:
    assert fragment.read("3,12").within(Fraction(10)) == Fragment(Fraction(3), Fraction(10))
    with pytest.raises(InvalidMedia, match=r"begins at 3 s; the video is 3\.00 s long"):
        fragment.read("3,12").within(Fraction(3))
