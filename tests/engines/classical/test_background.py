"""New places behind a subject, in drawn clips whose truth is known."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import drawn
import numpy as np
import pytest
from PIL import Image

from cutroom.engine import Silent
from cutroom.engines.classical.engine import Classical
from cutroom.errors import CannotDo
from cutroom.media.decode import frames
from cutroom.types import Edit, Kind


def _grown(mask: np.ndarray, by: int) -> np.ndarray:
    return cv2.dilate(mask.astype(np.uint8), np.ones((2 * by + 1, 2 * by + 1), np.uint8)) > 0


def _eroded(mask: np.ndarray, by: int) -> np.ndarray:
    return cv2.erode(mask.astype(np.uint8), np.ones((2 * by + 1, 2 * by + 1), np.uint8)) > 0


def _psnr(a: np.ndarray, b: np.ndarray) -> float:
    return 10 * float(np.log10(255**2 / max(np.mean((a.astype(float) - b) ** 2), 1e-9)))


def _picture(path: Path, width: int, height: int) -> np.ndarray:
    """A picture with detail, saved as a reference."""
    picture = drawn.texture(width, height, 21)[..., ::-1].copy()
    picture[: height // 2, :, 2] = np.minimum(picture[: height // 2, :, 2] + 70, 255)
    Image.fromarray(picture).save(path)
    return picture


def test_before_a_picture_the_subject_is_whole_and_the_picture_is_the_picture(
    tmp_path: Path,
) -> None:
    ball = drawn.ball(tmp_path / "a.mp4")
    picture = _picture(tmp_path / "p.png", drawn.WIDTH, drawn.HEIGHT)
    paint, _ = drawn.paint_of(
        ball.clip, "replace the background with @Image1", (tmp_path / "p.png",)
    )
    overlaps, kept = [], []
    for index, (before, after) in enumerate(drawn.painted(ball.clip, paint)):
        mask = ball.masks[index]
        outside = ~_grown(mask, 48)  # the shadow at its feet is part of the edit
        assert np.array_equal(after[outside], picture[outside])
        near = np.abs(after.astype(int) - before).sum(-1)
        far = np.abs(after.astype(int) - picture).sum(-1)
        found = near < far
        about = _grown(mask, 12)
        overlaps.append((found & mask).sum() / ((found & about) | mask).sum())
        core = _eroded(mask, 4)
        kept.append(_psnr(after[core], before[core]))
    assert np.median(overlaps) > 0.88
    assert np.median(kept) > 34


@pytest.mark.parametrize(
    "prompt", ["change the background to mountains", "use @Image1 as the background"]
)
def test_a_camera_that_pans_pans_over_the_new_place(tmp_path: Path, prompt: str) -> None:
    ball = drawn.ball(tmp_path / "a.mp4", pan=4)
    _picture(tmp_path / "p.png", 480, 240)
    paint, _ = drawn.paint_of(ball.clip, prompt, (tmp_path / "p.png",))
    pairs = drawn.painted(ball.clip, paint)
    # The lower half: clouds drift by themselves.
    early, late = (
        cv2.cvtColor(pairs[i][1], cv2.COLOR_RGB2GRAY)[40:86].astype(np.float32) for i in (4, 9)
    )
    shift = cv2.phaseCorrelate(early, late, cv2.createHanningWindow((drawn.WIDTH, 46), cv2.CV_32F))
    assert abs(shift[0][0] + 20) < 1.5
    assert abs(shift[0][1]) < 1


def test_before_a_still_camera_a_picture_stays(tmp_path: Path) -> None:
    ball = drawn.ball(tmp_path / "a.mp4")
    _picture(tmp_path / "p.png", 480, 240)
    paint, _ = drawn.paint_of(ball.clip, "use @Image1 as the background", (tmp_path / "p.png",))
    pairs = drawn.painted(ball.clip, paint)
    assert np.array_equal(pairs[2][1][:60], pairs[12][1][:60])


def test_the_light_of_the_night_falls_on_the_subject(tmp_path: Path) -> None:
    ball = drawn.ball(tmp_path / "a.mp4")
    light = []
    for hour in ("by day", "at night"):
        paint, _ = drawn.paint_of(ball.clip, f"change the background to a meadow {hour}")
        _, after = drawn.painted(ball.clip, paint)[8]
        light.append(float(after[_eroded(ball.masks[8], 4)].mean()))
    assert light[1] < 0.75 * light[0]


@pytest.mark.parametrize("count", [1, 18])
def test_where_subject_and_place_cannot_be_told_apart_it_is_said(
    tmp_path: Path, count: int
) -> None:
    still = drawn.nothing(tmp_path / "a.mp4").clip
    clip = drawn.write(tmp_path / "b.mp4", (f.pixels for f in frames(still, stop=count)))
    edit = Edit("1", "m", Kind.EDIT, "change the background to a beach", clip, seed=3)
    with pytest.raises(CannotDo):
        Classical().edit(edit, tmp_path / "out.mp4", Silent())
    assert not (tmp_path / "out.mp4").exists()


def test_across_a_cut_the_new_place_is_behind_both_shots(tmp_path: Path) -> None:
    grounds = [
        cv2.add(
            drawn.texture(drawn.WIDTH, drawn.HEIGHT, s),
            np.full((drawn.HEIGHT, drawn.WIDTH, 3), a, np.uint8),
        )
        for s, a in ((4, 0), (11, 70))
    ]

    def pictures() -> Iterator[np.ndarray]:
        for shot, ground in enumerate(grounds):
            for index in range(12):
                picture = ground.copy()
                x = 50 + 18 * index if shot == 0 else 270 - 18 * index
                picture[drawn.disc((x, 90), 22)] = (20, 40, 190)
                yield picture

    picture = _picture(tmp_path / "p.png", drawn.WIDTH, drawn.HEIGHT)
    clip = drawn.write(tmp_path / "a.mp4", pictures())
    paint, _ = drawn.paint_of(clip, "use @Image1 as the background", (tmp_path / "p.png",))
    for index, (before, after) in enumerate(drawn.painted(clip, paint)):
        x = 50 + 18 * index if index < 12 else 270 - 18 * (index - 12)
        assert np.array_equal(after[:40], picture[:40])
        core = drawn.disc((x, 90), 17)
        assert np.abs(after[core].astype(int) - before[core]).mean() < 30  # brighter light
