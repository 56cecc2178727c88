"""Mentions become slots and a model's words: nothing twice, nothing lost, nothing else touched."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cutroom.engines.slots import Wording, slots, spoken
from cutroom.errors import CannotDo, InvalidParams
from cutroom.prompt import mentions
from cutroom.types import Clip, Edit, Element, Kind

CLIP = Clip(Path("clip.mp4"), 64, 48, Fraction(24), 24, Fraction(1))


def edit(prompt="", images=0, angles=(), video=True):
    """An edit with so many images, and an element for each number of angles."""
    return Edit(
        "id",
        "model",
        Kind.EDIT,
        prompt,
        video=CLIP if video else None,
        images=tuple(Path(f"image{n}.png") for n in range(images)),
        elements=tuple(
            Element(Path(f"frontal{e}.png"), tuple(Path(f"angle{e}-{n}.png") for n in range(many)))
            for e, many in enumerate(angles)
        ),
    )


@pytest.mark.parametrize(
    ("prompt", "wording", "said"),
    [
        ("put @Image1 on the man", Wording.INDEXED, "put image0 on the man"),
        ("put <<<image_2>>> on the man", Wording.INDEXED, "put image1 on the man"),
        (
            "replace the man with @Element1",
            Wording.INDEXED,
            "replace the man with the subject from image2 and image3",
        ),
        ("@Element2 walks into @Video1", Wording.INDEXED, "The subject from image4 walks into the video"),
        ("in the @Image2 style; the @Element2!", Wording.INDEXED,
         "in the image1 style; the subject from image4!"),
        ("put @image_1 on the man", Wording.SPOKEN, "put reference image 1 on the man"),
        (
            "Stop. @Element1 meets @Image2",
            Wording.SPOKEN,
            "Stop. The subject shown in reference images 3 and 4 meets reference image 2",
        ),
        ("write to me@image1.org about <<<video_1>>>", Wording.SPOKEN,
         "write to me@image1.org about the video"),
    ],
)  # fmt: skip
def test_wording(prompt, wording, said):
    assert slots(edit(prompt, images=2, angles=(1, 0)), 5, wording=wording).prompt == said


def test_frontals_first_then_angles_in_turn():
    found = slots(edit("@Element1 and @Element2", images=1, angles=(3, 2)), 5)
    assert [exhibit.name for exhibit in found.exhibits] == [
        "@Image1",
        "@Element1",
        "@Element1 angle 1",
        "@Element2",
        "@Element2 angle 1",
    ]
    assert (
        found.prompt == "The subject from image1 and image2 and the subject from image3 and image4"
    )
    assert found.left_out == ("@Element1 angle 2", "@Element1 angle 3", "@Element2 angle 2")
    (note,) = found.notes
    assert note.startswith(
        "The model had no place for @Element1 angle 2, @Element1 angle 3 and @Element2 angle 2: "
    )


def test_references_that_nobody_mentions_have_slots_too():
    found = slots(edit("make her wear it", images=2), 4)
    assert [exhibit.path.name for exhibit in found.exhibits] == ["image0.png", "image1.png"]
    assert (found.prompt, found.notes) == ("make her wear it", ())


def test_shots_share_their_slots():
    whole = edit("", images=1, angles=(2,))
    first, second = (slots(whole, 4, prompt=text) for text in ("@Image1", "@Element1 waves"))
    assert first.exhibits == second.exhibits
    assert (first.prompt, second.prompt) == (
        "image0",
        "The subject from image1, image2 and image3 waves",
    )


@pytest.mark.parametrize("prompt", ["use @Image2", "use <<<element_1>>>", "see @Image0"])
def test_a_mention_of_nothing_is_refused(prompt):
    with pytest.raises(InvalidParams, match="the request has no such"):
        slots(edit(prompt, images=1), 4)


def test_a_video_that_is_not_there_is_refused():
    with pytest.raises(InvalidParams, match="no such video"):
        slots(edit("like @Video1", images=1, video=False), 4)


def test_too_many_references_are_refused_with_the_numbers():
    with pytest.raises(CannotDo, match=r"at most 4 reference images; the request has 5"):
        slots(edit("", images=3, angles=(3, 0)), 4)


@given(
    images=st.integers(0, 5),
    angles=st.lists(st.integers(0, 3), max_size=5),
    most=st.integers(0, 9),
    pieces=st.lists(
        st.sampled_from(["@Image1", "@element 1", "<<<video_1>>>", "a hat, ", "the ", ". ", "é"]),
        max_size=8,
    ),
    wording=st.sampled_from(Wording),
)
def test_any_edit(images, angles, most, pieces, wording):
    prompt = " ".join(pieces)
    whole = edit(prompt, images=max(images, 1), angles=(*angles, 1))
    count = len(whole.images) + len(whole.elements)
    if count > most:
        with pytest.raises(CannotDo):
            slots(whole, most, wording=wording)
        return
    found = slots(whole, most, wording=wording)
    paths = [exhibit.path for exhibit in found.exhibits]
    assert len(paths) <= most
    assert len(set(paths)) == len(paths)
    assert {*whole.images, *(element.frontal for element in whole.elements)} <= set(paths)
    every = count + sum(len(element.angles) for element in whole.elements)
    assert len(paths) + len(found.left_out) == every
    assert not found.left_out or len(paths) == most
    assert not mentions(found.prompt)
    places = mentions(prompt)
    rest, at = found.prompt, 0
    for start, stop in zip(
        (0, *(mention.end for mention in places)),
        (*(mention.start for mention in places), len(prompt)),
        strict=True,
    ):
        at = rest.index(prompt[start:stop], at) + stop - start
    assert rest.startswith(prompt[: places[0].start] if places else prompt)
    assert rest.endswith(prompt[places[-1].end :] if places else prompt)


def test_words_without_numbers_keep_one_article_and_begin_a_sentence() -> None:
    names = {"image": "the character", "element": "the character", "video": "the video"}
    said = spoken("@Image1 dances. The @image_1 does what @Video1 shows", names)
    assert said == "The character dances. The character does what the video shows"
