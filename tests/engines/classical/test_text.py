"""Captions, titles and watermarks: how they are asked for, and what they do to a picture."""

from pathlib import Path

import drawn
import numpy as np
import pytest

from cutroom.engines.classical.planner.planner import plan
from cutroom.engines.classical.text.lettering import legible
from cutroom.errors import CannotDo
from cutroom.media.images import save
from cutroom.types import Clip, Edit, Kind


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """1.5 s, 12 frames a second, a still textured place."""
    return drawn.nothing(tmp_path_factory.mktemp("text") / "a.mp4").clip


def _ops(prompt: str) -> list[dict[str, object]]:
    return plan(Edit("1", "m", Kind.EDIT, prompt)).to_json()["ops"]


def _changed(clip: Clip, prompt: str) -> list[np.ndarray]:
    """For each frame, (height, width) bool: what the prompt changes."""
    paint, _ = drawn.paint_of(clip, prompt)
    return [(after != before).any(axis=-1) for before, after in drawn.painted(clip, paint)]


def _box(mask: np.ndarray) -> tuple[float, float, float, float]:
    """Left, top, right, bottom as shares of the frame."""
    rows, columns = np.nonzero(mask)
    height, width = mask.shape
    return columns.min() / width, rows.min() / height, columns.max() / width, rows.max() / height


@pytest.mark.parametrize(
    ("prompt", "wanted"),
    [
        ('add the caption "Hello"', {"op": "caption", "text": "Hello", "place": "bottom"}),
        ("subtitle: Good morning, everyone", {"op": "caption", "text": "Good morning, everyone"}),
        ("add the subtitle «Où ça ?» at the top", {"text": "Où ça ?", "place": "top"}),
        ("add the caption 'Hello, it's me' at the top", {"text": "Hello, it's me"}),
        ('caption: "It\'s watercolur, Vintge"', {"text": "It's watercolur, Vintge"}),
        ("caption: It's watercolur by Vintge", {"text": "It's watercolur by Vintge"}),
        ('add the caption “He said "no" twice”', {"text": 'He said "no" twice'}),
        (r'add the caption "He said \"no\" twice"', {"text": 'He said "no" twice'}),
        ('write "A" from 0:01 to 0:02.5', {"op": "caption", "start": 1.0, "stop": 2.5}),
        ('from 1s to 2s show "Wait" in the middle', {"place": "middle", "start": 1.0, "stop": 2.0}),
        ('put the text "Hi" in dark blue at the top left', {"colour": "dark blue", "place": "top left"}),
        ('add big bold red text "SALE"', {"size": 1.4, "bold": True, "colour": "red"}),
        ('show "The End" for the last two seconds', {"start": -2.0, "stop": 0.0}),
        ("add a title that says Snow Day!", {"op": "title", "text": "Snow Day!", "stop": 4.0}),
        ('add the title "Trip" for the first 3 seconds', {"op": "title", "stop": 3.0}),
        ('add "Trip" as a title', {"op": "title", "place": "middle"}),
        ("put a watermark © ACME bottom right", {"op": "watermark", "text": "© ACME"}),
        ('watermark the video with "me" in the top left corner', {"op": "watermark", "place": "top left"}),
    ],
)  # fmt: skip
def test_what_is_asked_for_is_understood(prompt: str, wanted: dict[str, object]) -> None:
    (op,) = _ops(prompt)
    assert {key: op[key] for key in wanted} == wanted


def test_several_texts_at_their_own_times_and_beside_other_wishes() -> None:
    ops = _ops('make it sepia and add the caption "A" from 0s to 2s and "B" from 2s to 4s')
    assert [(op["op"], op.get("text"), op.get("start")) for op in ops] == [
        ("sepia", None, None),
        ("caption", "A", 0.0),
        ("caption", "B", 2.0),
    ]


def test_text_without_quotes_ends_where_the_next_wish_begins() -> None:
    ops = _ops("add a title that says Hello, you. Then make it dark and add snow")
    assert [(op["op"], op.get("text")) for op in ops] == [
        ("darker", None),
        ("snow", None),
        ("title", "Hello, you"),
    ]


@pytest.mark.parametrize(
    "prompt",
    [
        "add a caption",
        "add subtitles",
        "do not add the caption “x”",
        'remove the title "Foo"',
        'change the title to "X"',
        'replace the text "A" with "B"',
        'write "Hello" on the wall',
        'make the man say "hello"',
        'add a sign that says "OPEN"',
        'add the caption "He said "no" twice"',
        'put the text "A" at the top at the bottom',
        'add the caption "A" from 5s to 2s',
        "add a title that says wash and make it shine",
    ],
)
def test_what_is_not_sure_to_be_text_is_refused(prompt: str) -> None:
    with pytest.raises(CannotDo):
        _ops(prompt)


def test_two_texts_over_each_other_are_refused() -> None:
    with pytest.raises(CannotDo, match="over each other"):
        _ops('add the caption "A" and the caption "B"')
    assert len(_ops('add the caption "A" at the top and the caption "B" at the bottom')) == 2


@pytest.mark.parametrize(
    ("place", "across", "down"),
    [
        ("at the bottom", 0.5, 0.9),
        ("at the top", 0.5, 0.1),
        ("in the middle", 0.5, 0.5),
        ("in the top left corner", 0.1, 0.1),
        ("in the bottom right corner", 0.9, 0.9),
        ("on the right", 0.9, 0.5),
    ],
)
def test_text_stands_where_it_was_asked_for(
    clip: Clip, place: str, across: float, down: float
) -> None:
    left, top, right, bottom = _box(_changed(clip, f'add the caption "Hi" {place}')[0])
    assert abs((left + right) / 2 - across) < 0.06
    assert abs((top + bottom) / 2 - down) < 0.06
    assert min(left, top, 1 - right, 1 - bottom) > 0.02


def test_only_the_box_of_the_text_changes_and_it_can_be_read(clip: Clip) -> None:
    paint, _ = drawn.paint_of(clip, 'add the caption "Hello there" at the bottom')
    before, after = drawn.painted(clip, paint)[3]
    changed = (before != after).any(axis=-1)
    left, top, right, _ = _box(changed)
    assert top > 0.8
    assert right - left < 0.6
    assert changed.mean() < 0.05
    light = after[changed].mean(axis=-1)
    assert np.percentile(light, 90) > 240, "letters are white"
    assert np.percentile(light, 10) < 60, "and their rim is dark"


def test_text_is_seen_exactly_when_it_was_asked_for(clip: Clip) -> None:
    """At 12 frames a second, from 0.5 s to 1 s are frames 6 to 11."""
    seen = [m.any() for m in _changed(clip, 'add the caption "Hi" from 0.5s to 1s')]
    assert [index for index, there in enumerate(seen) if there] == list(range(6, 12))
    last = [m.any() for m in _changed(clip, 'show "Hi" for the last second')]
    assert [index for index, there in enumerate(last) if there] == list(range(6, 18))


def test_text_after_the_end_of_the_clip_is_refused(clip: Clip) -> None:
    with pytest.raises(CannotDo, match=r"1\.5 s long"):
        drawn.paint_of(clip, 'add the caption "Hi" from 10s to 12s')


def test_a_title_fades_in_and_out(clip: Clip) -> None:
    paint, _ = drawn.paint_of(clip, 'add a title that says "Hi"')
    pairs = drawn.painted(clip, paint)
    amounts = [float(np.abs(after.astype(int) - before).mean()) for before, after in pairs]
    assert amounts[0] < 0.2 * amounts[8]
    assert np.all(np.diff(amounts[:6]) > 0)
    assert amounts[-1] < 0.5 * amounts[8]


def test_a_watermark_lets_the_picture_through(clip: Clip) -> None:
    paint, _ = drawn.paint_of(clip, 'add a white watermark "ACME"')
    for before, after in drawn.painted(clip, paint)[::8]:
        changed = (before != after).any(axis=-1)
        assert 150 < np.percentile(after[changed].mean(axis=-1), 95) < 225


def test_long_text_is_broken_into_lines_within_the_margins(clip: Clip) -> None:
    words = "The quick brown fox jumps over the lazy dog " * 3
    one = _box(_changed(clip, 'add the caption "The quick brown fox"')[0])
    many = _box(_changed(clip, f'add the caption "{words.strip()}"')[0])
    assert many[0] > 0.02
    assert many[2] < 0.98
    assert many[3] - many[1] > 2 * (one[3] - one[1])
    assert abs(many[3] - one[3]) < 0.02, "it grows upwards"


def test_a_newline_begins_a_line(clip: Clip) -> None:
    one = _box(_changed(clip, 'add the caption "one two"')[0])
    two = _box(_changed(clip, 'add the caption "one\ntwo"')[0])
    assert two[3] - two[1] > 1.5 * (one[3] - one[1])
    assert two[2] - two[0] < 0.8 * (one[2] - one[0])


def test_a_word_longer_than_a_line_is_cut(clip: Clip) -> None:
    left, _, right, _ = _box(_changed(clip, f'add the caption "{"W" * 60}"')[0])
    assert left > 0.02
    assert right < 0.98


def test_text_that_would_fill_the_picture_is_refused(clip: Clip) -> None:
    with pytest.raises(CannotDo, match="does not fit"):
        drawn.paint_of(clip, f'add the huge title "{"long words " * 25}"')
    with pytest.raises(CannotDo, match="300 letters"):
        drawn.paint_of(clip, f'add the caption "{"long words " * 50}"')


def test_text_that_would_be_specks_is_refused(tmp_path: Path) -> None:
    tiny = drawn.write(tmp_path / "a.mp4", iter([np.zeros((16, 16, 3), np.uint8)]), (16, 16))
    with pytest.raises(CannotDo, match="specks in a picture of 16x16"):
        drawn.paint_of(tiny, 'add the caption "Hello"')


@pytest.mark.parametrize("text", ["Ünïcode ñ ß ő", "你好、世界", "Привет, Ελλάδα", "→ ½ © € ™ ♥"])
def test_letters_of_many_scripts_are_drawn(text: str) -> None:
    assert legible(text) == text


@pytest.mark.parametrize("text", ["שלום", "مرحبا", "नमस्ते", "ไทย", "well done 😀", " \n "])
def test_what_the_font_cannot_draw_is_refused_in_words(text: str) -> None:
    with pytest.raises(CannotDo):
        legible(text)


def test_letters_and_their_accents_are_composed() -> None:
    assert legible("Cafe\u0301") == "Café"


def test_a_picture_is_a_mark_in_its_corner(clip: Clip, tmp_path: Path) -> None:
    """A red ring with a hole: the picture is seen through the hole and around the ring."""
    rgba = np.zeros((200, 200, 4), np.uint8)
    y, x = np.mgrid[0:200, 0:200]
    ring = np.abs(np.hypot(x - 100, y - 100) - 75) < 20
    rgba[ring] = (255, 0, 0, 255)
    save(tmp_path / "logo.png", rgba)
    prompt = "put the logo @Image1 in the top right corner for the first second"
    paint, _ = drawn.paint_of(clip, prompt, (tmp_path / "logo.png",))
    before, after = drawn.painted(clip, paint)[5]
    changed = (before != after).any(axis=-1)
    left, top, right, bottom = _box(changed)
    assert min(left, 1 - bottom) > 0.7
    assert max(top, 1 - right) < 0.08
    height, width = changed.shape
    middle = (round((top + bottom) / 2 * height), round((left + right) / 2 * width))
    assert not changed[middle], "the hole is a hole"
    assert after[changed][:, 0].max() == 255
    late, same = drawn.painted(clip, paint)[12]
    assert np.array_equal(late, same)


def test_a_picture_as_a_watermark_is_seen_through(clip: Clip, tmp_path: Path) -> None:
    save(tmp_path / "logo.png", np.full((40, 80, 4), 255, np.uint8))
    paint, _ = drawn.paint_of(clip, "add @Image1 as a watermark", (tmp_path / "logo.png",))
    before, after = drawn.painted(clip, paint)[0]
    changed = (before != after).any(axis=-1)
    mixed = 0.45 * before[changed].astype(float) + 0.55 * 255
    assert np.abs(after[changed] - mixed).max() < 2


def test_a_mark_and_a_text_over_each_other_are_refused() -> None:
    edit = Edit(
        "1",
        "m",
        Kind.EDIT,
        'add @Image1 as a watermark and the watermark "me"',
        None,
        (Path("a.png"),),
    )
    with pytest.raises(CannotDo, match="over each other"):
        plan(edit)
