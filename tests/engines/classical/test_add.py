"""References that come into drawn clips whose truth is known."""

from pathlib import Path

import drawn
import numpy as np
import pytest

from cutroom.engine import Silent
from cutroom.engines.classical.engine import Classical
from cutroom.errors import CannotDo
from cutroom.types import Edit, Kind


def _figure(frame: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of the yellow figure in a frame."""
    pixels = frame.astype(int)
    yellow = (pixels[..., 0] > 120) & (pixels[..., 1] > 100) & (pixels[..., 2] < 90)
    return np.nonzero(yellow)


def test_who_is_added_stands_on_the_ground_of_others_as_tall_and_out_of_their_way(
    tmp_path: Path,
) -> None:
    walker = drawn.walker(tmp_path / "a.mp4")
    paint, notes = drawn.paint_of(
        walker.clip, "add @Image1 on the right", (drawn.figure(tmp_path / "f.png"),)
    )
    rows = np.nonzero(walker.masks[9])[0]
    for index, (before, after) in enumerate(drawn.painted(walker.clip, paint)):
        down, across = _figure(after)
        assert abs(down.max() - rows.max()) < 6
        assert abs(np.ptp(down) - np.ptp(rows)) < 0.15 * np.ptp(rows)
        assert across.min() > drawn.WIDTH / 2
        far = np.ones(after.shape[:2], bool)
        far[:, across.min() - 40 : across.max() + 40] = False
        assert np.array_equal(before[far], after[far]), index
    assert any("as tall" in sentence for sentence in notes.said)


@pytest.mark.parametrize(
    ("prompt", "sign"),
    [
        ("@Image1 flies from left to right across the frame", 1),
        ("@Image1 walks from right to left", -1),
        ("@Image1 flies across the sky from the right to the left", -1),
    ],
)
def test_it_crosses_the_picture_and_is_gone(tmp_path: Path, prompt: str, sign: int) -> None:
    clip = drawn.nothing(tmp_path / "a.mp4").clip
    paint, _ = drawn.paint_of(clip, prompt, (drawn.figure(tmp_path / "f.png"),))
    found = [_figure(after) for _, after in drawn.painted(clip, paint)]
    assert len(found[0][0]) < 20
    whole = [
        columns.mean()
        for rows, columns in found
        if len(rows) and columns.min() > 1 and columns.max() < drawn.WIDTH - 2
    ]
    steps = sign * np.diff(whole)
    assert len(whole) > 8
    assert steps.min() > 0
    assert steps.max() < 1.5 * steps.min()


def test_what_flies_in_and_lands_does_not_stay_in_mid_air(tmp_path: Path) -> None:
    clip = drawn.nothing(tmp_path / "a.mp4").clip
    figure = drawn.figure(tmp_path / "f.png")
    feet = []
    for prompt in ("@Image1 flies in from the left", "@Image1 flies in and lands on the left"):
        paint, _ = drawn.paint_of(clip, prompt, (figure,))
        rows, _ = _figure(drawn.painted(clip, paint)[-1][1])
        feet.append(rows.max() / drawn.HEIGHT)
    assert feet[0] < 0.5
    assert 0.85 < feet[1] < 0.95


def test_what_is_added_stays_in_its_place_when_the_camera_pans(tmp_path: Path) -> None:
    ball = drawn.ball(tmp_path / "a.mp4", pan=4)
    figure = drawn.figure(tmp_path / "f.png")
    paint, _ = drawn.paint_of(ball.clip, "add @Image1 in the middle", (figure,))
    where = [_figure(after)[1].mean() for _, after in drawn.painted(ball.clip, paint)]
    steps = np.diff(where[4:14])
    assert np.abs(steps + 4).max() < 1.2


@pytest.mark.parametrize(
    "prompt",
    [
        "add @Image1 behind the tree",
        "add a red ball",
        "@Image1 flies from left to left across the frame",
        "a red bird flies from left to right across the frame",
    ],
)
def test_what_cannot_be_placed_or_made_is_refused(tmp_path: Path, prompt: str) -> None:
    clip = drawn.nothing(tmp_path / "a.mp4").clip
    images = (drawn.figure(tmp_path / "f.png"),)
    edit = Edit("1", "m", Kind.EDIT, prompt, clip, images, seed=3)
    with pytest.raises(CannotDo):
        Classical().edit(edit, tmp_path / "out.mp4", Silent())
    assert not (tmp_path / "out.mp4").exists()


def test_a_clip_of_one_frame_gets_its_newcomer(tmp_path: Path) -> None:
    clip = drawn.write(tmp_path / "a.mp4", iter([drawn.texture(drawn.WIDTH, drawn.HEIGHT)]))
    figure = drawn.figure(tmp_path / "f.png")
    paint, _ = drawn.paint_of(clip, "add @Image1 on the left", (figure,))
    rows, columns = _figure(drawn.painted(clip, paint)[0][1])
    assert len(rows) > 500
    assert columns.mean() < drawn.WIDTH / 2
