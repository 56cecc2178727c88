"""Prompts come to the plan a person would expect, or to a refusal that says why: no misreads."""

import importlib.util
import json
from fractions import Fraction
from pathlib import Path

import pytest

from cutroom.engines.classical.ops import OPS
from cutroom.engines.classical.plan import Plan
from cutroom.engines.classical.planner.planner import MOST_WORDS, plan
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


@pytest.mark.parametrize(("prompt", "expected"), _LABELLED)
def test_a_labelled_prompt_is_never_misread(prompt: str, expected: list[str]) -> None:
    end, ops, _ = planning.outcome(prompt)
    assert end != "planned" or planning.fits(expected, ops), ops


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


def test_a_refusal_says_what_was_understood_what_not_and_what_can_be() -> None:
    with pytest.raises(CannotDo) as refused:
        plan(_edit("make it a snowy night and let Anna dance"))
    assert "“let Anna dance”" in refused.value.message
    assert "snow" in refused.value.message
    assert "night" in refused.value.message
    assert "It can change: looks (" in refused.value.message


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
    assert Plan.from_json(data, OPS) == before
    assert [row["op"] for row in data["ops"]] == ["night", "snow"]
    assert all(row["say"] for row in data["ops"])


@pytest.mark.parametrize(
    "data",
    [{}, {"ops": [{"op": "nothing"}]}, {"ops": [{"op": "snow", "flakes": 3}]}, {"ops": [3]}],
)
def test_what_is_no_plan_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(InvalidParams):
        Plan.from_json(data, OPS)
