"""Prompts come to the plan a person would expect, or to a refusal that says why: no misreads."""

import importlib.util
import json
import math
from fractions import Fraction
from pathlib import Path

import pytest

from cutroom.engines.classical.ops import OPS
from cutroom.engines.classical.plan import Plan
from cutroom.engines.classical.planner.planner import MOST_WORDS, checked, plan
from cutroom.engines.classical.planner.refusal import Refused
from cutroom.engines.classical.planner.template import spelled
from cutroom.errors import CannotDo, InvalidParams
from cutroom.types import Clip, Edit, Kind

_SCRIPT = Path(__file__).parents[3] / "benchmarks" / "planning.py"
_SPEC = importlib.util.spec_from_file_location("planning", _SCRIPT)
assert _SPEC
assert _SPEC.loader
planning = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(planning)

_LABELLED = list(planning.labels(Path(__file__).with_name("labelled_prompts.toml")))
_CLIP = Clip(Path("x.mp4"), 320, 180, Fraction(24), 24, Fraction(1), audio="aac")


def _edit(prompt: str, *, keep_audio: bool = False) -> Edit:
    return Edit("1", "m", Kind.EDIT, prompt, _CLIP, keep_audio=keep_audio)


def _names(prompt: str) -> list[str]:
    try:
        return [op.name for op in plan(_edit(prompt)).ops]
    except CannotDo:
        return []


def test_no_labelled_prompt_is_misread() -> None:
    ends = [(prompt, expected, *planning.outcome(prompt)[:2]) for prompt, expected in _LABELLED]
    misread = {
        prompt: ops
        for prompt, expected, end, ops in ends
        if end == "planned" and not planning.fits(expected, ops)
    }
    assert misread == {}


def test_hardly_anything_that_can_be_done_is_refused() -> None:
    wanted = [prompt for prompt, expected in _LABELLED if expected]
    refused = [prompt for prompt in wanted if planning.outcome(prompt)[0] != "planned"]
    assert len(refused) <= 0.08 * len(wanted), refused


def test_the_labelled_set_is_large_and_mixed() -> None:
    refusals = sum(not expected for _, expected in _LABELLED)
    assert len(_LABELLED) >= 280
    assert refusals >= 100
    assert len(_LABELLED) - refusals >= 60


@pytest.mark.parametrize("kind", OPS, ids=lambda kind: kind.name)
def test_every_phrase_of_an_op_comes_to_that_op_alone(kind: type) -> None:
    astray = {
        phrase: _names(phrase)
        for template in getattr(kind, "phrases", ())
        for phrase in spelled(template)[::7]
        if _names(phrase) != [kind.name]
    }
    assert astray == {}


def test_degrees_scale_what_they_stand_by() -> None:
    def strength(prompt: str) -> float:
        (op,) = plan(_edit(prompt)).ops
        return float(getattr(op, type(op).scaled))

    assert strength("slightly vintage") < strength("vintage") < strength("very vintage")
    assert strength("light rain") < strength("rain") < strength("heavy rain")
    assert strength("sepia at 50%") == 0.5
    assert strength("brighten it by 20 percent") == 0.2
    assert strength("darken the video a little") < strength("darken the video")


def test_a_degree_belongs_to_the_nearer_op() -> None:
    darker, vintage = plan(_edit("vintage and slightly darker")).ops
    assert vintage == type(vintage)()
    assert darker != type(darker)()
    night, snow, grain = plan(_edit("snowy night with a little film grain")).ops
    assert (night, snow) == (type(night)(), type(snow)())
    assert grain == type(grain)(strength=0.5)


def test_a_refusal_says_what_was_understood_what_not_and_what_can_be() -> None:
    with pytest.raises(CannotDo) as refused:
        plan(_edit("make it a snowy night and let Anna dance"))
    assert "“let Anna dance”" in refused.value.message
    assert "snow" in refused.value.message
    assert "night" in refused.value.message
    assert "It can change: looks (" in refused.value.message
    assert len(refused.value.message) < 600


@pytest.mark.parametrize(
    "prompt", ["Mach es zu einer verschneiten Nacht", "把背景换成日落海滩", "сделай ночь"]
)
def test_another_language_is_refused_as_one(prompt: str) -> None:
    with pytest.raises(CannotDo, match="English only"):
        plan(_edit(prompt))


def test_a_refusal_names_what_comes_near() -> None:
    with pytest.raises(CannotDo, match="oil painting"):
        plan(_edit("make it look like a Vermeer"))
    with pytest.raises(CannotDo, match="cartoon"):
        plan(_edit("make it a claymation"))


def test_the_sound_is_kept_only_where_the_request_keeps_it() -> None:
    assert plan(_edit("sepia, keep the original sound", keep_audio=True)).kept == (
        "the original sound",
    )
    with pytest.raises(CannotDo, match="keep_audio"):
        plan(_edit("sepia, keep the original sound"))


def test_what_is_asked_twice_is_done_once() -> None:
    assert _names("snow, snowy, with falling snow") == ["snow"]
    (op,) = plan(_edit("snow, heavy snow")).ops
    assert op.density > 1


def test_the_order_of_ops_does_not_depend_on_the_order_of_words() -> None:
    assert _names("film grain, snow, night") == _names("night, snow, film grain")


def test_a_mention_that_nothing_reads_is_refused() -> None:
    with pytest.raises(CannotDo, match="@Image1"):
        plan(Edit("1", "m", Kind.EDIT, "make it night like @Image1", _CLIP, (Path("a.png"),)))


def test_a_story_is_refused_quickly() -> None:
    with pytest.raises(CannotDo, match=str(MOST_WORDS)):
        plan(_edit("snow " * 2000))
    assert _names("snow rain fog " * 90) != [""]


@pytest.mark.parametrize(
    "prompt",
    [
        "a " * 1250,
        "snow, " * 416,
        "very very " * 250 + "snow",
        "@Image1 " * 290,
        "make the red " * 180,
        "replace the person with @Image1 walking in the same direction " * 28,
        "a beautiful beautiful " * 110 + "beach",
        "keep the the the " * 150,
        "change the background to a " * 50,
        "a red bird flies in from the left and lands between the " * 25,
        "don't add " * 140,
        "(" * 2500,
        "\u0301" * 2500,
        '"' * 2500,
        "-" * 2500,
        "colour" * 416,
        "golden " * 299,
        "halftone " * 277,
        "make it hand-drawn " * 120,
        'add the caption "Hello" ' * 100,
        "make it the the the " * 70,
    ],
)
@pytest.mark.timeout(30)  # what blows up takes minutes
def test_nasty_repetition_comes_to_an_end(prompt: str) -> None:
    end, ops, refusal = planning.outcome(prompt[:2500])
    assert (end == "planned") == bool(ops) != bool(refusal)


@pytest.mark.parametrize("template", ["(a|b", "[a", "a)", "a] b"])
def test_a_template_with_open_brackets_is_no_template(template: str) -> None:
    with pytest.raises(ValueError, match="bracket"):
        spelled(template)


def test_templates_spell_what_they_stand_for() -> None:
    assert spelled("(falling|drifting) snow [flakes]") == (
        "falling snow flakes",
        "falling snow",
        "drifting snow flakes",
        "drifting snow",
    )
    assert "old film" in spelled("old {time}")


def test_a_plan_goes_through_json() -> None:
    before = plan(_edit("very snowy night, keep the camera movement"))
    data = json.loads(json.dumps(before.to_json()))
    assert data["version"] == 1
    assert Plan.from_json(data, OPS) == before
    assert [row["op"] for row in data["ops"]] == ["night", "snow"]
    assert all(row["say"] for row in data["ops"])


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"version": 2}, "version must be 1"),
        ({"version": None}, "version must be 1"),
        ({"more": 1}, "more is no field of a plan"),
        ({"ops": []}, "ops must be a list of 1 to"),
        ({"ops": {}}, "ops must be a list of 1 to"),
        ({"ops": [{"op": "snow"}] * 41}, "ops must be a list of 1 to"),
        ({"ops": [3]}, r"ops\[0\] must be an object"),
        ({"ops": [{"op": "snow"}, {"op": "nothing"}]}, r"ops\[1\].op is 'nothing'"),
        ({"ops": [{"op": ["snow"]}]}, r"ops\[0\].op is"),
        ({"ops": [{"op": "snow", "flakes": 3}]}, r"ops\[0\].flakes is no parameter of snow"),
        ({"ops": [{"op": "snow", "density": "3"}]}, r"ops\[0\].density should be a valid number"),
        ({"ops": [{"op": "snow", "density": True}]}, r"ops\[0\].density should be a valid number"),
        ({"ops": [{"op": "snow", "density": 99}]}, r"ops\[0\].density must be between 0 and 5"),
        ({"ops": [{"op": "snow", "density": 10**400}]}, r"ops\[0\].density must be between"),
        ({"ops": [{"op": "snow", "density": math.nan}]}, r"ops\[0\].density must be between"),
        ({"ops": [{"op": "recolour", "thing": "mug"}]}, r"ops\[0\].target field required"),
        (
            {"ops": [{"op": "recolour", "thing": "mug", "target": "plaid"}]},
            r"ops\[0\].target must be one of",
        ),
        (
            {"ops": [{"op": "background", "place": "beach", "hour": "noon"}]},
            r"ops\[0\].hour should be 'day'",
        ),
        ({"ops": [{"op": "remove", "what": "a" * 301}]}, r"ops\[0\].what must have at most 300"),
        ({"ops": [{"op": "brighter"}, {"op": "darker"}]}, "brighter and darker at once"),
        ({"kept": [1]}, "kept must be a list of texts"),
    ],
)
def test_what_is_no_plan_is_refused_with_the_place(change: dict[str, object], where: str) -> None:
    with pytest.raises(InvalidParams, match=where):
        checked({"version": 1, "ops": [{"op": "snow"}]} | change)


def test_ops_of_a_plan_are_carried_out_by_stage_whatever_their_order() -> None:
    found = checked({"version": 1, "ops": [{"op": "snow"}, {"op": "night"}]})
    assert [op.name for op in found.ops] == ["night", "snow"]


@pytest.mark.parametrize(
    ("prompt", "understood", "cannot", "near"),
    [
        ("make it night and add a dragon", ["night"], ["add a dragon"], "add @Image1"),
        ("Make the style Claymation.", [], ["Make the style Claymation"], "a cartoon"),
        ("film grain, but keep the colours of the car", ["film grain"], ["keep the colours of the car"], ""),
        ("make it snow for the first two seconds", ["falling snow"], ["first two seconds"], ""),
        ("sepia, but keep the mug", ["sepia"], ["keep the mug"], ""),
        ("change the background to Mars", [], ["change the background to Mars"], "replace the background with @Image1"),
    ],
)  # fmt: skip
def test_every_clause_ends_as_an_op_or_as_a_named_refusal(
    prompt: str, understood: list[str], cannot: list[str], near: str
) -> None:
    with pytest.raises(Refused) as refused:
        plan(_edit(prompt))
    told = refused.value.to_json()
    assert told["understood"] == understood
    assert [part["text"] for part in told["cannot"]] == cannot
    assert all(part["why"] for part in told["cannot"])
    assert (
        any(offer.startswith(near) for part in told["cannot"] for offer in part["nearest"])
        or not near
    )
    if cannot[0].startswith("keep the mug"):
        return
    for part in told["cannot"]:
        assert f"“{part['text']}” ({part['why']})" in refused.value.message


def test_what_is_not_to_be_added_is_not_read_as_a_wish() -> None:
    assert _names("don't add rain, snow or fog, make it warm") == ["warmer"]
    assert _names("don't add snow and rain, make it warm") == ["warmer"]
    assert _names("don't add rain and make it night") == ["night"]


def test_an_adjective_of_a_thing_is_no_wish_of_its_own() -> None:
    assert _names("colourful leaves falling") == ["falling_leaves"]
    assert _names("make it colourful with falling leaves") == ["falling_leaves", "vibrant"]
