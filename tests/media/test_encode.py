import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from cutroom.errors import EngineFailed
from cutroom.media.decode import frames
from cutroom.media.encode import Encoder
from cutroom.media.probe import probe
from cutroom.types import Colour, Encoding


def boxes(path: Path) -> list[str]:
    """The names of the file's outer boxes, in order."""
    data, at, names = path.read_bytes(), 0, []
    while at < len(data):
        size, name = struct.unpack(">I4s", data[at : at + 8])
        names.append(name.decode())
        at += size
    return names


@pytest.mark.parametrize("codec", ["h264", "av1", "vp9"])
def test_what_goes_in_comes_out(tmp_path: Path, draw: Callable, codec: str) -> None:
    out, rate = tmp_path / "a.mp4", Fraction(30_000, 1001)
    with Encoder(out, 64, 48, rate, Encoding(codec=codec, crf=10)) as encoder:
        for i in range(20):
            encoder.write(draw(i), i / rate)
    clip = probe(out)
    assert (clip.codec, clip.width, clip.height, clip.frames) == (codec, 64, 48, 20)
    assert (clip.rate, clip.duration) == (rate, 20 / rate)
    assert (clip.colour.matrix, clip.colour.primaries, clip.colour.transfer) == ("bt709",) * 3
    for frame in frames(clip):
        assert np.abs(frame.pixels.astype(int) - draw(frame.index)).mean() < 6
    assert boxes(out).index("moov") < boxes(out).index("mdat")


@pytest.mark.parametrize("matrix", ["bt709", "smpte170m"])
def test_colours_survive_with_their_tags(tmp_path: Path, matrix: str) -> None:
    out = tmp_path / "a.mp4"
    colours = np.random.default_rng(3).integers(0, 256, (4, 6, 3)).astype(np.uint8)
    pixels = colours.repeat(16, 0).repeat(16, 1)
    with Encoder(
        out, 96, 64, Fraction(24), Encoding(crf=6), colour=Colour(matrix, matrix, matrix)
    ) as encoder:
        encoder.write(pixels, Fraction(0))
    clip = probe(out)
    assert clip.colour == Colour(matrix, matrix, matrix)
    got = next(frames(clip)).pixels[8::16, 8::16].astype(int)
    assert np.abs(got - colours).max() <= 3


def test_variable_times_and_the_last_frames_length(tmp_path: Path, draw: Callable) -> None:
    times = [Fraction(t, 3000) for t in (0, 90, 1000, 1001, 2999, 6000)]
    out = tmp_path / "a.mp4"
    with Encoder(
        out,
        64,
        48,
        Fraction(30),
        time_base=Fraction(1, 3000),
        duration=Fraction(7000, 3000),
    ) as encoder:
        for i, time in enumerate(times):
            encoder.write(draw(i), time)
    clip = probe(out)
    assert [f.time for f in frames(clip)] == times
    assert clip.duration == Fraction(7, 3)
    with av.open(str(out)) as container:
        assert container.streams.video[0].start_time == 0


@pytest.mark.parametrize(("width", "height"), [(63, 47), (64, 47), (63, 48), (1, 1)])
def test_odd_sides_are_padded_with_their_own_edge(tmp_path: Path, width: int, height: int) -> None:
    pixels = np.full((height, width, 3), 60, np.uint8)
    pixels[:, -1] = pixels[-1] = (200, 120, 40)
    out = tmp_path / "a.mp4"
    with Encoder(out, width, height, Fraction(24), Encoding(crf=8)) as encoder:
        assert encoder.padded == (width + width % 2, height + height % 2)
        encoder.write(pixels, Fraction(0))
    clip = probe(out)
    assert (clip.width, clip.height) == encoder.padded
    got = next(frames(clip)).pixels[-1, -1].astype(int)
    assert np.abs(got - (200, 120, 40)).max() <= 12


def test_pixel_aspect_is_kept(tmp_path: Path, draw: Callable) -> None:
    out = tmp_path / "a.mp4"
    with Encoder(out, 64, 48, Fraction(24), pixel_aspect=Fraction(4, 3)) as encoder:
        encoder.write(draw(0), Fraction(0))
    assert probe(out).pixel_aspect == Fraction(4, 3)


def test_a_failure_leaves_neither_result_nor_scraps(tmp_path: Path, draw: Callable) -> None:
    out = tmp_path / "a.mp4"

    def write_two() -> None:
        with Encoder(out, 64, 48, Fraction(24)) as encoder:
            encoder.write(draw(0), Fraction(0))
            encoder.write(draw(1, 32, 32), Fraction(1, 24))

    with pytest.raises(EngineFailed, match="64x48 was due"):
        write_two()
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_the_earlier_result(tmp_path: Path, draw: Callable) -> None:
    out = tmp_path / "a.mp4"
    out.write_bytes(b"before")
    with pytest.raises(EngineFailed, match="no frames"), Encoder(out, 64, 48, Fraction(24)):
        pass
    assert out.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [out]


def test_a_frame_of_another_shape_is_refused(tmp_path: Path, draw: Callable) -> None:
    with (
        pytest.raises(EngineFailed, match="64x48 was due"),
        Encoder(tmp_path / "a.mp4", 64, 48, Fraction(24)) as encoder,
    ):
        encoder.write(draw(0, 32, 32), Fraction(0))


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with (
        pytest.raises(EngineFailed, match="No such file"),
        Encoder(tmp_path / "none" / "a.mp4", 64, 48, Fraction(24)),
    ):
        pass


def test_names_that_look_like_options_or_protocols(tmp_path: Path, draw: Callable) -> None:
    for name in ("-i.mp4", "http:a.mp4", "a %d b.mp4"):
        with Encoder(tmp_path / name, 64, 48, Fraction(24)) as encoder:
            encoder.write(draw(0), Fraction(0))
        assert probe(tmp_path / name).frames == 1
