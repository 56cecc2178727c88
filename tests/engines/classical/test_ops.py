"""What every op promises, whatever it does: the contract of `op.py`, on small drawn frames."""

import dataclasses
import json
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from cutroom.engine import Silent
from cutroom.engines.classical.colour.grade import Graded
from cutroom.engines.classical.op import Op, Paint, Pixels, Scene, Stage
from cutroom.engines.classical.ops import OPS
from cutroom.engines.classical.ops.vibrant import Vibrant
from cutroom.engines.classical.plan import Plan
from cutroom.engines.classical.planner.planner import plan
from cutroom.engines.classical.render import framed, paint_of_plan
from cutroom.engines.classical.sight import Sight
from cutroom.errors import CannotDo
from cutroom.media.encode import Encoder
from cutroom.media.images import save
from cutroom.media.probe import probe
from cutroom.types import Clip, Edit, Element, Encoding, Kind

_FRAME = [kind for kind in OPS if kind.stage >= Stage.LIGHT]
_FRAMES = 8
_RATE = 8
_FLICKER = 2.5
"""Grey levels by which a part of a still picture, 25 pixels wide, may change from frame to frame, in the mean."""

frame_ops = pytest.mark.parametrize("kind", _FRAME, ids=lambda kind: kind.name)
all_ops = pytest.mark.parametrize("kind", OPS, ids=lambda kind: kind.name)
sizes = pytest.mark.parametrize("size", [(16, 16), (97, 61), (50, 120)], ids=str)


def _drawn(width: int, height: int, index: int) -> Pixels:
    """A sky over a meadow, and a red disc that moves: every tone and hue has its place."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    down, across = rows / height, columns / width
    sky = np.stack([170 - 60 * down, 200 - 40 * down, 235 - 20 * down], -1)
    grass = np.stack([60 + 40 * across, 90 + 60 * across, 30 + 20 * down], -1)
    pixels = np.where((down < 0.45)[..., None], sky, grass)
    middle = 0.3 + 0.05 * index
    disc = np.hypot(across - middle, down - 0.55) < 0.16
    pixels[disc] = (200, 40, 30)
    return np.ascontiguousarray(pixels.clip(0, 255).astype(np.uint8))


@pytest.fixture(scope="session")
def drawn_clip(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int, int], Clip]:
    folder = tmp_path_factory.mktemp("drawn")

    save(folder / "reference.png", _drawn(80, 60, 0)[..., ::-1].copy())

    def clip(width: int, height: int) -> Clip:
        path = folder / f"{width}x{height}.mp4"
        if not path.exists():
            with Encoder(path, width, height, Fraction(_RATE), Encoding(crf=16)) as encoder:
                for index in range(_FRAMES):
                    encoder.write(_drawn(width, height, index), Fraction(index, _RATE))
        # The coded size is even; ops also have to work on clips that come with odd sides.
        return dataclasses.replace(probe(path), width=width, height=height)

    return clip


def _paint(kind: type[Op], clip: Clip, *, seed: int = 1, prompt: str = "") -> Paint:
    images = (clip.path.with_name("reference.png"),)
    edit = Edit("1", "m", Kind.EDIT, prompt or kind.examples[0], clip, images, seed=seed)
    scene = Scene(edit, clip, Sight(clip, Silent()), Silent(), seed)
    return paint_of_plan(plan(edit).ops, scene)


def _edit(prompt: str, clip: Clip | None = None) -> Edit:
    """An edit that holds whatever the prompt mentions."""
    images = (Path("1.png"), Path("2.png")) if "@image" in prompt.lower() else ()
    elements = (Element(Path("1.png")),) if "@element" in prompt.lower() else ()
    return Edit("1", "m", Kind.EDIT, prompt, clip, images, elements)


@all_ops
def test_examples_come_to_this_op_alone(kind: type[Op]) -> None:
    assert kind.examples
    for example in kind.examples:
        assert [op.name for op in plan(_edit(example)).ops] == [kind.name], example


@all_ops
def test_an_op_is_json_and_back(kind: type[Op]) -> None:
    for example in kind.examples:
        before = plan(_edit(example))
        assert Plan.from_json(json.loads(json.dumps(before.to_json())), OPS) == before


@all_ops
def test_an_op_is_documented(kind: type[Op]) -> None:
    assert dataclasses.is_dataclass(kind)
    assert kind.name.islower()
    assert kind.__doc__
    assert len({k.name for k in OPS}) == len(OPS)


@frame_ops
@sizes
def test_frames_keep_their_shape_and_the_source_is_left_alone(
    kind: type[Op], size: tuple[int, int], drawn_clip: Callable[[int, int], Clip]
) -> None:
    try:
        paint = _paint(kind, drawn_clip(*size))
    except CannotDo as refusal:
        assert kind.stage is Stage.TEXT, refusal  # noqa: PT017 - only some letters are too small
        assert "specks" in refusal.message  # noqa: PT017 - as above
        return
    source = _drawn(*size, 0)
    size_after = framed(plan(_edit(kind.examples[0])).ops, drawn_clip(*size))
    source.setflags(write=False)
    before = source.copy()
    painted = paint(source, 0, 0.0)
    assert painted.shape == (size_after.height, size_after.width, 3)
    assert (painted.shape == source.shape) or hasattr(kind, "framed")
    assert painted.dtype == np.uint8
    assert np.array_equal(source, before)
    assert not np.shares_memory(painted, source)


@frame_ops
def test_an_op_changes_what_is_seen(kind: type[Op], drawn_clip: Callable[[int, int], Clip]) -> None:
    clip = drawn_clip(192, 108)
    paint = _paint(kind, clip)
    source = _drawn(192, 108, 3)
    painted = paint(source, 3, 0.5)
    if painted.shape != source.shape:
        return  # a part of it, or lying on its side
    changed = np.abs(painted.astype(int) - source).max(axis=-1)
    assert changed.max() > 20
    assert (changed > 2).mean() > 0.002


@frame_ops
def test_paint_is_pure_whatever_the_order_and_the_instance(
    kind: type[Op], drawn_clip: Callable[[int, int], Clip]
) -> None:
    size = (161, 91) if kind.stage is Stage.TEXT else (97, 61)  # letters need room
    clip = drawn_clip(*size)
    first, second = _paint(kind, clip), _paint(kind, clip)
    frames = [_drawn(*size, n) for n in range(4)]
    forwards = [first(f, n, n / _RATE) for n, f in enumerate(frames)]
    backwards = [second(frames[n], n, n / _RATE) for n in (3, 2, 1, 0)][::-1]
    assert all(np.array_equal(a, b) for a, b in zip(forwards, backwards, strict=True))


@frame_ops
def test_nothing_flashes_or_flickers(
    kind: type[Op], drawn_clip: Callable[[int, int], Clip]
) -> None:
    """On a still picture the brightness of the frame hardly moves, and no part of it flickers.

    The first and the last frame are as the others. Lightning flashes because it was asked to, but
    not at the ends either.
    """
    clip = drawn_clip(160, 90)
    paint = _paint(kind, clip)
    still = _drawn(160, 90, 0)
    flashes = getattr(kind, "flashes", False)
    count, rate = (14, 14) if flashes else (8, 24)  # a flash is over before the second is
    shown = [paint(still, n, n / rate) for n in range(count)]
    means = np.array([float(frame.mean()) for frame in shown])
    if kind.stage is not Stage.FRAME:  # a view that travels sees brighter and darker parts
        assert abs(means[0] - np.median(means)) < 3.0
        assert abs(means[-1] - np.median(means)) < 3.0
    if flashes:
        return
    assert np.abs(np.diff(means)).max() < 2.0
    places = [cv2.blur(frame, (25, 25)).astype(float) for frame in shown]
    moved = [np.abs(b - a).mean() for a, b in pairwise(places)]
    assert max(moved) < _FLICKER


@frame_ops
def test_sizes_are_relative_to_the_frame(
    kind: type[Op], drawn_clip: Callable[[int, int], Clip]
) -> None:
    """A small clip and a large one come out alike: same brightness and colours overall."""
    small = _paint(kind, drawn_clip(160, 90))(_drawn(160, 90, 0), 0, 1.0)
    large = _paint(kind, drawn_clip(480, 270))(_drawn(480, 270, 0), 0, 1.0)
    assert np.abs(small.mean(axis=(0, 1)) - large.mean(axis=(0, 1))).max() < 9


_WEATHER = [kind for kind in OPS if kind.stage is Stage.WEATHER]


@pytest.mark.parametrize("kind", _WEATHER, ids=lambda kind: kind.name)
def test_weather_moves_by_the_clock(kind: type[Op], drawn_clip: Callable[[int, int], Clip]) -> None:
    """Not by frame numbers: 60 frames a second show the same fall as 24."""
    paint = _paint(kind, drawn_clip(160, 90))
    still = _drawn(160, 90, 0)
    assert np.array_equal(paint(still, 12, 0.5), paint(still, 30, 0.5))
    assert not np.array_equal(paint(still, 12, 0.5), paint(still, 12, 1.0))


@pytest.mark.parametrize("kind", _WEATHER, ids=lambda kind: kind.name)
def test_weather_depends_on_the_seed(
    kind: type[Op], drawn_clip: Callable[[int, int], Clip]
) -> None:
    clip, still = drawn_clip(160, 90), _drawn(160, 90, 0)
    one, other = (_paint(kind, clip, seed=seed) for seed in (1, 2))
    moments = np.linspace(0, 1, 9)  # a flash of lightning is over soon
    assert not all(np.array_equal(one(still, 0, t), other(still, 0, t)) for t in moments)


def test_neighbouring_grades_are_fused_without_a_difference_to_see(
    drawn_clip: Callable[[int, int], Clip],
) -> None:
    clip, frame = drawn_clip(160, 90), _drawn(160, 90, 0)
    prompts = ("sepia, high contrast", "sepia", "high contrast")
    ops = [plan(Edit("1", "m", Kind.EDIT, p, clip)).ops for p in prompts]
    assert all(isinstance(op, Graded) for op in ops[0])
    scene = Scene(Edit("1", "m", Kind.EDIT, "", clip), clip, Sight(clip, Silent()), Silent(), 0)
    fused = paint_of_plan(ops[0], scene)(frame, 0, 0.0)
    apart = frame
    for op in ops[0]:
        apart = op.prepare(scene)(apart, 0, 0.0)
    assert np.abs(fused.astype(int) - apart).mean() < 1.0


def test_a_baked_grade_is_the_grade() -> None:
    """Above 42 dB against floats, black and white exact."""
    op = Vibrant()
    pixels = np.random.default_rng(0).integers(0, 256, (200, 300, 3), np.uint8)
    exact = np.clip(op.grade(pixels.astype(np.float32) / 255), 0, 1) * 255
    baked = op.prepare(None)(pixels, 0, 0.0)  # type: ignore[arg-type]  # a grade looks at no scene
    error = float(np.mean((baked - exact) ** 2))
    assert 10 * np.log10(255**2 / error) > 42
    ends = np.array([[[0, 0, 0], [255, 255, 255]]], np.uint8)
    assert np.array_equal(op.prepare(None)(ends, 0, 0.0), ends)  # type: ignore[arg-type]  # as above


def test_an_impossible_object_is_told_before_anything_is_done() -> None:
    with pytest.raises(CannotDo):
        plan(Edit("1", "m", Kind.EDIT, "make it night and give the man wings"))
