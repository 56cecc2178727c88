"""Ops of time through the engine: a drawn ball is where it should be, and clicks are heard when they should."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import drawn
import numpy as np
import pytest

from cutroom.engine import Silent
from cutroom.engines.classical.engine import Classical
from cutroom.errors import CannotDo
from cutroom.media.course import Course
from cutroom.media.decode import frames
from cutroom.media.encode import Encoder
from cutroom.media.film import film
from cutroom.media.probe import probe
from cutroom.media.sound import RATE, heard
from cutroom.media.tween import Between
from cutroom.types import Clip, Edit, Encoding, Kind

WIDTH, HEIGHT, FPS, COUNT = 320, 180, 12, 24
CLICKS = (0.25, 0.75, 1.5)
SPOTS = drawn.texture(80, 80, 11)[..., 0]
GROUND = drawn.texture(WIDTH, HEIGHT, 3)


def ball(place: float) -> np.ndarray:
    """The picture at a place of the clip: a red ball, 8 pixels further each frame."""
    x, y = np.meshgrid(np.arange(WIDTH) - 50 - 8 * place, np.arange(HEIGHT) - 90.0)
    at = (x + 40).astype(np.float32), (y + 40).astype(np.float32)
    marks = cv2.remap(SPOTS, *at, cv2.INTER_LINEAR).astype(float)  # on the ball, so they move along
    red = np.stack([60 + marks, marks - 90, marks - 90], axis=-1)
    alpha = np.clip(18.5 - np.hypot(x, y), 0, 1)[..., None]
    return (GROUND * (1 - alpha) + red.clip(0, 255) * alpha + 0.5).astype(np.uint8)


def clicks(seconds: float) -> np.ndarray:
    wave = np.zeros(round(seconds * RATE), np.float32)
    burst = 0.5 * np.sin(2 * np.pi * 2000 * np.arange(RATE // 50) / RATE)
    for time in CLICKS:
        wave[round(time * RATE) :][: len(burst)] = burst
    return wave[:, None].repeat(2, axis=1)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    path = tmp_path_factory.mktemp("time") / "ball.mp4"
    film(
        path, (WIDTH, HEIGHT), Fraction(FPS), COUNT, lambda i, _s: ball(i), Silent(),
        encoding=Encoding(crf=8), sound=[clicks(COUNT / FPS)],
    )  # fmt: skip
    return probe(path)


def edited(clip: Clip, prompt: str, folder: Path, *, keep_audio: bool = False) -> Clip:
    out = folder / "out.mp4"
    edit = Edit("1", "m", Kind.EDIT, prompt, clip, keep_audio=keep_audio, encoding=Encoding(crf=8))
    Classical().edit(edit, out, drawn.Notes())
    assert [path.name for path in folder.iterdir()] == ["out.mp4"]
    result = probe(out)
    assert (result.width, result.height, result.rate) == (clip.width, clip.height, clip.rate)
    return result


def places(clip: Clip) -> list[float]:
    """Where of the source each frame is, told by the ball."""
    found = []
    for frame in frames(clip):
        red = frame.pixels.astype(int)
        _, x = np.nonzero(red[..., 0] - red[..., 1] > 70)
        found.append((x.mean() - 50) / 8)
    return found


def starts(clip: Clip) -> list[float]:
    """Seconds at which something is heard after silence; the sound is as long as the picture."""
    with av.open(str(clip.path)) as container:
        stream = container.streams.audio[0]
        assert abs(stream.duration * stream.time_base - clip.duration) < Fraction(1, 40_000)
    wave = np.concatenate(list(heard(clip)))[:, 0]
    at = np.flatnonzero(np.abs(wave) > 0.1)
    return [float(n / RATE) for n in at[np.diff(at, prepend=-RATE) > RATE // 10]]


def test_half_speed_puts_the_ball_half_way(source: Clip, tmp_path: Path) -> None:
    result = edited(source, "slow it down to half speed", tmp_path, keep_audio=True)
    assert (result.frames, result.duration) == (2 * COUNT, 2 * source.duration)
    at = places(result)
    wished = [min(k / 2, COUNT - 1) for k in range(2 * COUNT)]
    assert np.abs(np.subtract(at, wished)).max() < 0.1  # of 8 pixels
    assert np.allclose(starts(result), [2 * t for t in CLICKS], atol=0.045)


def test_what_lies_between_is_drawn_and_not_blended(source: Clip) -> None:
    """Against the truth: far better than a mix of both frames, and the ball as round and red."""
    one, other, truth = (ball(place).astype(float) for place in (5, 6, 5.5))
    made = Between(one.astype(np.uint8), other.astype(np.uint8))(0.5).astype(float)
    blended = (one + other) / 2
    assert ((made - truth) ** 2).mean() < 0.25 * ((blended - truth) ** 2).mean()
    inside = drawn.disc((50 + 8 * 5.5, 90), 15)
    assert np.abs(made[inside] - truth[inside]).mean() < 6


def test_a_cut_is_not_morphed(source: Clip) -> None:
    one, other = ball(3), 255 - np.rot90(drawn.texture(HEIGHT, WIDTH, 8))
    way = Between(one, np.ascontiguousarray(other))
    assert np.array_equal(way(0.3), one)
    assert np.array_equal(way(0.7), other)


def test_twice_as_fast_leaves_out_every_second_frame(source: Clip, tmp_path: Path) -> None:
    result = edited(source, "make it twice as fast", tmp_path, keep_audio=True)
    assert (result.frames, result.duration) == (COUNT // 2, source.duration / 2)
    assert np.allclose(places(result), range(0, COUNT, 2), atol=0.06)
    assert np.allclose(starts(result), [t / 2 for t in CLICKS], atol=0.03)


def test_one_and_a_half_times_as_fast_runs_evenly(source: Clip, tmp_path: Path) -> None:
    result = edited(source, "make it 50% faster", tmp_path)
    assert result.frames == 16
    assert result.audio is None
    assert np.allclose(places(result)[:15], 1.5 * np.arange(15), atol=0.1)


def test_reversed_frames_are_the_same_frames(source: Clip, tmp_path: Path) -> None:
    result = edited(source, "play it in reverse", tmp_path, keep_audio=True)
    assert (result.frames, result.duration) == (COUNT, source.duration)
    before = [frame.pixels for frame in frames(source)]
    for frame, was in zip(frames(result), before[::-1], strict=True):
        assert np.abs(frame.pixels.astype(int) - was).mean() < 1.5
    ends = sorted(2.0 - (t + 0.02) for t in CLICKS)
    assert np.allclose(starts(result), ends, atol=0.005)


def test_a_frozen_frame_stands_and_the_rest_comes_later(source: Clip, tmp_path: Path) -> None:
    result = edited(source, "freeze frame at 1s for 0.5 seconds", tmp_path, keep_audio=True)
    assert (result.frames, result.duration) == (COUNT + 6, source.duration + Fraction(1, 2))
    wished = [*range(13), *[12] * 6, *range(13, COUNT)]
    assert np.allclose(places(result), wished, atol=0.06)
    assert np.allclose(starts(result), (0.25, 0.75, 2.0), atol=0.005)


def test_the_last_frame_stands_in_silence(source: Clip, tmp_path: Path) -> None:
    result = edited(source, "freeze the last frame for 1 second", tmp_path, keep_audio=True)
    assert result.frames == COUNT + FPS
    assert np.allclose(places(result)[-FPS:], COUNT - 1, atol=0.06)
    assert np.allclose(starts(result), CLICKS, atol=0.005)


def test_a_loop_begins_again(source: Clip, tmp_path: Path) -> None:
    result = edited(source, "loop it twice", tmp_path, keep_audio=True)
    assert (result.frames, result.duration) == (2 * COUNT, 2 * source.duration)
    assert np.allclose(places(result), [*range(COUNT)] * 2, atol=0.06)
    assert np.allclose(starts(result), [*CLICKS, *(t + 2 for t in CLICKS)], atol=0.005)


def test_a_boomerang_joins_without_a_seam(source: Clip, tmp_path: Path) -> None:
    result = edited(source, "turn it into a boomerang", tmp_path, keep_audio=True)
    at = places(result)
    assert np.allclose(at, [*range(COUNT), *range(COUNT - 2, 0, -1)], atol=0.06)
    assert abs(at[-1] - at[0]) < 1.1
    assert len(starts(result)) == 6


def test_ops_of_time_follow_each_other_and_others_come_after(source: Clip, tmp_path: Path) -> None:
    prompt = "reverse the video, slow it down 2x and make it black and white"
    result = edited(source, prompt, tmp_path, keep_audio=True)
    assert (result.frames, result.duration) == (2 * COUNT, 2 * source.duration)
    for index, frame in enumerate(frames(result)):
        assert np.ptp(frame.pixels, axis=-1).max() < 12
        if index == 10:
            truth = ball(COUNT - 1 - 5).mean(axis=-1)
            off = np.abs(frame.pixels[..., 0] - truth)
            assert np.corrcoef(frame.pixels[..., 0].ravel(), truth.ravel())[0, 1] > 0.9
            assert np.median(off) < 40
    ends = sorted(2.0 - (t + 0.02) for t in CLICKS)
    assert np.allclose(starts(result), [2 * t for t in ends], atol=0.05)


def test_varying_times_turn_round_exactly(tmp_path: Path) -> None:
    times = [Fraction(n, 30) for n in (0, 1, 2, 7, 8, 20)]
    path = tmp_path / "source" / "vfr.mp4"
    path.parent.mkdir()
    with Encoder(
        path, WIDTH, HEIGHT, Fraction(10), Encoding(crf=8), time_base=Fraction(1, 30),
        duration=Fraction(1), steady=False,
    ) as encoder:  # fmt: skip
        for index, time in enumerate(times):
            encoder.write(ball(index), time)
    folder = tmp_path / "result"
    folder.mkdir()
    clip = probe(path)
    Classical().edit(
        Edit("1", "m", Kind.EDIT, "reverse it", clip), folder / "out.mp4", drawn.Notes()
    )
    result = probe(folder / "out.mp4")
    assert result.duration == clip.duration
    got = Course.of(result).times
    assert got == tuple(1 - time for time in (*times[1:], Fraction(1)))[::-1]
    assert np.allclose(places(result), range(5, -1, -1), atol=0.06)


def test_what_cannot_be_is_told(source: Clip, tmp_path: Path) -> None:
    for prompt, words in (
        ("freeze frame at 7s", "no frame at 7 s"),
        ("slow it down 20x", "goes down to 12.5%"),
        ("make it 90x faster", "leaves too little"),
        ("loop it 30 times", "2 to 8 times"),
    ):
        with pytest.raises(CannotDo, match=words):
            Classical().edit(
                Edit("1", "m", Kind.EDIT, prompt, source), tmp_path / "out.mp4", Silent()
            )
    assert list(tmp_path.iterdir()) == []


def test_a_picture_between_is_pure(source: Clip) -> None:
    """Nothing given is changed, and each share is the same whatever was asked before."""
    one, other = ball(2), ball(3)
    before = one.copy(), other.copy()
    way = Between(one, other)
    first = {share: way(share) for share in (0.25, 0.5, 0.75)}
    again = Between(*before)
    for share in (0.75, 0.25, 0.5):
        assert np.array_equal(again(share), first[share])
    assert np.array_equal(one, before[0])
    assert np.array_equal(other, before[1])
