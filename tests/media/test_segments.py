"""Long results in segments: joined without a seam, the same wherever they are made, gone on with."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from cutroom.errors import Cancelled, EngineFailed
from cutroom.media.decode import frames
from cutroom.media.encode import Encoder
from cutroom.media.parts import Parts
from cutroom.media.probe import probe
from cutroom.media.segments import Segment, segments
from cutroom.media.transcode import transcode
from cutroom.types import Encoding

SHORT = Encoding(crf=12, segment=12)
WHOLE = Encoding(crf=12)


def inverted(pixels: np.ndarray, _index: int, _seconds: float) -> np.ndarray:
    return 255 - pixels


def times(path: Path) -> list[tuple[Fraction, ...]]:
    """When frames are shown, and how long the last; when they are decoded, in the order of the file."""
    with av.open(str(path)) as file:
        found = [p for p in file.demux(file.streams.video[0]) if p.size]
        assert all(p.dts <= p.pts for p in found)
        shown = tuple(sorted(p.pts * p.time_base for p in found))
        return [shown, tuple(p.dts * p.time_base for p in found)]


def sound(path: Path) -> list[tuple[object, ...]]:
    """(time, contents) of what is heard, in the order of the file."""
    with av.open(str(path)) as file:
        found = [p for p in file.demux(file.streams.audio[0]) if p.size]
        return [(p.pts * p.time_base, bytes(p)) for p in found]


def parameters(path: Path) -> tuple[object, ...]:
    """All that a player is told about the picture before the first frame."""
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        context = stream.codec_context
        return (
            context.extradata, context.width, context.height, context.pix_fmt, context.profile,
            context.sample_aspect_ratio, context.colorspace, context.color_primaries,
            context.color_trc, context.color_range, stream.time_base, stream.average_rate,
            stream.start_time, stream.duration, file.duration,
        )  # fmt: skip


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / max(np.square(one - other.astype(float)).mean(), 1e-9)))


def test_segments_cover_all_frames_and_none_is_short() -> None:
    for count in range(1, 200):
        spans = segments(count, 12)
        assert [spans[0].start, spans[-1].stop] == [0, count]
        assert all(a.stop == b.start for a, b in pairwise(spans))
        assert len(spans) == 1 or all(12 <= s.frames <= 18 for s in spans)
    assert len(segments(23, 12)) == 1


@pytest.mark.parametrize("kind", ["steady", "29.97", "variable", "early sound", "turned", "odd"])
def test_a_joined_result_has_no_seam(
    tmp_path: Path, write_clip: Callable, draw: Callable, listener: Callable, kind: str
) -> None:
    """Beside the same clip in one piece: the same count, times, sound, parameters; as good a picture."""
    more: dict[str, object] = {
        "steady": {"sound": "aac", "sound_seconds": 2.6},
        "29.97": {"rate": Fraction(30_000, 1001), "tags": {"colorspace": 5, "color_trc": 6}},
        "variable": {
            "time_base": Fraction(1, 90_000), "sound": "libmp3lame",
            "pts": [3003 * i + 700 * (i % 3) for i in range(61)],
        },
        "early sound": {
            "time_base": Fraction(1, 24), "pts": [i + 8 for i in range(61)],
            "sound": "aac", "sound_seconds": 3,
        },
        "turned": {"rotation": (90, False, False), "aspect": Fraction(4, 3)},
        "odd": {"codec": "ffv1", "pixel_format": "yuv444p"},
    }[kind]  # fmt: skip
    size = (63, 47) if kind == "odd" else (64, 48)
    path = tmp_path / ("a.mkv" if kind == "odd" else "a.mp4")
    clip = probe(write_clip(path, (draw(i, *size) for i in range(61)), **more))
    one, many = tmp_path / "one.mp4", tmp_path / "many.mp4"
    for out, encoding in ((one, WHOLE), (many, SHORT)):
        transcode(clip, out, inverted, listener(), keep_audio=True, encoding=encoding)
    assert sorted(tmp_path.iterdir()) == sorted([path, one, many])
    assert times(many) == times(one)
    assert parameters(many) == parameters(one)
    if clip.audio:
        assert sound(many) == sound(one)
    assert probe(many) == replace(probe(one), path=many, bytes=many.stat().st_size)
    true = [255 - f.pixels for f in frames(clip)]
    good = [[psnr(a[: size[1], : size[0]], b.pixels[: size[1], : size[0]]) for a, b in zip(true, frames(probe(p)), strict=True)] for p in (one, many)]  # fmt: skip
    starts = [span.start for span in segments(61, 12)][1:]
    for start in starts:
        for index in (start - 2, start - 1, start, start + 1):
            assert good[1][index] > min(good[0]) - 0.5, (kind, index)
    with av.open(str(many)) as file:
        keys = [p.pts for p in file.demux(file.streams.video[0]) if p.size and p.is_keyframe]
    assert len(keys) >= len(starts) + 1
    # As a player does it that jumps to just before a seam.
    for start in starts:
        jumped = [f.pixels for f in frames(probe(many), start=start - 1, stop=start + 2)]
        whole = list(frames(probe(many)))
        assert all((a == whole[start - 1 + n].pixels).all() for n, a in enumerate(jumped))


@pytest.mark.parametrize("codec", ["av1", "vp9"])
def test_other_codecs_are_joined_too(
    tmp_path: Path, write_clip: Callable, draw: Callable, listener: Callable, codec: str
) -> None:
    clip = probe(write_clip(tmp_path / "a.mp4", (draw(i) for i in range(30))))
    for name, encoding in (("one", WHOLE), ("many", SHORT)):
        out = tmp_path / f"{name}.mp4"
        transcode(
            clip, out, inverted, listener(), keep_audio=False,
            encoding=replace(encoding, codec=codec),
        )  # fmt: skip
    assert times(tmp_path / "many.mp4") == times(tmp_path / "one.mp4")
    for before, after in zip(frames(clip), frames(probe(tmp_path / "many.mp4")), strict=True):
        assert psnr(255 - before.pixels, after.pixels) > 30


def hashes(folder: Path) -> dict[str, str]:
    """The finished parts of a folder."""
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.glob("0*.mp4")}


def parts_in(folder: Path, **made_of: str) -> Parts:
    return Parts(folder, lambda: made_of)


def test_work_goes_on_at_the_first_segment_that_is_not_finished(
    tmp_path: Path, write_clip: Callable, draw: Callable, listener: Callable
) -> None:
    clip = probe(write_clip(tmp_path / "a.mp4", (draw(i) for i in range(61)), sound="aac"))
    seen: list[int] = []

    def paint(pixels: np.ndarray, index: int, seconds: float) -> np.ndarray:
        seen.append(index)
        return inverted(pixels, index, seconds)

    def run(out: str, folder: str, tick: object, **made_of: str) -> None:
        transcode(
            clip, tmp_path / out, paint, tick, keep_audio=True, encoding=SHORT,
            parts=parts_in(tmp_path / folder, **made_of),
        )  # fmt: skip

    run("whole.mp4", "one", listener(), plan="1")
    with pytest.raises(Cancelled):
        run("late.mp4", "two", listener(Cancelled(), at=0.6), plan="1")
    made = hashes(tmp_path / "two")
    assert made
    assert made.items() < hashes(tmp_path / "one").items()
    assert not (tmp_path / "late.mp4").exists()
    seen.clear()
    tick = listener()
    run("late.mp4", "two", tick, plan="1")
    assert sorted(seen) == list(range(12 * len(made), 61))
    assert tick.ticks == sorted(tick.ticks)
    assert hashes(tmp_path / "two") == hashes(tmp_path / "one")
    assert (tmp_path / "late.mp4").read_bytes() == (tmp_path / "whole.mp4").read_bytes()
    # One in the middle alone, as another machine would make it.
    (tmp_path / "one" / "0000024-0000036.mp4").unlink()
    seen.clear()
    run("again.mp4", "one", listener(), plan="1")
    assert sorted(seen) == list(range(24, 36))
    assert hashes(tmp_path / "two") == hashes(tmp_path / "one")
    # Of another plan nothing is used.
    seen.clear()
    run("other.mp4", "two", listener(), plan="2")
    assert len(seen) == 61


@pytest.mark.parametrize(
    ("count", "preset", "fault"),
    [(12, "ultrafast", "other parameters"), (11, "veryfast", "lacks 1"), (13, "veryfast", "own")],
)
def test_a_part_that_is_not_what_it_should_be_is_not_joined(
    tmp_path: Path, write_clip: Callable, draw: Callable, listener: Callable,
    count: int, preset: str, fault: str,
) -> None:  # fmt: skip
    clip = probe(write_clip(tmp_path / "a.mp4", (draw(i) for i in range(36))))
    parts, out = parts_in(tmp_path / "parts", plan="1"), tmp_path / "out.mp4"
    parts.open([])
    part, coded = parts.path(Segment(12, 24)), Encoding(crf=12, preset=preset)
    with Encoder(part, 64, 48, clip.rate, coded, colour=clip.colour) as encoder:
        for index in range(count):
            encoder.write(draw(index), index / clip.rate)
    with pytest.raises(EngineFailed, match=fault):
        transcode(clip, out, inverted, listener(), keep_audio=False, encoding=SHORT, parts=parts)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "parts"]
