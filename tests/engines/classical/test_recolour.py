"""Things given another colour, against the same scenes drawn in that colour."""

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import drawn
import numpy as np
import pytest

from cutroom.engine import Silent
from cutroom.engines.classical.colour import palette
from cutroom.engines.classical.engine import Classical
from cutroom.errors import CannotDo
from cutroom.media.decode import frames
from cutroom.types import Edit, Kind

RED = (206, 34, 38)
SKIN = (214, 158, 132)


def _grown(mask: np.ndarray, by: int) -> np.ndarray:
    return cv2.dilate(mask.astype(np.uint8), np.ones((2 * by + 1, 2 * by + 1), np.uint8)) > 0


def _psnr(a: np.ndarray, b: np.ndarray) -> float:
    return 10 * float(np.log10(255**2 / max(np.mean((a.astype(float) - b) ** 2), 1e-9)))


@pytest.mark.parametrize(
    ("source", "prompt", "target", "pan", "least"),
    [
        ("red", "make the red ball blue", "blue", 0, 28),
        ("red", "turn the red ball yellow", "yellow", 4, 23),
        ("red", "change the red ball to white", "white", 0, 20.5),
        ("blue", "paint the blue ball black", "black", 0, 22),
        ("white", "make the white ball green", "green", 0, 22),
        ("blue", "change the ball's colour to orange", "orange", 0, 26),
    ],
)
def test_the_thing_looks_as_if_it_had_been_filmed_in_the_other_colour(
    tmp_path: Path, source: str, prompt: str, target: str, pan: float, least: float
) -> None:
    def drawn_in(colour: str) -> "drawn.Drawn":
        rgb = tuple(int(v) for v in palette.rgb(colour))
        return drawn.ball(tmp_path / f"{colour}.mp4", rgb, pan)

    ball, wanted = drawn_in(source), drawn_in(target)
    paint, _ = drawn.paint_of(ball.clip, prompt)
    scores = []
    truth = (frame.pixels for frame in frames(wanted.clip))
    for index, ((before, after), right) in enumerate(
        zip(drawn.painted(ball.clip, paint), truth, strict=True)
    ):
        mask = ball.masks[index]
        scores.append(_psnr(after[mask], right[mask]))
        outside = ~_grown(mask, 4)
        assert np.array_equal(before[outside], after[outside])
    assert np.median(scores) > least


def _held(path: Path) -> "drawn.Drawn":
    """A red ball that rolls in a hand's hold: skin touches it on one side."""
    ground = drawn.texture(drawn.WIDTH, drawn.HEIGHT)
    hands = []

    def pictures() -> Iterator[np.ndarray]:
        for index in range(drawn.COUNT):
            picture = ground.copy()
            x = 60 + 10 * index
            hand = drawn.disc((x + 22, 108), 13)
            picture[drawn.disc((x, 100), 24)] = RED
            picture[hand] = SKIN
            hands.append(hand)
            yield cv2.GaussianBlur(picture, (3, 3), 0)

    return drawn.Drawn(drawn.write(path, pictures()), tuple(hands))


def test_a_hand_that_holds_it_keeps_its_colour(tmp_path: Path) -> None:
    held = _held(tmp_path / "a.mp4")
    paint, _ = drawn.paint_of(held.clip, "make the red ball blue")
    for index, (before, after) in enumerate(drawn.painted(held.clip, paint)):
        hand = cv2.erode(held.masks[index].astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        assert np.abs(after[hand].astype(int) - before[hand]).max() < 12
        assert (np.abs(after.astype(int) - before).max(axis=-1) > 60).sum() > 900


def test_of_two_balls_the_one_meant_is_dyed(tmp_path: Path) -> None:
    clip = drawn.two_balls(tmp_path / "a.mp4").clip
    paint, _ = drawn.paint_of(clip, "make the ball on the left yellow")
    for index, (before, after) in enumerate(drawn.painted(clip, paint)):
        changed = (before != after).any(axis=-1)
        left = drawn.disc((40 + 12 * index, 54), 24)
        assert changed[left].mean() > 0.6
        assert not changed[~left].any()


@pytest.mark.parametrize(
    ("draw", "prompt", "says"),
    [
        (drawn.walker, "make the man green", "not one colour"),
        (drawn.walker, "make his black shirt white", "clear colour"),
        (drawn.two_balls, "make the ball green", "not clear which"),
        (drawn.ball, "make the purple ball green", "No purple ball"),
        (drawn.nothing, "make the mug red", "Name the colour"),
    ],
)
def test_what_cannot_be_dyed_honestly_is_refused(
    tmp_path: Path, draw: Callable[[Path], "drawn.Drawn"], prompt: str, says: str
) -> None:
    edit = Edit("1", "m", Kind.EDIT, prompt, draw(tmp_path / "a.mp4").clip, seed=3)
    with pytest.raises(CannotDo, match=says):
        Classical().edit(edit, tmp_path / "out.mp4", Silent())
    assert not (tmp_path / "out.mp4").exists()


def test_what_is_black_does_not_become_light(tmp_path: Path) -> None:
    clip = drawn.ball(tmp_path / "a.mp4", (24, 24, 26)).clip
    with pytest.raises(CannotDo, match="too dark"):
        drawn.paint_of(clip, "make the black ball yellow")
