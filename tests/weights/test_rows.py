"""The rows of weights and recipes: what is written there must hold together."""

import re
import tomllib
from importlib import resources

import pytest
from click.testing import CliRunner

from cutroom.catalog import Catalog
from cutroom.cli.app import app
from cutroom.engines.diffusion.engine import FAMILIES as RUN
from cutroom.types import Kind
from cutroom.weights.rows import Profile, Recipe, recipes, weight_sets
from cutroom.weights.soundness import FAMILIES as KNOWN
from cutroom.weights.soundness import sound

KINDS = [kind for kind in Kind if kind is not Kind.OMNI]
FAMILIES = {
    "wan": {"text", "text_low"},
    "bernini": {"video", "image", "text", "low"},
    "vace": {"text"},
    "animate": {"text"},
}
PERMISSIVE = {"Apache-2.0", "MIT", "BSD-3-Clause"}


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_recipe_for_whatever_is_given(profile, kind):
    own = [one for one in recipes() if (one.profile, one.kind) == (profile, kind)]
    assert own
    assert not own[-1].when, "the last one takes what the others leave"
    assert len({one.when for one in own}) == len(own)
    assert {one.when for one in own} <= {"", "references", "start", "tail"}


def test_every_kind_of_the_catalog_is_among_them():
    assert {model.kind for model in Catalog.load().models} <= {*KINDS, Kind.OMNI}


@pytest.mark.parametrize("recipe", recipes(), ids=lambda r: f"{r.profile}-{r.kind}-{r.when}")
def test_a_recipe_keeps_to_the_rules_of_its_model(recipe):
    assert set(recipe.weights) <= set(weight_sets())
    assert set(recipe.guidance) <= FAMILIES[recipe.family]
    assert recipe.window % 4 == 1
    assert recipe.overlap % 4 == 1
    assert recipe.overlap < recipe.window
    assert recipe.memory_least < recipe.memory
    assert recipe.area <= recipe.long_side**2
    base, *others = (weight_sets()[one] for one in recipe.weights)
    assert not base.adapters
    assert all(one.adapters for one in others)


@pytest.mark.parametrize("row", weight_sets().values(), ids=lambda row: row.id)
def test_a_set_of_weights_says_where_it_comes_from(row):
    assert re.fullmatch(r"[a-z0-9.-]+", row.id)
    assert re.fullmatch(r"[\w.-]+/[\w.-]+", row.repo)
    assert re.fullmatch(r"([0-9a-f]{40})?", row.revision)
    assert row.bytes > 1_000_000_000
    assert row.restricted or row.licence in PERMISSIVE


def test_no_default_is_under_a_restricted_licence():
    used = {one for recipe in recipes() for one in recipe.weights}
    assert not [one for one in used if weight_sets()[one].restricted]


def test_every_family_that_a_row_may_name_is_one_that_runs():
    assert set(KNOWN) == set(RUN) == set(FAMILIES)


@pytest.fixture
def written(tmp_path, monkeypatch):
    """What `cutroom weights list` says of an operator's file."""

    def say(content):
        file = tmp_path / "recipes.toml"
        file.write_bytes(content)
        monkeypatch.setenv("CUTROOM_RECIPES", str(file))
        weight_sets.cache_clear()
        recipes.cache_clear()
        return CliRunner().invoke(app, ["weights", "list"])

    yield say
    monkeypatch.undo()
    weight_sets.cache_clear()
    recipes.cache_clear()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"not toml", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b"#" * 1_000_001, "has more than 1 MB"),
        (b"recipe = 5", "a recipe that is no [[recipe]]"),
        (b"recipe = [1]", "a recipe that is no [[recipe]]"),
        (b"[recipe]\nkind = 'x'", "a recipe that is no [[recipe]]"),
        (b"[[recipes]]\nkind = 'x'", "it may hold [[recipe]] and [[weights]]"),
        (b"[[recipe]]\nkind = 'text-to-video'", "(text-to-video) of CUTROOM_RECIPES is wrong: it lacks"),
        (b"[[weights]]\nid = 'x'\ncolour = 'red'", "it has no field colour"),
    ],
)  # fmt: skip
def test_an_operators_file_that_is_none_is_refused_in_words(written, content, says):
    done = written(content)
    assert done.exit_code == 4
    assert says in done.stderr
    assert "Internal" not in done.stderr


def test_a_recipe_of_weights_that_nobody_knows_is_refused(written):
    row = _first() | {"weights": ["nothing"]}
    lines = "\n".join(f"{name} = {_toml(value)}" for name, value in row.items())
    done = written(f"[[recipe]]\n{lines}".encode())
    assert (done.exit_code, "no weights 'nothing'" in done.stderr) == (4, True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("family", "nobody"), ("when", "always"), ("weights", []), ("weights", "one"), ("rate", 0), ("rate", 8.5),
        ("window", 10), ("window", -3), ("window", True), ("overlap", 81), ("multiple", 0), ("steps", "many"),
        ("steps", -2), ("area", 1), ("guidance", {"text": "x"}), ("first", 1), ("memory", -1), ("shift", "3"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_worked_with_is_named(field, value):
    sound(Recipe, _first())
    with pytest.raises(ValueError, match=f"^{field} is"):
        sound(Recipe, _first() | {field: value})


def _first():
    told = resources.files("cutroom.weights").joinpath("recipes.toml").read_text("utf-8")
    return tomllib.loads(told)["recipe"][0]


def _toml(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {one}" for name, one in value.items()) + "}"
    return str(value) if isinstance(value, int | float) else repr(value)
