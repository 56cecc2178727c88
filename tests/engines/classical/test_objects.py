"""Ops that change one thing in a clip, against drawn clips whose truth is known."""

from pathlib import Path

import cv2
import drawn
import numpy as np
import pytest

from cutroom.engines.classical.sprites.gait import gait_of
from cutroom.errors import CannotDo
from cutroom.media.probe import probe
from cutroom.sample import bird_frames
from cutroom.types import Element

RED_BIRD = "A red bird flies in and lands in-between the two birds on the wire"


def _grown(mask: np.ndarray, by: int) -> np.ndarray:
    return cv2.dilate(mask.astype(np.uint8), np.ones((2 * by + 1, 2 * by + 1), np.uint8)) > 0


def _red(frame: np.ndarray) -> np.ndarray:
    pixels = frame.astype(int)
    return (
        (pixels[..., 0] > 90)
        & (pixels[..., 0] > 1.7 * pixels[..., 1])
        & (pixels[..., 0] > 1.7 * pixels[..., 2])
    )


# recolour


@pytest.mark.parametrize(
    "prompt",
    ["make the red ball blue", "change the colour of the ball to blue", "turn the red ball blue"],
)
def test_recolour_changes_the_thing_and_nothing_else(tmp_path: Path, prompt: str) -> None:
    ball = drawn.ball(tmp_path / "a.mp4")
    paint, _ = drawn.paint_of(ball.clip, prompt)
    for index, (before, after) in enumerate(drawn.painted(ball.clip, paint)):
        mask = ball.masks[index]
        inside = after[_eroded(mask)].astype(int)
        assert (inside[:, 2] > inside[:, 0] + 30).mean() > 0.95
        outside = ~_grown(mask, 4)
        assert np.array_equal(before[outside], after[outside])


def test_recolour_keeps_light_and_shade(tmp_path: Path) -> None:
    ball = drawn.ball(tmp_path / "a.mp4")
    paint, _ = drawn.paint_of(ball.clip, "make the red ball green")
    before, after = drawn.painted(ball.clip, paint)[8]
    core = _eroded(ball.masks[8])
    light = [
        cv2.cvtColor(f, cv2.COLOR_RGB2LAB)[..., 0][core].astype(float) for f in (before, after)
    ]
    assert np.corrcoef(light[0], light[1])[0, 1] > 0.9


def test_an_inferred_colour_is_told_to_the_caller(tmp_path: Path) -> None:
    _, notes = drawn.paint_of(
        drawn.ball(tmp_path / "a.mp4").clip, "change the colour of the ball to blue"
    )
    assert any("most of it is red" in sentence and "ball" in sentence for sentence in notes.said)


@pytest.mark.parametrize(
    "prompt", ["make the purple ball green", "change the colour of the white ball to red"]
)
def test_recolour_refuses_what_is_not_there(tmp_path: Path, prompt: str) -> None:
    with pytest.raises(CannotDo):
        drawn.paint_of(drawn.ball(tmp_path / "a.mp4").clip, prompt)


def test_recolour_refuses_what_is_as_dull_as_skin(tmp_path: Path) -> None:
    clip = drawn.ball(tmp_path / "a.mp4", colour=(214, 148, 122)).clip
    with pytest.raises(CannotDo, match="skin"):
        drawn.paint_of(clip, "make the red ball blue")


# background


@pytest.mark.parametrize("pan", [0, 4])
def test_background_goes_and_the_subject_stays(tmp_path: Path, pan: int) -> None:
    ball = drawn.ball(tmp_path / "a.mp4", pan=pan)
    paint, _ = drawn.paint_of(ball.clip, "Change the background to a beach")
    kept, changed = [], []
    for index, (before, after) in enumerate(drawn.painted(ball.clip, paint)):
        difference = np.abs(after.astype(int) - before).mean(axis=-1)
        kept.append(difference[_eroded(ball.masks[index])].mean())
        changed.append(difference[~_grown(ball.masks[index], 6)].mean())
    assert np.median(kept) < 12
    assert min(changed) > 25


def test_background_by_a_reference(tmp_path: Path) -> None:
    ball = drawn.ball(tmp_path / "a.mp4")
    image = drawn.figure(tmp_path / "image.png", plain=True)
    paint, _ = drawn.paint_of(ball.clip, "replace the background with @Image1", (image,))
    _, after = drawn.painted(ball.clip, paint)[4]
    assert after[4, 4].min() > 240


def test_still_birds_stay_before_a_new_background(birds_clip: Path) -> None:
    clip = probe(birds_clip)
    paint, notes = drawn.paint_of(clip, "Change the background to a sunset beach")
    truth = list(bird_frames(1, (clip.width, clip.height), 12))
    for index, (before, after) in enumerate(drawn.painted(clip, paint)):
        for mask in truth[index].birds:
            core = _eroded(mask)
            assert np.abs(after[core].astype(int) - before[core]).mean() < 22
        assert np.abs(after[20:40].astype(int) - before[20:40]).mean() > 20
    assert notes.said


def test_background_refuses_where_nothing_stands_out(tmp_path: Path) -> None:
    with pytest.raises(CannotDo):
        drawn.paint_of(drawn.nothing(tmp_path / "a.mp4").clip, "Change the background to a beach")


# add


def test_background_refuses_glass_of_which_only_caps_and_rims_would_stay(tmp_path: Path) -> None:
    with pytest.raises(CannotDo, match="dark in parts only"):
        drawn.paint_of(drawn.glass(tmp_path / "a.mp4").clip, "change the background to a beach")


def test_the_red_bird_ends_between_the_two_on_the_wire(birds_clip: Path) -> None:
    clip = probe(birds_clip)
    paint, _ = drawn.paint_of(clip, RED_BIRD)
    pairs = drawn.painted(clip, paint)
    truth = list(bird_frames(1, (clip.width, clip.height), 12))[-1]
    assert not _red(pairs[0][1]).any()
    rows, columns = np.nonzero(_red(pairs[-1][1]))
    assert len(rows) > 0.5 * truth.birds[0].sum()
    middle = np.mean([np.nonzero(mask)[1].mean() for mask in truth.birds])
    assert abs(columns.mean() - middle) < 0.03 * clip.width
    wire = truth.wire[round(columns.mean())]
    upright = rows[np.abs(columns - columns.mean()) < 3]
    assert abs(upright.max() - wire) < 4
    assert rows.min() < wire - 12


def test_adding_touches_nothing_but_the_newcomer(birds_clip: Path) -> None:
    clip = probe(birds_clip)
    paint, _ = drawn.paint_of(clip, RED_BIRD)
    before, after = drawn.painted(clip, paint)[-1]
    changed = (before != after).any(axis=-1)
    assert 0 < changed.mean() < 0.02


def test_where_there_are_no_two_birds_none_lands_between_them(tmp_path: Path) -> None:
    with pytest.raises(CannotDo, match="bird"):
        drawn.paint_of(drawn.nothing(tmp_path / "a.mp4").clip, RED_BIRD)


def test_a_thing_unlike_those_in_the_clip_is_not_made_up(birds_clip: Path) -> None:
    with pytest.raises(CannotDo, match="@Image1"):
        drawn.paint_of(probe(birds_clip), "A green cat walks in and sits between the two birds")


@pytest.mark.parametrize("plain", [False, True])
def test_a_reference_flies_in_from_the_left(birds_clip: Path, tmp_path: Path, plain: bool) -> None:
    image = drawn.figure(tmp_path / "figure.png", plain=plain)
    clip = probe(birds_clip)
    paint, _ = drawn.paint_of(clip, "@Image1 flies in from the left", (image,))
    where = []
    for before, after in drawn.painted(clip, paint):
        columns = np.nonzero(np.abs(after.astype(int) - before).max(axis=-1) > 60)[1]
        where.append(columns.mean() if len(columns) > 30 else np.nan)
    seen = np.array(where)[~np.isnan(where)]
    assert len(seen) > 4
    assert seen[0] < seen[-1]


def test_a_missing_reference_is_named(birds_clip: Path) -> None:
    with pytest.raises(CannotDo, match="@Image1"):
        drawn.paint_of(probe(birds_clip), "add @Image1 on the left")


# replace


@pytest.mark.parametrize(
    "prompt",
    [
        "Replace the person with @Image1 walking in the same direction",
        "swap the person with @Image1",
    ],
)
def test_the_reference_goes_where_the_mover_went(tmp_path: Path, prompt: str) -> None:
    walker = drawn.walker(tmp_path / "a.mp4")
    paint, notes = drawn.paint_of(walker.clip, prompt, (drawn.figure(tmp_path / "f.png"),))
    errors, left_over = [], []
    for index, (_, after) in enumerate(drawn.painted(walker.clip, paint)):
        pixels = after.astype(int)
        yellow = (pixels[..., 0] > 120) & (pixels[..., 1] > 100) & (pixels[..., 2] < 90)
        rows, columns = np.nonzero(yellow)
        assert len(rows) > 300
        truth_rows, truth_columns = np.nonzero(walker.masks[index])
        errors.append(abs(columns.mean() - truth_columns.mean()))
        errors.append(0.5 * abs(rows.max() - truth_rows.max()))
        dark = (pixels.sum(axis=-1) < 190) & (pixels[..., 2] > pixels[..., 0] + 20)
        left_over.append(dark.mean())
    assert np.median(errors) < 5
    assert max(left_over) < 0.01
    assert notes.said[0] == "Took what moves as “the person”."
    assert "legs do not step" in notes.said[1]


def test_an_element_replaces_the_main_character(tmp_path: Path) -> None:
    walker = drawn.walker(tmp_path / "a.mp4")
    element = Element(
        drawn.figure(tmp_path / "f.png"), (drawn.figure(tmp_path / "s.png", width=60),)
    )
    paint, _ = drawn.paint_of(
        walker.clip, "@Element1 replaces the main character in the scene", (), (element,)
    )
    before, after = drawn.painted(walker.clip, paint)[9]
    assert not np.array_equal(before, after)


def test_replacing_refuses_two_movers(tmp_path: Path) -> None:
    with pytest.raises(CannotDo, match="not clear which"):
        drawn.paint_of(
            drawn.two_balls(tmp_path / "a.mp4").clip,
            "replace the ball with @Image1",
            (drawn.figure(tmp_path / "f.png"),),
        )


@pytest.mark.parametrize(("side", "row", "gone"), [("left", 54, 2), ("right", 132, 0)])
def test_of_two_movers_the_one_that_is_meant_gives_way(
    tmp_path: Path, side: str, row: int, gone: int
) -> None:
    clip = drawn.two_balls(tmp_path / "a.mp4").clip
    figure = drawn.figure(tmp_path / "f.png", width=150, height=150)
    paint, _ = drawn.paint_of(clip, f"replace the ball on the {side} with @Image1", (figure,))
    for index, (before, after) in enumerate(drawn.painted(clip, paint)):
        x = 40 + 12 * index if side == "left" else 280 - 12 * index
        pixels = after.astype(int)
        yellow = (pixels[..., 0] > 120) & (pixels[..., 1] > 100) & (pixels[..., 2] < 90)
        rows, columns = np.nonzero(yellow)
        assert abs(columns.mean() - x) < 6
        assert abs(rows.mean() - row) < 8
        old = pixels[..., gone] - pixels[..., 2 - gone] > 60
        assert (old & ~drawn.disc((x, row), 26)).sum() < 20
        far = ~drawn.disc((x, row), 48)
        assert np.array_equal(before[far], after[far])


def test_a_figure_that_walks_bobs_at_two_beats_and_one_that_stands_does_not() -> None:
    rate, tall = 24.0, np.full(72, 100.0)
    walk = gait_of(np.arange(72) * 80 / rate, tall, rate, upright=True)
    beats = np.abs(np.fft.rfft(walk.lift - walk.lift.mean()))
    assert 1.3 < float(np.argmax(beats)) / 3 < 2.6  # steps a second at 0.8 heights a second
    assert 0.008 < walk.lift.max() < 0.03
    rest = gait_of(np.zeros(72), tall, rate, upright=True)
    assert not rest.lift.any()
    assert not rest.turn.any()


def _crossing(path: Path) -> Path:
    """A figure that somebody nearer to the camera passes."""
    ground = drawn.texture(drawn.WIDTH, drawn.HEIGHT, 5)

    def pictures():
        for index in range(24):
            picture = ground.copy()
            mask = np.zeros((drawn.HEIGHT, drawn.WIDTH), np.uint8)
            cv2.ellipse(mask, (50 + 9 * index, 80), (13, 34), 0, 0, 360, 1, -1)
            picture[mask > 0] = (36, 40, 74)
            near = 290 - 9 * index
            picture[60:165, max(near - 18, 0) : near + 18] = (200, 170, 40)
            yield picture

    return drawn.write(path, pictures())


@pytest.mark.parametrize("prompt", ["replace the {} with @Image1", "remove the {}"])
def test_what_is_lost_where_another_passes_is_refused(tmp_path: Path, prompt: str) -> None:
    clip = _crossing(tmp_path / "a.mp4")
    with pytest.raises(CannotDo, match="lost from sight"):
        drawn.paint_of(
            clip, prompt.format("person on the left"), (drawn.figure(tmp_path / "f.png"),)
        )


def test_replacing_refuses_a_missing_reference(tmp_path: Path) -> None:
    with pytest.raises(CannotDo, match="@Image2"):
        drawn.paint_of(
            drawn.ball(tmp_path / "a.mp4").clip,
            "replace the ball with @Image2",
            (drawn.figure(tmp_path / "f.png"),),
        )


def test_in_a_real_car_park_nobody_can_tell_which_mover_is_meant(real_media: Path) -> None:
    clip = probe(
        real_media / "clips" / "intel-iot-devkit_sample-videos__person-bicycle-car-detection.gif"
    )
    image = real_media / "images" / "microsoft_TRELLIS__character_1.png"
    with pytest.raises(CannotDo, match="not clear which"):
        drawn.paint_of(clip, "Replace the person with @Image1", images=(image,))


def test_a_reference_that_is_all_noise_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "noise.png"
    cv2.imwrite(str(path), np.random.default_rng(1).integers(0, 255, (120, 160, 3), np.uint8))
    with pytest.raises(CannotDo, match="could not be cut out"):
        drawn.paint_of(
            drawn.ball(tmp_path / "a.mp4").clip, "replace the ball with @Image1", (path,)
        )


def _eroded(mask: np.ndarray) -> np.ndarray:
    return cv2.erode(mask.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
