"""What a clip becomes for a model: size, rate, and which of its frames the model sees."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from cutroom.engines.diffusion.fitting.fit import Fit, bucket
from cutroom.media.encode import Encoder
from cutroom.media.probe import probe
from cutroom.types import Encoding, Kind
from cutroom.weights.rows import Profile, Recipe

RECIPE = Recipe(
    Profile.SMALL, Kind.EDIT, "none", ("none",), 0, 0, rate=16, window=81, multiple=16,
    long_side=848, area=848 * 480, steps=2, overlap=17,
)  # fmt: skip


def drawn(path: Path, times: list[Fraction], end: Fraction, rate: Fraction, size=(64, 48)) -> Path:
    clock = Fraction(1, 60000)
    with Encoder(
        path, *size, rate, Encoding(crf=30), time_base=clock, duration=end,
        steady=all(at * rate == i for i, at in enumerate(times)),
    ) as encoder:  # fmt: skip
        for index, at in enumerate(times):
            encoder.write(np.full((size[1], size[0], 3), index % 200, np.uint8), at)
    return path


def steady(path: Path, rate: Fraction, count: int) -> Path:
    return drawn(path, [i / rate for i in range(count)], count / rate, rate)


@pytest.mark.parametrize(
    ("rate", "works_at"),
    [
        (Fraction(24000, 1001), Fraction(24000, 1001)),
        (Fraction(25), Fraction(25)),
        (Fraction(30000, 1001), Fraction(15000, 1001)),
        (Fraction(50), Fraction(50, 3)),
        (Fraction(60), Fraction(15)),
        (Fraction(10), Fraction(10)),
        (Fraction(120), Fraction(15)),
    ],
)
def test_a_model_works_at_the_clip_s_rate_or_a_whole_part_of_it(rate, works_at, tmp_path) -> None:
    fit = Fit.of(probe(steady(tmp_path / "c.mp4", rate, 31)), RECIPE)
    every = rate / works_at
    assert fit.rate == works_at
    assert list(fit.sources[: fit.frames - 1]) == list(range(0, 30, int(every)))
    assert fit.sources[fit.frames - 1 :] == (30,) * (len(fit.sources) - fit.frames + 1)
    assert len(fit.sources) % 4 == 1
    assert len(fit.sources) - fit.frames < 4
    assert fit.carries is (every > 1)


@pytest.mark.parametrize(("count", "sees"), [(1, 1), (2, 5), (3, 5), (5, 5), (6, 9)])
def test_the_shortest_clips_have_4k_1_frames_too(count, sees, tmp_path) -> None:
    fit = Fit.of(probe(steady(tmp_path / "c.mp4", Fraction(24), count)), RECIPE)
    assert (fit.frames, len(fit.sources)) == (count, sees)


def test_every_frame_of_the_clip_lies_between_two_the_model_sees(tmp_path) -> None:
    fit = Fit.of(probe(steady(tmp_path / "c.mp4", Fraction(60), 31)), RECIPE)
    for index in range(31):
        before, after = fit.around(index)
        assert fit.sources[before] <= index <= fit.sources[after]
        assert (before == after) == (index in fit.sources)
        assert after - before <= 1


def test_a_clip_of_varying_rate_is_seen_at_a_constant_one(tmp_path) -> None:
    """Ten frames a thirtieth apart, a still second, twenty more frames."""
    times = [Fraction(i, 30) for i in range(10)] + [
        Fraction(4, 3) + Fraction(i, 30) for i in range(20)
    ]
    clip = probe(drawn(tmp_path / "c.mp4", times, Fraction(2), Fraction(30)))
    fit = Fit.of(clip, RECIPE)
    assert fit.rate == 15
    shown = [
        max(i for i, at in enumerate(times) if at <= k / fit.rate) for k in range(fit.frames - 1)
    ]
    assert list(fit.sources[: fit.frames - 1]) == shown
    assert (fit.sources[0], fit.sources[-1]) == (0, 29)
    assert fit.sources.count(9) > 10


@pytest.mark.parametrize(
    ("shown", "pixel_aspect", "size"),
    [
        ((1920, 1080), 1, (848, 480)),
        ((1080, 1920), 1, (480, 848)),
        ((853, 480), 1, (848, 480)),
        ((640, 480), 1, (720, 544)),
        ((640, 640), 1, (640, 640)),
        ((1440, 1080), Fraction(4, 3), (848, 480)),
        ((4000, 200), 1, (848, 128)),
    ],
)
def test_the_model_s_size_is_the_nearest_to_the_picture_s_aspect(shown, pixel_aspect, size) -> None:
    assert bucket(float(Fraction(*shown) * pixel_aspect), RECIPE) == size


def test_sizes_keep_to_the_recipe() -> None:
    for multiple in (16, 32):
        recipe = replace(RECIPE, multiple=multiple, long_side=1280, area=1280 * 720)
        for aspect in np.geomspace(0.4, 2.5, 60):
            wide, high = bucket(float(aspect), recipe)
            assert wide % multiple == high % multiple == 0
            assert max(wide, high) <= 1280
            assert wide * high <= 1.021 * 1280 * 720
            assert abs(np.log(wide / high / aspect)) < 0.03 * multiple / 16
