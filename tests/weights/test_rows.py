"""The rows of weights and recipes: what is written there must hold together."""

import re

import pytest

from cutroom.catalog import Catalog
from cutroom.types import Kind
from cutroom.weights.rows import Profile, recipes, weight_sets

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
