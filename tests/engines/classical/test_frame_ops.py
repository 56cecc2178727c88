"""Ops of the frame and the camera: exact where pixels only move, and steadier than before."""

import dataclasses
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import cv2
import drawn
import numpy as np
import pytest

from cutroom.engines.classical.engine import Classical
from cutroom.engines.classical.view import Window, filling, seen
from cutroom.errors import CannotDo
from cutroom.media.decode import frames
from cutroom.media.probe import probe
from cutroom.types import Clip, Edit, Encoding, Kind

WIDTH, HEIGHT = drawn.WIDTH, drawn.HEIGHT
PICTURE = drawn.texture(WIDTH, HEIGHT, 4)


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    path = tmp_path_factory.mktemp("frame") / "still.mp4"
    return drawn.write(path, (PICTURE for _ in range(12)))


def edited(clip: Clip, prompt: str, folder: Path) -> tuple[Clip, list[str]]:
    notes, out = drawn.Notes(), folder / "out.mp4"
    edit = Edit("1", "m", Kind.EDIT, prompt, clip, encoding=Encoding(crf=6))
    Classical().edit(edit, out, notes)
    result = probe(out)
    assert (result.frames, result.rate, result.duration) == (clip.frames, clip.rate, clip.duration)
    return result, notes.said


@pytest.mark.parametrize(
    ("prompt", "wished"),
    [
        ("mirror the video", PICTURE[:, ::-1]),
        ("flip it vertically", PICTURE[::-1]),
        ("turn it upside down", PICTURE[::-1, ::-1]),
        ("rotate it 90 degrees clockwise", np.rot90(PICTURE, -1)),
        ("rotate it counterclockwise", np.rot90(PICTURE)),
        ("crop the left half", PICTURE[:, : WIDTH // 2]),
        ("crop to a square", PICTURE[:, 70:250]),
        ("crop to 2:1", PICTURE[10:170]),
    ],
)
def test_pixels_move_and_are_the_same(still: Clip, prompt: str, wished: np.ndarray) -> None:
    paint, _ = drawn.paint_of(still, prompt)
    assert np.array_equal(paint(PICTURE, 3, 0.3), wished)


@pytest.mark.parametrize(
    ("prompt", "size"),
    [
        ("rotate it 90 degrees", (HEIGHT, WIDTH)),
        ("crop to a square, rotate it 90 degrees and mirror it", (180, 180)),
        ("crop to 9:16", (102, 180)),
        (
            "crop the middle third, make it black and white and slow it down to 0.8x speed",
            (106, 60),
        ),
        ("zoom in 2x", (WIDTH, HEIGHT)),
        ("add cinematic black bars", (WIDTH, HEIGHT)),
    ],
)
def test_the_result_has_the_size_that_was_asked_for(
    still: Clip, tmp_path: Path, prompt: str, size: tuple[int, int]
) -> None:
    edit = Edit("1", "m", Kind.EDIT, prompt, still)
    Classical().edit(edit, tmp_path / "out.mp4", drawn.Notes())
    result = probe(tmp_path / "out.mp4")
    assert (result.width, result.height, result.rate) == (*size, still.rate)


def test_what_was_turned_is_so_in_the_file(still: Clip, tmp_path: Path) -> None:
    result, said = edited(still, "rotate it 90 degrees clockwise", tmp_path)
    assert said == []
    for frame in frames(result):
        assert np.abs(frame.pixels.astype(int) - np.rot90(PICTURE, -1)).mean() < 3


def test_pixels_that_are_not_square_keep_their_shape(still: Clip) -> None:
    wide = dataclasses.replace(still, pixel_aspect=Fraction(4, 3))
    scene, _ = drawn.scene_of(wide, "rotate it 90 degrees")
    (op,) = drawn.plan(scene.edit).ops
    assert op.framed(wide).pixel_aspect == Fraction(3, 4)
    scene, _ = drawn.scene_of(wide, "crop to a square")
    (op,) = drawn.plan(scene.edit).ops
    assert (op.framed(wide).width, op.framed(wide).height) == (136, 180)  # 180 * 3 / 4


def test_a_window_is_where_it_says() -> None:
    """A dot at a known place lands where zoom, centre and turn put it."""
    dot = np.zeros((180, 320, 3), np.uint8)
    cv2.circle(dot, (200, 60), 3, (255, 255, 255), -1)

    def place(window: Window) -> np.ndarray:
        rows, columns = np.nonzero(seen(dot, window)[..., 0] > 128)
        return np.array([columns.mean(), rows.mean()])

    assert np.allclose(place(Window()), (200, 60), atol=0.1)
    assert np.allclose(place(Window(2.0)), (240, 30), atol=0.8)
    assert np.allclose(place(Window(2.0, 200 / 320, 60 / 180)), (160, 90), atol=0.8)
    assert np.allclose(place(Window(turn=90.0)), (189, 130), atol=0.8)  # clockwise: up goes right


def test_a_straightened_picture_has_no_empty_corners(still: Clip) -> None:
    paint, notes = drawn.paint_of(still, "rotate it by 5 degrees to the left")
    white = np.full_like(PICTURE, 255)
    assert paint(white, 0, 0.0).min() == 255
    assert any("1.15 times as large" in said for said in notes.said)
    edge = np.zeros_like(PICTURE)
    edge[2:-2, 2:-2] = 255
    assert paint(edge, 0, 0.0)[3:-3, 3:-3].min() > 250
    assert filling(5, 320, 180) == pytest.approx(1.151, abs=0.001)


def test_a_slow_zoom_begins_with_the_whole_picture_and_ends_near(still: Clip) -> None:
    paint, _ = drawn.paint_of(still, "slowly zoom in")
    last = (still.frames - 1) / float(still.rate)
    assert np.array_equal(paint(PICTURE, 0, 0.0), PICTURE)
    assert np.array_equal(paint(PICTURE, 17, last), seen(PICTURE, Window(1.35)))
    away, _ = drawn.paint_of(still, "slowly zoom out")
    assert np.array_equal(away(PICTURE, 17, last), PICTURE)


def test_a_pan_goes_from_edge_to_edge(still: Clip) -> None:
    paint, _ = drawn.paint_of(still, "pan from left to right")
    last = (still.frames - 1) / float(still.rate)
    left, right = 0.5 / 1.3, 1 - 0.5 / 1.3
    assert np.array_equal(paint(PICTURE, 0, 0.0), seen(PICTURE, Window(1.3, left)))
    assert np.array_equal(paint(PICTURE, 17, last), seen(PICTURE, Window(1.3, right)))


def test_bars_cover_and_the_rest_stays(still: Clip) -> None:
    paint, _ = drawn.paint_of(still, "add cinematic black bars 2.39:1")
    framed = paint(PICTURE, 0, 0.0)
    bar = (HEIGHT - round(WIDTH / 2.39)) // 2
    assert framed[:bar].max() == framed[-bar:].max() == 0
    assert np.array_equal(framed[bar:-bar], PICTURE[bar:-bar])
    with pytest.raises(CannotDo, match="have no place"):
        drawn.paint_of(still, "add black bars 16:9")


def test_what_has_the_shape_already_is_told(still: Clip) -> None:
    with pytest.raises(CannotDo, match="already"):
        drawn.paint_of(still, "crop to 16:9")
    with pytest.raises(CannotDo, match="straightened by up to"):
        drawn.paint_of(still, "rotate it 45 degrees")
    with pytest.raises(CannotDo, match="enlarged"):
        drawn.paint_of(still, "zoom in 20x")


def shaken(pan: float = 0.0, count: int = 30) -> tuple[list[np.ndarray], np.ndarray]:
    """Pictures of a camera that trembles, and where it looks, (frames, 2) pixels."""
    ground = drawn.texture(WIDTH + 160, HEIGHT + 80, 6)
    tremble = np.random.default_rng(2).normal(0, 2.2, (count, 2))
    looks = tremble + np.outer(np.arange(count), (pan, 0)) + (40, 40)
    pictures = []
    for x, y in looks:
        moved = cv2.warpAffine(
            ground, np.float64([[1, 0, -x], [0, 1, -y]]), (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC
        )
        pictures.append(moved)
    return pictures, looks


def steps(pictures: Iterator[np.ndarray]) -> np.ndarray:
    """How far the middle of each picture lies from the one before, (frames - 1, 2), in pixels."""
    part = slice(40, 140), slice(60, 260)
    grey = [np.float32(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY)[part]) for p in pictures]
    window = cv2.createHanningWindow((200, 100), cv2.CV_32F)
    return np.array([cv2.phaseCorrelate(a, b, window)[0] for a, b in pairwise(grey)])


@pytest.mark.parametrize("pan", [0.0, 2.5], ids=["held", "panning"])
def test_a_steadied_camera_trembles_far_less(tmp_path: Path, pan: float) -> None:
    pictures, _ = shaken(pan)
    (tmp_path / "in").mkdir()
    clip = drawn.write(tmp_path / "in" / "shaken.mp4", iter(pictures))
    result, said = edited(clip, "stabilise the video", tmp_path)
    before = steps(frame.pixels for frame in frames(clip))
    after = steps(frame.pixels for frame in frames(result))
    assert np.std(after, axis=0).max() < 0.25 * np.std(before, axis=0).min()
    assert abs(after[:, 0].mean() + pan) < 0.6  # the way the camera went, it goes still
    assert any("times as large" in note for note in said)


def test_a_camera_that_stands_is_not_steadied(still: Clip) -> None:
    with pytest.raises(CannotDo, match="does not shake"):
        drawn.paint_of(still, "stabilise the video")
