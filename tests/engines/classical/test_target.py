"""Targets in words."""

import re

import pytest

from cutroom.engines.classical.target import PATTERN, Target, understand


@pytest.mark.parametrize(
    ("said", "target"),
    [
        ("the red car on the left", Target("car", "red", "left")),
        ("the person", Target("person")),
        ("both dogs", Target("dog", all=True)),
        ("the background", Target("background")),
        ("the man in the red shirt", Target("man", "red")),
        ("the woman in the blue top on the right", Target("woman", "blue", "right")),
        ("all people", Target("person", all=True)),
        ("everybody", Target("person", all=True)),
        ("her face", Target("face")),
        ("the left one", Target("one", side="left")),
        ("the upper bird", Target("bird", side="top")),
        ("the dark blue mug", Target("mug", "blue")),
        ("the orange one", Target("one", "orange")),
        ("the main subject", Target("main subject")),
        ("the girl on the right side of the picture", Target("girl", side="right")),
    ],
)
def test_a_target_is_understood_whole(said: str, target: Target) -> None:
    assert re.fullmatch(PATTERN, said)
    assert understand(said) == target


@pytest.mark.parametrize(
    "said", ["the sunset", "a snowy night", "the people in the background", ""]
)
def test_what_is_no_target_does_not_match(said: str) -> None:
    assert not re.fullmatch(PATTERN, said)


@pytest.mark.parametrize(
    ("noun", "kind"),
    [("woman", "person"), ("face", "face"), ("dog", "animal"), ("car", "vehicle"),
     ("mug", "thing"), ("backdrop", "background"), ("", "subject"), ("gizmo", "thing")],
)  # fmt: skip
def test_nouns_have_kinds(noun: str, kind: str) -> None:
    assert Target(noun).kind == kind


def test_it_says_itself() -> None:
    assert Target("car", "red", "left").say() == "the red car on the left"
    assert Target("woman", all=True).say() == "all the women"
