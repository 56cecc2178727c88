from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from cutroom.errors import Cancelled, EngineFailed
from cutroom.media.decode import frames
from cutroom.media.film import film
from cutroom.media.probe import probe
from cutroom.types import Encoding

RATE = Fraction(30_000, 1001)


def grey(index: int, _seconds: float) -> np.ndarray:
    return np.full((48, 64, 3), 10 + 4 * index, np.uint8)


def hum(seconds: float, channels: int = 2) -> Iterator[np.ndarray]:
    at = np.arange(round(seconds * 48_000)) / 48_000
    wave = (0.2 * np.sin(2 * np.pi * 440 * at)).astype(np.float32)
    for start in range(0, len(wave), 777):
        part = wave[start : start + 777]
        yield np.repeat(part[:, None], channels, axis=1)


def test_frames_come_in_their_order_at_their_times(tmp_path: Path, listener: Callable) -> None:
    out, tick, seen = tmp_path / "out.mp4", listener(), []

    def paint(index: int, seconds: float) -> np.ndarray:
        seen.append((index, seconds))
        return grey(index, seconds)

    film(out, (64, 48), RATE, 50, paint, tick, encoding=Encoding())
    clip = probe(out)
    assert (clip.width, clip.height, clip.rate, clip.frames) == (64, 48, RATE, 50)
    assert clip.duration == 50 / RATE
    assert clip.audio is None
    assert sorted(seen) == [(i, float(i / RATE)) for i in range(50)]
    means = [frame.pixels.mean() for frame in frames(clip)]
    assert np.allclose(means, [10 + 4 * i for i in range(50)], atol=2)
    assert (tick.ticks[0], tick.ticks[-1]) == (0, 1)
    assert tick.ticks == sorted(tick.ticks)


@pytest.mark.parametrize("given", [0.2, 1.0, 9.0], ids=["short", "about", "long"])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_sound_lasts_as_long_as_the_picture(
    tmp_path: Path, listener: Callable, given: float, channels: int
) -> None:
    out = tmp_path / "out.mp4"
    sound = hum(given, channels)
    film(out, (64, 48), RATE, 31, grey, listener(), encoding=Encoding(), sound=sound)
    with av.open(str(out)) as container:
        stream = container.streams.audio[0]
        length = stream.duration * stream.time_base
        assert stream.layout.nb_channels == channels
        heard = np.concatenate([f.to_ndarray() for f in container.decode(stream)], axis=1)
    assert abs(length - 31 / RATE) < Fraction(1, 48_000)
    quiet = round(given * 48_000) + 2_000
    assert np.abs(heard[0, 4_000:9_000]).max() > 0.1
    assert np.abs(heard[0, quiet:]).max(initial=0) < 0.01


def test_the_sound_lies_between_the_pictures(tmp_path: Path, listener: Callable) -> None:
    out = tmp_path / "out.mp4"
    film(out, (64, 48), Fraction(10), 60, grey_small, listener(), encoding=Encoding(), sound=hum(6))
    with av.open(str(out)) as container:
        order = [packet.stream.type for packet in container.demux() if packet.size]
    half = order[: len(order) // 2]
    assert 0.3 < half.count("audio") / order.count("audio") < 0.75


def grey_small(index: int, _seconds: float) -> np.ndarray:
    return np.full((48, 64, 3), index, np.uint8)


def test_what_goes_wrong_leaves_no_file(tmp_path: Path, listener: Callable) -> None:
    out = tmp_path / "out.mp4"

    def broken(index: int, _seconds: float) -> np.ndarray:
        raise ZeroDivisionError

    def deaf() -> Iterator[np.ndarray]:
        yield from hum(0.1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        film(out, (64, 48), RATE, 9, broken, listener(), encoding=Encoding())
    with pytest.raises(ZeroDivisionError):
        film(out, (64, 48), RATE, 9, grey, listener(), encoding=Encoding(), sound=deaf())
    with pytest.raises(EngineFailed, match="64x50 was due"):
        film(out, (64, 50), RATE, 9, grey, listener(), encoding=Encoding())
    with pytest.raises(Cancelled):
        film(out, (64, 48), RATE, 50, grey, listener(Cancelled(), at=0.3), encoding=Encoding())
    assert list(tmp_path.iterdir()) == []
