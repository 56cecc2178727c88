"""The recipe for an edit."""

from dataclasses import replace
from pathlib import Path

import pytest

from cutroom.errors import CannotDo, EngineFailed
from cutroom.types import Edit, Element, Kind
from cutroom.weights.choice import choose
from cutroom.weights.rows import Profile, recipes, weight_sets

GB = 1_000_000_000
PICTURE = Path("picture.png")


def edit(kind, **given):
    return Edit("id", "model", kind, "make it snow", **given)


def test_an_edit_without_references_is_done_in_four_steps_and_one_with_them_in_more():
    plain = choose(edit(Kind.EDIT), profile="default")
    shown = choose(edit(Kind.EDIT, images=(PICTURE,)), profile="default")
    person = choose(edit(Kind.EDIT, elements=(Element(PICTURE),)), profile="default")
    assert plain.weights == ("bernini-r-14b", "bernini-r-14b-4-steps")
    assert (plain.steps, plain.guidance) == (4, {})
    assert shown is person
    assert shown.weights == ("bernini-r-14b",)
    assert shown.steps >= 15


@pytest.mark.parametrize("profile", ["small", "default", "quality"])
def test_a_film_that_begins_with_a_given_frame_is_made_by_weights_that_can(profile):
    asked = edit(Kind.REFERENCE, start_image=PICTURE, tail_image=PICTURE, images=(PICTURE,))
    assert choose(asked, profile=profile).family == "vace"
    assert choose(edit(Kind.REFERENCE, images=(PICTURE,)), profile=profile).family == "bernini"
    assert choose(edit(Kind.REFERENCE), profile=profile).family == "wan"


@pytest.mark.parametrize("profile", ["small", "default", "quality"])
def test_what_begins_or_ends_at_a_frame_gets_weights_that_say_they_can(profile):
    both = choose(edit(Kind.IMAGE, start_image=PICTURE, tail_image=PICTURE), profile=profile)
    first = choose(edit(Kind.IMAGE, start_image=PICTURE), profile=profile)
    assert both.first
    assert both.last
    assert first.first


def test_image_to_video_without_an_image_is_made_from_the_text():
    assert choose(edit(Kind.IMAGE), profile="default") is choose(edit(Kind.TEXT), profile="default")


@pytest.mark.parametrize(
    ("free", "profile"),
    [(None, "small"), (15 * GB, "small"), (23 * GB, "small"), (47 * GB, "default"), (140 * GB, "default")],
)  # fmt: skip
def test_the_profile_is_that_of_the_memory_there_is(free, profile):
    assert choose(edit(Kind.TEXT), free=free).profile is Profile(profile)


def test_work_that_takes_more_than_the_profile_has_is_done_by_a_smaller_one():
    moved = edit(Kind.MOTION, images=(PICTURE,))
    assert choose(edit(Kind.TEXT), free=42 * GB).profile is Profile.DEFAULT
    assert choose(moved, free=42 * GB).profile is Profile.SMALL
    with pytest.raises(
        EngineFailed, match="at least 44 GB of free GPU memory, and there are 42 GB"
    ):
        choose(moved, profile="default", free=42 * GB)


def test_quality_is_had_by_asking():
    assert choose(edit(Kind.TEXT), profile="quality", free=140 * GB).steps == 40


def test_too_little_memory_is_told_in_numbers():
    with pytest.raises(EngineFailed) as refused:
        choose(edit(Kind.TEXT), free=9 * GB)
    assert refused.value.message == (
        "In the profile small, text-to-video needs at least 12 GB of free GPU memory, and there are 9 GB."
    )


def test_a_profile_too_large_for_the_card_names_the_one_that_is_not():
    with pytest.raises(EngineFailed) as refused:
        choose(edit(Kind.IMAGE, start_image=PICTURE), profile="quality", free=15_900_000_000)
    assert refused.value.message == (
        "In the profile quality, image-to-video with a first frame needs at least 24 GB of free GPU memory, and there"
        " are 15.9 GB. The profile small would do: CUTROOM_DIFFUSION_PROFILE=small."
    )


def test_what_a_profile_cannot_do_is_said_with_the_profile_that_can():
    rows = [one for one in recipes() if (one.profile, one.when) != (Profile.SMALL, "tail")]
    rows = [one for one in rows if (one.profile, one.kind) != (Profile.SMALL, Kind.IMAGE)]
    with pytest.raises(CannotDo) as refused:
        choose(
            edit(Kind.IMAGE, start_image=PICTURE, tail_image=PICTURE), profile="small", recipes=rows
        )
    assert refused.value.message == (
        "The profile small cannot do image-to-video with a last frame and with a first frame. The profile default can,"
        " with at least 24 GB of GPU memory: CUTROOM_DIFFUSION_PROFILE=default."
    )


@pytest.fixture
def restricted():
    """The rows as if the 4-step LoRA of Bernini were under a licence with conditions."""
    row = replace(
        weight_sets()["bernini-r-14b-4-steps"],
        licence="Some Community Licence",
        restricted=True,
        notice="It is not for companies above $10 M of revenue.",
    )
    return {**weight_sets(), row.id: row}


def test_a_restricted_licence_needs_a_written_yes(restricted):
    with pytest.raises(EngineFailed) as refused:
        choose(edit(Kind.EDIT), profile="default", sets=restricted)
    assert refused.value.message == (
        "The weights bernini-r-14b-4-steps are under a restricted licence, Some Community Licence. It is not for companies"
        " above $10 M of revenue. Read it at https://huggingface.co/rzgar/Bernini-R-LightX2V-4step-loras and, if you"
        " accept it, name them in CUTROOM_ACCEPT_LICENCE='[\"bernini-r-14b-4-steps\"]'."
    )
    accepted = frozenset({"bernini-r-14b-4-steps"})
    assert choose(edit(Kind.EDIT), profile="default", sets=restricted, accepted=accepted)


def test_where_there_is_another_recipe_nobody_is_asked_for_a_licence(restricted):
    plain = next(r for r in recipes() if r.profile is Profile.QUALITY and r.kind is Kind.EDIT)
    rows = [*recipes(), replace(plain, profile=Profile.DEFAULT)]
    chosen = choose(edit(Kind.EDIT), profile="default", sets=restricted, recipes=rows)
    assert chosen.weights == ("bernini-r-14b",)
