"""Things taken out of drawn clips, against the same scenes drawn without them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import drawn
import numpy as np
import pytest

from cutroom.engine import Silent
from cutroom.engines.classical.engine import Classical
from cutroom.engines.classical.sprites.emptied import emptied
from cutroom.errors import CannotDo
from cutroom.media.decode import frames
from cutroom.types import Edit, Kind


def _grown(mask: np.ndarray, by: int) -> np.ndarray:
    return cv2.dilate(mask.astype(np.uint8), np.ones((2 * by + 1, 2 * by + 1), np.uint8)) > 0


def _psnr(a: np.ndarray, b: np.ndarray) -> float:
    return 10 * float(np.log10(255**2 / max(np.mean((a.astype(float) - b) ** 2), 1e-9)))


def _empty(index: int, pan: float) -> np.ndarray:
    """The scene of `drawn.ball` without the ball."""
    ground = drawn.texture(drawn.WIDTH + 80, drawn.HEIGHT + 10)
    left = round(pan * index)
    return ground[4 : 4 + drawn.HEIGHT, left : left + drawn.WIDTH]


@pytest.mark.parametrize(("prompt", "pan"), [("remove the ball", 0), ("delete the red ball", 4)])
def test_what_was_behind_is_there_and_the_rest_untouched(
    tmp_path: Path, prompt: str, pan: float
) -> None:
    ball = drawn.ball(tmp_path / "a.mp4", pan=pan)
    paint, _ = drawn.paint_of(ball.clip, prompt)
    scores = []
    for index, (before, after) in enumerate(drawn.painted(ball.clip, paint)):
        truth, mask = _empty(index, pan), _grown(ball.masks[index], 2)
        scores.append(_psnr(after[mask], truth[mask]))
        outside = ~_grown(ball.masks[index], 16)
        assert np.array_equal(before[outside], after[outside])
    assert min(scores) > 38


def test_what_the_matte_loses_for_a_while_is_found_beside_the_hole(tmp_path: Path) -> None:
    ball = drawn.ball(tmp_path / "a.mp4")
    scene, _ = drawn.scene_of(ball.clip, "remove the ball")
    found = scene.sight.subject()
    lost = range(5, 11)

    def halved(index: int) -> np.ndarray:
        plane = found.small(index).copy()
        if index in lost:
            rows = np.flatnonzero((plane > 127).any(axis=1))
            plane[: (rows[0] + rows[-1]) // 2] = 0
        return plane

    empty = emptied(replace(found, plane=halved), scene, "the ball")
    for frame in frames(ball.clip):
        truth, mask = _empty(frame.index, 0), _grown(ball.masks[frame.index], 2)
        assert _psnr(empty(frame.pixels, frame.index)[mask], truth[mask]) > 30, frame.index


def _restless(index: int, *, ball: bool) -> np.ndarray:
    """A scene under a gliding camera and a flickering lamp; `ball` with its shadow on the ground."""
    ground = drawn.texture(drawn.WIDTH + 80, drawn.HEIGHT + 20, 3).astype(np.float32)
    centre = (60 + 12.5 * index, 100.0)
    y, x = np.mgrid[0 : ground.shape[0], 0 : ground.shape[1]].astype(np.float32)
    if ball:
        far = ((x - centre[0] - 14) / 24) ** 2 + ((y - centre[1] - 26) / 7) ** 2
        ground *= (1 - 0.3 * np.exp(-(far**2)))[..., None]
        ground[np.hypot(x - centre[0], y - centre[1]) < 26] = (20, 40, 150)
    grow = 1 + 0.004 * index
    view = np.array([[1 / grow, 0, 2.37 * index], [0, 1 / grow, 3 + 0.41 * index]])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    seen = cv2.warpAffine(ground, view, (drawn.WIDTH, drawn.HEIGHT), flags=flags)
    light = 1 + 0.05 * np.sin(1.9 * index)
    return np.clip(seen * light, 0, 255).astype(np.uint8)


def test_shadow_goes_along_and_the_light_of_the_frame_is_met(tmp_path: Path) -> None:
    count = drawn.COUNT
    clip = drawn.write(tmp_path / "a.mp4", (_restless(i, ball=True) for i in range(count)))
    paint, _ = drawn.paint_of(clip, "get rid of the blue ball")
    scores, shadow = [], []
    for index, (before, after) in enumerate(drawn.painted(clip, paint)):
        truth, there = _restless(index, ball=False), _restless(index, ball=True)
        gone = np.abs(truth.astype(int) - there).max(axis=-1) > 6
        scores.append(_psnr(after[gone], truth[gone]))
        shaded = gone & (there[..., 2] < 1.5 * there[..., 0])
        left = np.abs(after.astype(int) - truth).mean(axis=-1)[shaded].mean()
        shadow.append(left / np.abs(before.astype(int) - truth).mean(axis=-1)[shaded].mean())
    assert min(scores) > 32
    assert np.median(shadow) < 0.3


def _still(path: Path, size: int) -> "drawn.Clip":
    """A blue box that never moves, before a texture, under grain."""
    ground = drawn.texture(drawn.WIDTH, drawn.HEIGHT, 9).astype(np.int16)
    ground[60 : 60 + size, 120 : 120 + size] = (30, 60, 190)

    def pictures():
        for index in range(12):
            grain = np.random.default_rng(index).normal(0, 1.5, (drawn.HEIGHT, drawn.WIDTH, 1))
            yield np.clip(ground + grain, 0, 255).astype(np.uint8)

    return drawn.write(path, pictures())


def test_what_is_never_uncovered_is_made_up_and_said(tmp_path: Path) -> None:
    clip = _still(tmp_path / "a.mp4", 40)
    paint, notes = drawn.paint_of(clip, "remove the blue box")
    for _, after in drawn.painted(clip, paint):
        box = after[60:100, 120:160].astype(int)
        assert (box[..., 2] < box[..., 0] + 40).all()
        around = after[30:130, 90:190].reshape(-1, 3)
        assert np.abs(box.reshape(-1, 3).mean(axis=0) - around.mean(axis=0)).max() < 25
    assert any("made up" in sentence for sentence in notes.said)


def test_what_hides_too_much_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotDo, match="never seen"):
        drawn.paint_of(_still(tmp_path / "a.mp4", 115), "remove the blue box")


@pytest.mark.parametrize(
    ("prompt", "gone", "stays"),
    [("remove the ball on the left", 2, 0), ("remove the red ball", 0, 2)],
)
def test_of_two_the_one_that_was_meant_goes(
    tmp_path: Path, prompt: str, gone: int, stays: int
) -> None:
    clip = drawn.two_balls(tmp_path / "a.mp4").clip
    pairs = drawn.painted(clip, drawn.paint_of(clip, prompt)[0])
    for before, after in pairs:
        for channel, least in ((gone, 0), (stays, 0.9)):
            strong = [
                (f[..., channel].astype(int) - f[..., 2 - channel] > 60).sum()
                for f in (before, after)
            ]
            share = strong[1] / strong[0]
            assert share < 0.05 if channel == gone else share > least


def _edited(tmp_path: Path, clip: "drawn.Clip", prompt: str) -> None:
    edit = Edit("1", "m", Kind.EDIT, prompt, clip, seed=3)
    Classical().edit(edit, tmp_path / "out.mp4", Silent())


@pytest.mark.parametrize(
    ("draw", "prompt", "says"),
    [
        (drawn.nothing, "remove the person", "could be the person"),
        (drawn.two_balls, "remove the ball", "not clear which"),
        (drawn.ball, "remove the green ball", "green ball"),
    ],
)
def test_what_is_not_found_or_not_clear_is_said(
    tmp_path: Path, draw: Callable[[Path], "drawn.Drawn"], prompt: str, says: str
) -> None:
    with pytest.raises(CannotDo, match=says):
        _edited(tmp_path, draw(tmp_path / "a.mp4").clip, prompt)
    assert not (tmp_path / "out.mp4").exists()


@pytest.mark.parametrize("count", [1, 2])
def test_a_shot_too_short_to_see_motion_is_refused_or_made_up_and_said(
    tmp_path: Path, count: int
) -> None:
    ball = drawn.ball(tmp_path / "a.mp4")
    start = (f.pixels for f in frames(ball.clip, stop=count))
    clip = drawn.write(tmp_path / "b.mp4", start)
    try:
        paint, notes = drawn.paint_of(clip, "remove the ball")
    except CannotDo:  # in words; or it is done, and said what was made up
        return
    for index, (_, after) in enumerate(drawn.painted(clip, paint)):
        pixels = after[ball.masks[index]].astype(int)
        assert (pixels[:, 0] < pixels[:, 2] + 60).all()
    assert any("made up" in sentence for sentence in notes.said)


def test_a_background_is_not_removed_like_a_thing(tmp_path: Path) -> None:
    with pytest.raises(CannotDo):
        _edited(tmp_path, drawn.ball(tmp_path / "a.mp4").clip, "remove the background")


def test_across_a_cut_each_shot_has_its_own_place(tmp_path: Path) -> None:
    shots = [
        cv2.add(
            drawn.texture(drawn.WIDTH, drawn.HEIGHT, s),
            np.full((drawn.HEIGHT, drawn.WIDTH, 3), a, np.uint8),
        )
        for s, a in ((4, 0), (11, 70))
    ]

    def pictures(*, ball: bool) -> Iterator[np.ndarray]:
        for shot, ground in enumerate(shots):
            for index in range(12):
                picture = ground.copy()
                x = 50 + 18 * index if shot == 0 else 270 - 18 * index
                if ball:
                    picture[drawn.disc((x, 90), 22)] = (20, 40, 190)
                yield picture

    clip = drawn.write(tmp_path / "a.mp4", pictures(ball=True))
    paint, _ = drawn.paint_of(clip, "remove the ball")
    pairs = drawn.painted(clip, paint)
    scores = [
        _psnr(after[50:130], truth[50:130])
        for (_, after), truth in zip(pairs, pictures(ball=False), strict=True)
    ]
    assert np.median(scores) > 40
    assert min(scores) > 25


@pytest.mark.parametrize("shown", [False, True])
def test_where_one_shot_cannot_be_done_none_is_unless_it_does_not_show_the_thing(
    tmp_path: Path, *, shown: bool
) -> None:
    grounds = [drawn.texture(drawn.WIDTH, drawn.HEIGHT, seed) // 2 for seed in (4, 11)]

    def pictures() -> Iterator[np.ndarray]:
        for index in range(16):
            picture = grounds[0].copy()
            picture[drawn.disc((40 + 15 * index, 90), 20)] = (190, 40, 20)
            yield picture
        for _ in range(10):
            picture = grounds[1].copy() + np.uint8(90)
            if shown:  # so large, and never moving, that most of what is behind is unknown
                picture[drawn.disc((160, 90), 68)] = (190, 40, 20)
            yield picture

    clip = drawn.write(tmp_path / "a.mp4", pictures())
    if shown:
        with pytest.raises(CannotDo, match="made up"):
            drawn.paint_of(clip, "remove the red ball")
        return
    paint, notes = drawn.paint_of(clip, "remove the red ball")
    pairs = drawn.painted(clip, paint)
    assert all((before == after).all() for before, after in pairs[16:])
    assert any((before != after).any() for before, after in pairs[:16])
    assert any("left as it is" in note for note in notes.said)


def test_a_bottle_of_which_only_the_cap_stands_out_is_refused(tmp_path: Path) -> None:
    wall = np.full((drawn.HEIGHT, drawn.WIDTH, 3), 186, np.uint8)
    cv2.rectangle(wall, (146, 80), (182, 150), (172, 176, 178), cv2.FILLED)
    cv2.rectangle(wall, (146, 80), (182, 150), (140, 144, 150), 2)
    cv2.rectangle(wall, (150, 48), (178, 80), (20, 30, 150), cv2.FILLED)
    clip = drawn.write(tmp_path / "a.mp4", iter([wall] * 12))
    with pytest.raises(CannotDo, match="Only a part"):
        drawn.paint_of(clip, "remove the bottle")
