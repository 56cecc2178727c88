"""A stretch of a clip as a clip of its own: which frames, when, how true, and what is heard."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from cutroom import fragment
from cutroom.errors import InvalidMedia
from cutroom.media.decode import frames
from cutroom.media.excerpt import excerpt, shortened
from cutroom.media.probe import probe
from cutroom.media.sound import heard
from cutroom.media.timeline import of
from cutroom.types import Clip


def picture(index: int) -> np.ndarray:
    """A frame that tells its index in its colour."""
    frame = np.full((48, 64, 3), 40, np.uint8)
    frame[8:40, 8:56] = (index * 5 % 200 + 30, 200 - index * 3 % 150, 90)
    return frame


def cut(path: Path, said: str, out: Path) -> tuple[Clip, Clip]:
    clip = probe(path)
    excerpt(clip, fragment.read(said), out)
    return clip, probe(out)


def off(clip: Clip, start: int, made: Clip) -> float:
    """Levels by which a frame of the stretch is off at most, in the mean over it."""
    whole = frames(clip, start=start, stop=start + made.frames)
    pairs = zip(whole, frames(made), strict=True)
    return max(float(np.abs(a.pixels.astype(int) - b.pixels).mean()) for a, b in pairs)


@pytest.mark.parametrize(
    ("said", "first", "count"),
    [("0.5,1.5", 12, 24), ("0.51,1.49", 13, 23), ("1", 24, 12), (",0.04", 0, 1), ("0.5,99", 12, 24)],
)  # fmt: skip
def test_frames_from_start_up_to_end(
    write_clip: Callable[..., Path], tmp_path: Path, said: str, first: int, count: int
) -> None:
    path = write_clip(tmp_path / "a.mp4", map(picture, range(36)), options={"bf": "2", "g": "30"})
    clip, made = cut(path, said, tmp_path / "b.mp4")
    assert (made.frames, made.rate, made.duration) == (count, 24, Fraction(count, 24))
    assert off(clip, first, made) < 0.5
    told = shortened(clip, fragment.read(said))
    assert (told.frames, told.duration) == (made.frames, made.duration)


@pytest.mark.parametrize("turn", [(90, False, False), (270, True, False), (180, False, True)])
def test_a_turned_deep_clip_is_the_same(
    write_clip: Callable[..., Path], tmp_path: Path, turn: tuple[float, bool, bool]
) -> None:
    tags = {"colorspace": 9, "color_primaries": 9, "color_trc": 18, "color_range": 1}
    path = write_clip(
        tmp_path / "a.mp4", map(picture, range(24)), pixel_format="yuv420p10le", tags=tags,
        rotation=turn, aspect=Fraction(4, 3),
    )  # fmt: skip
    clip, made = cut(path, "0.25,0.75", tmp_path / "b.mp4")
    same = ("width", "height", "rotation", "rate", "bits", "pixel_format", "colour", "pixel_aspect")
    for name in same:
        assert getattr(made, name) == getattr(clip, name), name
    assert off(clip, 6, made) < 0.5


def test_uneven_times_stay_and_a_long_last_frame_ends_with_the_stretch(
    write_clip: Callable[..., Path], tmp_path: Path
) -> None:
    at = [0, 40, 90, 100, 300, 2000, 2040]
    path = write_clip(
        tmp_path / "a.mp4", map(picture, range(7)), time_base=Fraction(1, 1000), pts=at,
        options={"bf": "0"},
    )  # fmt: skip
    _, made = cut(path, "0.04,1", tmp_path / "b.mp4")
    line = of(made.path)
    assert [line.time(n) * 1000 for n in range(5)] == [0, 50, 60, 260, 960]
    with pytest.raises(InvalidMedia, match="No frame of the video begins"):
        cut(path, "0.5,1.5", tmp_path / "c.mp4")


@pytest.mark.parametrize("codec", ["aac", "flac"])
def test_sound_stays_with_its_picture(
    write_clip: Callable[..., Path], tmp_path: Path, codec: str
) -> None:
    path = write_clip(
        tmp_path / "a.mp4", map(picture, range(48)), sound=codec, sound_seconds=2.0
    )  # fmt: skip
    clip, made = cut(path, "0.6,1.4", tmp_path / "b.mp4")
    assert made.audio == "aac"
    whole, part = (np.concatenate(list(heard(one)))[:, 0] for one in (clip, made))
    begin = round(15 / 24 * 48_000)
    due = whole[begin : begin + len(part)]
    assert len(part) == round(made.duration * 48_000)
    assert np.abs(due - part).max() < (1e-6 if codec == "aac" else 0.02)  # a sample off: 0.006
    assert float(np.sqrt(np.mean((due - part) ** 2))) < 0.002


def test_what_one_sees_through_is_black(write_clip: Callable[..., Path], tmp_path: Path) -> None:
    from av.video.frame import VideoFrame  # noqa: PLC0415

    def glass(index: int) -> VideoFrame:
        rgba = np.dstack([picture(index), np.full((48, 64), 255, np.uint8)])
        rgba[:, :32, 3] = 0
        return VideoFrame.from_ndarray(rgba, format="rgba").reformat(format="yuva420p")

    path = write_clip(
        tmp_path / "a.webm", map(glass, range(12)), rate=12, codec="libvpx-vp9", pixel_format="yuva420p"
    )  # fmt: skip
    clip, made = cut(path, "0.5", tmp_path / "b.mp4")
    assert clip.alpha
    assert replace(made, alpha=True).frames == 6
    last = list(frames(made))[-1].pixels
    assert last[:, :28].max() < 12
    assert last[20, 48].max() > 100
