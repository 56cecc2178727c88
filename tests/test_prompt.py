from dataclasses import FrozenInstanceError

import pytest

from cutroom.prompt import Mention, dangling, mentions


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("swap the bird for @Image1", [("image", 1, "@Image1")]),
        ("@image 2 behind the dog", [("image", 2, "@image 2")]),
        ("@IMAGE_3", [("image", 3, "@IMAGE_3")]),
        ("put @Element2's hat on", [("element", 2, "@Element2")]),
        ("like @Video1.", [("video", 1, "@Video1")]),
        (
            "<<<image_1>>> and <<<element_12>>>",
            [("image", 1, "<<<image_1>>>"), ("element", 12, "<<<element_12>>>")],
        ),
        ("<<< Video_1 >>>", [("video", 1, "<<< Video_1 >>>")]),
        ("(@Image1,@Image2)", [("image", 1, "@Image1"), ("image", 2, "@Image2")]),
        ("für @Image1。雪", [("image", 1, "@Image1")]),
        ("@Image0", [("image", 0, "@Image0")]),
        ("@Image01", [("image", 1, "@Image01")]),
        ("", []),
        ("mail me@image1.com", []),
        ("@Images1", []),
        ("@Image1st place", []),
        ("@Image", []),
        ("@Image  1", []),
        ("image 1", []),
        ("@@Image1", []),
        ("<<<voice_1>>>", []),
        ("<<image_1>>", []),
        ("@Image99999", []),
    ],
)
def test_mentions(text: str, found: list[tuple[str, int, str]]) -> None:
    assert [(m.kind, m.number, text[m.start : m.end]) for m in mentions(text)] == found


def test_a_mention_is_a_value() -> None:
    [mention] = mentions("see @image 3")
    assert mention == Mention("image", 3, 4, 12)
    assert str(mention) == "@Image3"
    assert mention.index == 2
    with pytest.raises(FrozenInstanceError):
        mention.number = 4  # type: ignore[misc]


def test_dangling_names_what_points_at_nothing() -> None:
    text = "@Image1 @Image2 @Element1 @Video1 @Image0"
    assert [str(m) for m in dangling(text, images=1, videos=1)] == [
        "@Image2",
        "@Element1",
        "@Image0",
    ]
    assert dangling("@Image1 <<<element_1>>>", images=1, elements=1) == ()


def test_a_long_hostile_prompt_takes_no_time() -> None:
    assert mentions("<<<image_" * 50_000 + "@" * 50_000) == ()
