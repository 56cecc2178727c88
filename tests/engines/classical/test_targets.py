"""Effects on one thing or on all but it, against drawn clips whose truth is known."""

from pathlib import Path

import cv2
import drawn
import numpy as np
import pytest

from cutroom.engines.classical.planner.planner import plan
from cutroom.errors import CannotDo
from cutroom.types import Edit, Kind


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, tuple[np.ndarray, ...]]:
    """A red ball that rolls over a textured place, and where it is; looked at once for all tests."""
    ball = drawn.ball(tmp_path_factory.mktemp("targets") / "a.mp4")
    return drawn.scene_of(ball.clip, "")[0], ball.masks


def _pairs(
    scene: tuple[object, tuple[np.ndarray, ...]], prompt: str
) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """(source, painted, where the ball is) of every fourth frame."""
    looked, masks = scene
    (op,) = plan(Edit("1", "m", Kind.EDIT, prompt)).ops
    pairs = drawn.painted(looked.clip, op.prepare(looked))  # type: ignore[attr-defined]  # a Scene
    return [(*pair, mask) for pair, mask in zip(pairs, masks, strict=True)][1::4]


def _grown(mask: np.ndarray, by: int) -> np.ndarray:
    kernel = np.ones((2 * abs(by) + 1,) * 2, np.uint8)
    return (cv2.dilate if by > 0 else cv2.erode)(mask.astype(np.uint8), kernel) > 0


def _detail(pixels: np.ndarray, where: np.ndarray) -> float:
    return float(np.abs(cv2.Laplacian(pixels, cv2.CV_32F)).mean(axis=-1)[where].mean())


def test_the_background_is_blurred_and_the_thing_is_not(scene: tuple) -> None:
    for before, after, mask in _pairs(scene, "blur the background"):
        far = ~_grown(mask, 12)
        assert _detail(after, far) < 0.5 * _detail(before, far)
        core = _grown(mask, -4)
        assert np.abs(after[core].astype(int) - before[core]).mean() < 3


def test_the_blur_has_no_halo_of_the_thing(scene: tuple) -> None:
    """A plain blur of the frame would make the ground about the red ball reddish."""
    for before, after, mask in _pairs(scene, "blur the background"):
        ring = _grown(mask, 7) & ~_grown(mask, 3)
        plain = cv2.GaussianBlur(before, (0, 0), 4)
        base, ours, plains = (
            float((p[ring][:, 0].astype(int) - p[ring][:, 1]).mean())
            for p in (before, after, plain)
        )
        assert ours - base < 2
        assert plains - base > ours - base + 2, "or the test shows nothing"


def test_a_thing_is_blurred_and_nothing_else_is_touched(scene: tuple) -> None:
    for before, after, mask in _pairs(scene, "blur the ball"):
        outside = ~_grown(mask, 8)
        assert np.array_equal(before[outside], after[outside])
        edge = _grown(mask, 2) & ~_grown(mask, -2)
        assert _detail(after, edge) < 0.6 * _detail(before, edge)


def test_everything_but_a_thing(scene: tuple) -> None:
    for before, after, mask in _pairs(scene, "blur everything except the ball"):
        core, far = _grown(mask, -4), ~_grown(mask, 12)
        assert np.abs(after[core].astype(int) - before[core]).mean() < 3
        assert _detail(after, far) < 0.5 * _detail(before, far)


def test_pixels_are_coarse_and_only_over_the_thing(scene: tuple) -> None:
    for before, after, mask in _pairs(scene, "pixelate the ball"):
        changed = (before != after).any(axis=-1)
        assert changed[_grown(mask, -1)].mean() > 0.95
        assert not changed[~_grown(mask, 12)].any()
        colours = np.unique(after[_grown(mask, -1)], axis=0)
        assert len(colours) < 60


def test_a_highlight_leaves_the_thing_and_dims_the_rest(scene: tuple) -> None:
    for before, after, mask in _pairs(scene, "highlight the ball"):
        core, far = _grown(mask, -2), ~_grown(mask, 8)
        assert np.abs(after[core].astype(int) - before[core]).mean() < 2
        assert abs(after[far].mean() / before[far].mean() - 0.4) < 0.03


def test_an_outline_runs_outside_along_the_edge(scene: tuple) -> None:
    for before, after, mask in _pairs(scene, "outline the ball in blue"):
        changed = (before != after).any(axis=-1)
        assert not changed[_grown(mask, -3)].any()
        assert not changed[~_grown(mask, 6)].any()
        band = _grown(mask, 5) & changed
        assert band.sum() > 0.9 * (_grown(mask, 1).sum() - mask.sum())
        blue = after[changed].astype(int)
        assert (blue[:, 2] > blue[:, 0] + 30).mean() > 0.6


@pytest.mark.parametrize(
    "prompt", ["keep only the ball in colour", "black and white except for red"]
)
def test_only_the_thing_keeps_its_colour(scene: tuple, prompt: str) -> None:
    for before, after, mask in _pairs(scene, prompt):
        core, far = _grown(mask, -3), ~_grown(mask, 6)
        assert np.abs(after[core].astype(int) - before[core]).mean() < 4
        spread = np.ptp(after[far].astype(int), axis=-1)
        assert np.percentile(spread, 99) <= 4


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("blur the man on the left", "the man on the left blurred"),
        ("blur the background behind the woman", "everything but the woman blurred"),
        ("add a shallow depth of field", "the background blurred"),
        ("blur the background slightly", "the background blurred (strength 0.5)"),
        ("pixelate the man and the dog", "the man and the dog pixelated"),
        ("dim everything except the red car", "everything but the red car dimmed"),
        ("outline the dog in red", "the dog outlined in red"),
        ("remove the colour from everything except the dog", "black and white but for the dog"),
        ("blur everything", "blur"),
        ("pixelate the video", "pixel art"),
    ],
)
def test_what_is_meant_is_understood(prompt: str, said: str) -> None:
    assert plan(Edit("1", "m", Kind.EDIT, prompt)).say() == said


@pytest.mark.parametrize(
    "prompt",
    [
        "anonymise the people",
        "blur all faces so that nobody can be recognised",
        "don't blur the background",
        "highlight the background",
        "outline everything",
        "blur the background and the dog",
        "keep the background, blur everything except the dog",
    ],
)
def test_what_would_not_be_honest_or_makes_no_sense_is_refused(prompt: str) -> None:
    with pytest.raises(CannotDo):
        plan(Edit("1", "m", Kind.EDIT, prompt))


def test_one_of_two_is_refused_and_both_are_done(tmp_path: Path) -> None:
    balls = drawn.two_balls(tmp_path / "a.mp4")
    with pytest.raises(CannotDo):
        drawn.paint_of(balls.clip, "pixelate the ball")
    paint, _ = drawn.paint_of(balls.clip, "pixelate both balls")
    before, after = drawn.painted(balls.clip, paint)[4]
    assert (before != after).any(axis=-1).mean() > 0.01


def test_pixels_over_a_person_come_with_a_warning(tmp_path: Path) -> None:
    walker = drawn.walker(tmp_path / "a.mp4")
    _, notes = drawn.paint_of(walker.clip, "pixelate the person")
    assert any("every frame" in sentence for sentence in notes.said)
