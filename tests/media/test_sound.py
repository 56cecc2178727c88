"""Sound as samples: where clicks of a drawn clip are heard again."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame

from cutroom.media.film import film
from cutroom.media.probe import probe
from cutroom.media.sound import RATE, heard, paced
from cutroom.types import Clip, Encoding

CLICKS = (0.25, 0.75, 1.5)


def clicks(seconds: float, times: tuple[float, ...] = CLICKS) -> np.ndarray:
    """(samples, 2): bursts of 2 kHz, 10 ms each, that begin at `times`."""
    wave = np.zeros(round(seconds * RATE), np.float32)
    burst = 0.5 * np.sin(2 * np.pi * 2000 * np.arange(RATE // 100) / RATE)
    for time in times:
        at = round(time * RATE)
        wave[at : at + len(burst)] = burst
    return np.stack([wave, wave], axis=1)


def starts(wave: np.ndarray) -> list[float]:
    """Seconds at which something is heard after silence."""
    loud = np.abs(wave[:, 0]) > 0.1
    at = np.flatnonzero(loud)
    first = at[np.diff(at, prepend=-RATE) > RATE // 20]
    return [float(n / RATE) for n in first]


@pytest.fixture
def clicking(tmp_path: Path, listener: Callable) -> Clip:
    path = tmp_path / "clicking.mp4"
    film(
        path, (64, 48), Fraction(24), 48, lambda i, _s: np.full((48, 64, 3), i, np.uint8),
        listener(), encoding=Encoding(), sound=iter([clicks(2.0)]),
    )  # fmt: skip
    return probe(path)


def test_a_clip_is_heard_as_long_as_it_is_seen(clicking: Clip) -> None:
    wave = np.concatenate(list(heard(clicking)))
    assert wave.shape == (2 * RATE, 2)
    assert wave.dtype == np.float32
    assert np.allclose(starts(wave), CLICKS, atol=0.004)


def test_nothing_is_heard_of_a_silent_clip(tmp_path: Path, listener: Callable) -> None:
    path = tmp_path / "silent.mp4"
    film(
        path,
        (64, 48),
        Fraction(24),
        5,
        lambda _i, _s: np.zeros((48, 64, 3), np.uint8),
        listener(),
        encoding=Encoding(),
    )
    assert list(heard(probe(path))) == []


@pytest.mark.parametrize("speed", ["1/4", "1/2", "3/4", "4/3", "2", "3"])
def test_pacing_moves_clicks_to_where_they_belong(speed: str) -> None:
    fast, wave = Fraction(speed), clicks(2.0)
    hum = 0.02 * np.sin(2 * np.pi * 220 * np.arange(len(wave)) / RATE).astype(np.float32)
    wave += hum[:, None]
    blocks = (wave[at : at + 1000] for at in range(0, len(wave), 1000))
    result = np.concatenate(list(paced(blocks, fast)))
    assert len(result) == round(2 * RATE / fast)
    room = round(0.12 / float(fast) ** 0.5 * RATE)
    for time in CLICKS:
        middle = round((time + 0.005) / float(fast) * RATE)
        near = np.maximum(np.abs(result[middle - room : middle + room, 0]) - 0.1, 0)
        off = (near * np.arange(-room, room)[: len(near)]).sum() / near.sum() / RATE
        assert abs(off) < 0.02, (time, off)


def test_a_tone_keeps_its_pitch() -> None:
    at = np.arange(2 * RATE) / RATE
    tone = np.sin(2 * np.pi * 500 * at).astype(np.float32)[:, None]
    slow = np.concatenate(list(paced([tone], Fraction(1, 2))))[:, 0]
    spectrum = np.abs(np.fft.rfft(slow))
    assert abs(np.argmax(spectrum) * RATE / len(slow) - 500) < 5


def test_late_early_and_interrupted_sound_finds_its_place(tmp_path: Path) -> None:
    """A Matroska file whose sound begins before the picture and has a hole in it."""
    path = tmp_path / "holes.mkv"
    wave = clicks(3.0, (0.1, 1.0, 2.5))
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", 10)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        audio = out.add_stream("pcm_s16le", RATE)
        audio.layout = "stereo"
        for start, stop in ((0.0, 1.2), (2.0, 3.0)):
            part = wave[round(start * RATE) : round(stop * RATE)]
            packed = np.ascontiguousarray((part * 32767).astype(np.int16).reshape(1, -1))
            frame = AudioFrame.from_ndarray(packed, format="s16", layout="stereo")
            frame.sample_rate, frame.pts = RATE, round(start * RATE)
            frame.time_base = Fraction(1, RATE)
            out.mux(audio.encode(frame))
        out.mux(audio.encode(None))
        for index in range(30):
            picture = av.VideoFrame(64, 48, "yuv420p")
            picture.pts, picture.time_base = index + 5, Fraction(1, 10)  # from 0.5 s on
            out.mux(video.encode(picture))
        out.mux(video.encode(None))
    wave = np.concatenate(list(heard(probe(path))))
    assert len(wave) == 3 * RATE
    assert np.allclose(starts(wave), [0.5, 2.0], atol=0.004)
    assert np.abs(wave[round(0.75 * RATE) : round(1.45 * RATE)]).max() == 0
    assert np.abs(wave[round(2.55 * RATE) :]).max() == 0
