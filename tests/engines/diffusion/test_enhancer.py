"""Prompts rewritten by a chat model: a real HTTP server answers well, badly, slowly and with malice."""

import json
import logging
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from far import Ticks
from scripted import Scripted, drip, scripted, send

from cutroom.engines.diffusion.enhancer import enhanced
from cutroom.errors import Cancelled
from cutroom.types import Clip, Edit, Element, Kind

KEY = "sk-very-secret"
CLIP = Clip(Path("x.mp4"), 320, 180, Fraction(24), 24, Fraction(1))
EDIT = Edit(
    "1", "m", Kind.EDIT, "put @Image1 on the @element 1", CLIP, (Path("a"),), (Element(Path("b")),)
)
BETTER = "Put @Image1 on @Element1. Keep face, pose, motion, camera, lighting and background."


@pytest.fixture
def chat() -> Iterator[Scripted]:
    with scripted(lambda handler, _: says(handler, {"prompts": [BETTER]})) as server:
        yield server


def says(handler, value: object, status: int = 200) -> None:
    text = value if isinstance(value, str) else json.dumps(value)
    send(handler, {"choices": [{"message": {"content": text}}]}, status)


def environment(chat: Scripted, **more: str) -> dict[str, str]:
    told = {"URL": f"{chat.url}/v1", "MODEL": "tiny", "KEY": KEY, "TIMEOUT": "5", **more}
    return {f"CUTROOM_ENHANCER_{name}": value for name, value in told.items()}


def test_new_words_are_kept_beside_the_generation(chat) -> None:
    tick = Ticks()
    found = enhanced(EDIT, environment(chat), tick)
    assert found.prompt == BETTER
    assert tick.details == {"enhanced_prompt": BETTER}
    assert tick.notes == []
    (asked,) = chat.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["Authorization"] == f"Bearer {KEY}"
    orders, question = (message["content"] for message in asked.json["messages"])
    assert "what stays as it is" in orders
    assert json.loads(question) == [EDIT.prompt]


def test_each_shot_gets_its_own(chat) -> None:
    shots = [{"prompt": "a ship", "duration": 3}, {"prompt": "@Image1 swims", "duration": 2}]
    edit = Edit(
        "1", "m", Kind.REFERENCE, "", images=(Path("a"),), params={"multi_prompt": shots, "n": 1}
    )
    told = ["A tall ship sails.", "@Image1 swims\n slowly."]
    chat.answer = lambda handler, _: says(handler, {"prompts": told})
    found = enhanced(edit, environment(chat), Ticks())
    assert [shot["prompt"] for shot in found.params["multi_prompt"]] == [
        told[0],
        "@Image1 swims slowly.",
    ]
    assert [shot["duration"] for shot in found.params["multi_prompt"]] == [3, 2]
    assert found.params["n"] == 1
    chat.answer = lambda handler, _: says(handler, {"prompts": told[:1]})
    assert enhanced(edit, environment(chat), Ticks()) == edit


def test_without_an_endpoint_or_a_prompt_nobody_is_asked(chat) -> None:
    tick = Ticks()
    assert enhanced(EDIT, {}, tick) is EDIT
    empty = Edit("1", "m", Kind.MOTION, "  ")
    assert enhanced(empty, environment(chat), tick) is empty
    assert (chat.asked, tick.notes, tick.details) == ([], [], {})


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"prompts": ["Put @Image1 there."]}, "mentions"),
        ({"prompts": [BETTER + " @Image2"]}, "mentions"),
        ({"prompts": [BETTER.replace("@Image1", "the first image")]}, "mentions"),
        ({"prompts": [""]}, "empty"),
        ({"prompts": [7]}, "empty"),
        ({"prompts": [BETTER * 50]}, "longer than"),
        ({"prompts": [BETTER + "\x00"]}, "no text"),
        ({"prompts": []}, "as many"),
        ({"prompts": [BETTER, BETTER]}, "as many"),
        ([BETTER], "as many"),
        ("Sure! Here is your prompt:", "no JSON value"),
    ],
)
def test_what_loses_something_is_not_used(chat, caplog, answer, reason) -> None:
    chat.answer = lambda handler, _: says(handler, answer)
    tick = Ticks()
    with caplog.at_level(logging.DEBUG):
        assert enhanced(EDIT, environment(chat), tick) is EDIT
    (note,) = tick.notes
    assert reason in note
    assert tick.details == {}
    for secret in (KEY, EDIT.prompt, "Keep face"):
        assert secret not in caplog.text
        assert secret not in note


def test_words_in_quotation_marks_stay_as_they_are(chat) -> None:
    edit = Edit("1", "m", Kind.TEXT, 'a sign says "WE\'RE OPEN"')
    for told, used in (('A sign reads "WE\'RE OPEN".', True), ("A sign reads “Open”.", False)):
        chat.answer = lambda handler, _, told=told: says(handler, {"prompts": [told]})
        assert (enhanced(edit, environment(chat), Ticks()).prompt == told) is used


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda handler, _: send(handler, b"x", 500), "status 500"),
        (lambda handler, _: send(handler, b"[" * 3_000_000), "larger than"),
        (
            lambda handler, _: send(handler, b"", 302, Location="http://169.254.169.254/"),
            "status 302",
        ),
        (lambda handler, _: drip(handler), "took too long"),
    ],
)
def test_an_endpoint_that_does_not_help_in_time(chat, answer, reason) -> None:
    chat.answer = answer
    tick = Ticks()
    assert enhanced(EDIT, environment(chat, TIMEOUT="0.5"), tick) is EDIT
    assert reason in tick.notes[0]


def test_cancelling_does_not_wait_for_it(chat) -> None:
    chat.answer = lambda handler, _: drip(handler)
    ticks = iter([False, False, True])
    with pytest.raises(Cancelled):
        enhanced(EDIT, environment(chat, TIMEOUT="60"), Ticks(cancel=lambda _: next(ticks)))
