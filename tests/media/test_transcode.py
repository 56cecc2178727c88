import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from cutroom.errors import Cancelled, EngineFailed, InvalidMedia
from cutroom.media.decode import frames
from cutroom.media.probe import probe
from cutroom.media.transcode import transcode
from cutroom.types import Clip, Encoding


def same(pixels: np.ndarray, _index: int, _seconds: float) -> np.ndarray:
    return pixels


def inverted(pixels: np.ndarray, _index: int, _seconds: float) -> np.ndarray:
    return 255 - pixels


def outline(clip: Clip) -> tuple[object, ...]:
    return (clip.width, clip.height, clip.rate, clip.frames, clip.duration)


def run(clip: Clip, out: Path, paint: Callable, tick: Callable, **options: bool) -> None:
    keep_audio = options.get("keep_audio", False)
    transcode(clip, out, paint, tick, keep_audio=keep_audio, encoding=Encoding())


def test_every_frame_is_painted_once_in_its_place(
    tmp_path: Path, write_clip: Callable, draw: Callable, listener: Callable
) -> None:
    source = probe(write_clip(tmp_path / "a.mp4", (draw(i) for i in range(50)), rate=25))
    seen: list[tuple[int, float]] = []

    def paint(pixels: np.ndarray, index: int, seconds: float) -> np.ndarray:
        assert not pixels.flags.writeable
        assert pixels.flags.c_contiguous
        seen.append((index, seconds))
        return inverted(pixels, index, seconds)

    out = tmp_path / "out.mp4"
    run(source, out, paint, listener())
    assert sorted(seen) == [(i, i / 25) for i in range(50)]
    result = probe(out)
    assert outline(result) == outline(source)
    for before, after in zip(frames(source), frames(result), strict=True):
        assert np.abs(255 - before.pixels - after.pixels.astype(int)).mean() < 4


@pytest.mark.parametrize(
    "rate", [Fraction(30_000, 1001), Fraction(24_000, 1001), Fraction(179, 6), Fraction(1)]
)
@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_rate_count_and_duration_stay(
    tmp_path: Path,
    write_clip: Callable,
    draw: Callable,
    listener: Callable,
    rate: Fraction,
    suffix: str,
) -> None:
    path = write_clip(tmp_path / f"a.{suffix}", (draw(i) for i in range(17)), rate=rate)
    out = tmp_path / "out.mp4"
    run(probe(path), out, inverted, listener())
    assert outline(probe(out)) == outline(probe(path))


def test_variable_times_stay_exactly(
    tmp_path: Path, write_clip: Callable, draw: Callable, listener: Callable
) -> None:
    pts = [0, 3003, 6007, 20_000, 20_001, 91_000]
    path = write_clip(
        tmp_path / "a.mp4",
        (draw(i) for i in range(6)),
        time_base=Fraction(1, 90_000),
        pts=pts,
        rate=30,
    )
    out = tmp_path / "out.mp4"
    run(probe(path), out, inverted, listener())
    assert [f.time for f in frames(probe(out))] == [Fraction(p, 90_000) for p in pts]
    assert outline(probe(out)) == outline(probe(path))
    with av.open(str(out)) as after:
        # What other programs call the rate: frames by the length of the track.
        assert after.streams.video[0].average_rate == 6 / probe(path).duration


def test_a_turned_clip_comes_out_upright(
    tmp_path: Path, write_clip: Callable, draw: Callable, listener: Callable
) -> None:
    path = write_clip(tmp_path / "a.mp4", [draw(0)] * 3, rotation=(90, False, False))
    out = tmp_path / "out.mp4"
    run(probe(path), out, same, listener())
    result = probe(out)
    assert (result.width, result.height, result.rotation) == (48, 64, 0)


def test_odd_sides_are_noted(
    tmp_path: Path, write_clip: Callable, draw: Callable, listener: Callable
) -> None:
    path = write_clip(
        tmp_path / "a.mkv", [draw(0, 63, 47)] * 2, codec="ffv1", pixel_format="yuv444p"
    )
    out, tick = tmp_path / "out.mp4", listener()
    run(probe(path), out, inverted, tick)
    assert (probe(out).width, probe(out).height) == (64, 48)
    assert "63x47" in tick.notes[0]
    assert "64x48" in tick.notes[0]


def test_frames_that_paint_leaves_alone_lose_nothing_on_the_way_to_the_encoder(
    tmp_path: Path, write_clip: Callable, draw: Callable, listener: Callable
) -> None:
    tags = {"colorspace": 1, "color_range": 1}
    path = write_clip(tmp_path / "a.mkv", (draw(i) for i in range(5)), codec="ffv1", tags=tags)
    out = tmp_path / "out.mp4"
    transcode(probe(path), out, same, listener(), keep_audio=False, encoding=Encoding(crf=0))
    for before, after in zip(frames(probe(path)), frames(probe(out)), strict=True):
        assert (before.pixels == after.pixels).all()


def test_progress_rises_to_one(clip_24: Path, tmp_path: Path, listener: Callable) -> None:
    tick = listener()
    run(probe(clip_24), tmp_path / "out.mp4", same, tick, keep_audio=True)
    assert tick.ticks == sorted(tick.ticks)
    assert (tick.ticks[0], tick.ticks[-1]) == (0, 1)
    assert len(tick.ticks) > 20


def test_ticks_come_while_one_frame_takes_long(
    clip_24: Path, tmp_path: Path, listener: Callable
) -> None:
    def slow(pixels: np.ndarray, index: int, _seconds: float) -> np.ndarray:
        time.sleep(1.2 if index == 3 else 0)
        return pixels

    times: list[float] = []

    class Timed(listener):  # type: ignore[misc, valid-type]
        def __call__(self, done: float) -> None:
            times.append(time.monotonic())

    run(probe(clip_24), tmp_path / "out.mp4", slow, Timed())
    assert max(np.diff(times)) < 1


@pytest.mark.parametrize("at", [0.0, 0.3])
def test_a_cancelled_generation_stops_at_once(
    tmp_path: Path, write_clip: Callable, draw: Callable, listener: Callable, at: float
) -> None:
    path = write_clip(tmp_path / "a.mp4", (draw(i) for i in range(200)))
    source, out = probe(path), tmp_path / "out.mp4"

    def steady(pixels: np.ndarray, _index: int, _seconds: float) -> np.ndarray:
        time.sleep(0.02)
        return pixels

    before = threading.active_count()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        run(source, out, steady, listener(Cancelled(), at=at), keep_audio=True)
    assert time.monotonic() - began < 4 * at + 0.7
    assert threading.active_count() <= before
    assert list(tmp_path.iterdir()) == [path]


def test_a_painter_that_fails_stops_everything(
    clip_24: Path, tmp_path: Path, listener: Callable
) -> None:
    def failing(pixels: np.ndarray, index: int, _seconds: float) -> np.ndarray:
        if index == 5:
            raise ValueError("no paint left")
        return pixels

    before = threading.active_count()
    with pytest.raises(ValueError, match="no paint left"):
        run(probe(clip_24), tmp_path / "out.mp4", failing, listener())
    assert threading.active_count() <= before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "wrong",
    [lambda p: p[:-1], lambda p: p.astype(np.float32), lambda p: p[..., 0]],
    ids=["cropped", "float", "grey"],
)
def test_a_painter_must_keep_shape_and_type(
    clip_24: Path, tmp_path: Path, listener: Callable, wrong: Callable
) -> None:
    with pytest.raises(EngineFailed, match="painter made"):
        run(probe(clip_24), tmp_path / "out.mp4", lambda p, _i, _s: wrong(p), listener())


def test_a_painter_cannot_change_its_source(
    clip_24: Path, tmp_path: Path, listener: Callable
) -> None:
    def careless(pixels: np.ndarray, _index: int, _seconds: float) -> np.ndarray:
        pixels[:] = 0
        return pixels

    with pytest.raises(ValueError, match="read-only"):
        run(probe(clip_24), tmp_path / "out.mp4", careless, listener())


def test_mirrored_views_may_be_painted(clip_24: Path, tmp_path: Path, listener: Callable) -> None:
    source, out = probe(clip_24), tmp_path / "out.mp4"
    run(source, out, lambda p, _i, _s: p[:, ::-1], listener())
    before, after = next(frames(source)), next(frames(probe(out)))
    assert np.abs(before.pixels[:, ::-1].astype(int) - after.pixels).mean() < 3


def test_a_clip_that_went_away(clip_24: Path, tmp_path: Path, listener: Callable) -> None:
    clip = probe(clip_24)
    gone = Clip(tmp_path / "gone.mp4", 64, 48, clip.rate, clip.frames, clip.duration)
    with pytest.raises(InvalidMedia):
        run(gone, tmp_path / "out.mp4", same, listener())


PEAK = """
import sys
from pathlib import Path
from cutroom.engine import Silent
from cutroom.media.probe import probe
from cutroom.media.transcode import transcode
from cutroom.types import Encoding
transcode(probe(Path(sys.argv[1])), Path(sys.argv[2]), lambda p, i, s: 255 - p, Silent(),
          keep_audio=True, encoding=Encoding(preset="ultrafast"))
# Not getrusage: its peak is that of the process before exec, too.
print(next(l.split()[1] for l in open("/proc/self/status") if l.startswith("VmHWM")))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_does_not_grow_with_the_clip(
    tmp_path: Path, write_clip: Callable, draw: Callable
) -> None:
    peaks = []
    for count in (100, 600):
        path = write_clip(
            tmp_path / f"{count}.mp4",
            (draw(i, 320, 180) for i in range(count)),
            options={"preset": "ultrafast"},
            sound="aac",
            sound_seconds=count / 24,
        )
        command = [sys.executable, "-c", PEAK, str(path), str(tmp_path / "out.mp4")]
        ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        peaks.append(int(ran.stdout))
    # 500 frames more would be 86,000 kB of RGB.
    assert peaks[1] - peaks[0] < 15_000, peaks


CLIPS = [
    "Zulko_moviepy__chaplin.mp4",
    "androidx_media__bbb_642x642_768kbps_30fps_vp9.webm",
    "androidx_media__sample.mp4",
    "androidx_media__sample_with_increasing_timestamps_320w_240h_5s.mp4",
    "intel-iot-devkit_sample-videos__bird.mkv",
    "intel-iot-devkit_sample-videos__book.mkv",
    "intel-iot-devkit_sample-videos__head-pose-face-detection-female.gif",
    "intel-iot-devkit_sample-videos__person-bicycle-car-detection.gif",
    "mdn_shared-assets__friday.mp4",
    "pytorch_torchcodec__nasa_13013.mp4",
]


@pytest.mark.media
@pytest.mark.parametrize("name", CLIPS)
def test_real_clips_keep_their_outline(
    real_media: Path, tmp_path: Path, listener: Callable, name: str
) -> None:
    source = probe(real_media / "clips" / name)
    out = tmp_path / "out.mp4"
    run(source, out, inverted, listener(), keep_audio=True)
    result = probe(out)
    assert outline(result) == outline(source)
    assert result.audio == source.audio


@pytest.mark.media
def test_every_real_clip_decodes_as_counted(real_media: Path) -> None:
    for path in sorted((real_media / "clips").iterdir()):
        clip = probe(path)
        last = deque(frames(clip, size=(64, 36)), maxlen=1)[0]
        assert last.index == clip.frames - 1, path.name
        assert last.time < clip.duration, path.name


def test_transparency_is_laid_over_black_and_told(
    tmp_path: Path, write_clip: Callable, listener: Callable
) -> None:
    """Of a WebM, whose alpha channel FFmpeg's own decoder passes over."""

    def drawn(index: int) -> av.VideoFrame:
        pixels = np.full((48, 64, 4), (240, 240, 240, 0), np.uint8)
        pixels[12:36, 4 * index : 4 * index + 24, 3] = 255
        return av.VideoFrame.from_ndarray(pixels, format="rgba").reformat(format="yuva420p")

    path = tmp_path / "ghost.webm"
    write_clip(
        path, (drawn(i) for i in range(8)), codec="libvpx-vp9", pixel_format="yuva420p",
        options={"crf": "10", "b": "0"},
    )  # fmt: skip
    clip, tick = probe(path), listener()
    assert clip.alpha
    run(clip, tmp_path / "out.mp4", same, tick)
    assert any("transparent in part" in note for note in tick.notes)
    for index, frame in enumerate(frames(probe(tmp_path / "out.mp4"))):
        assert frame.pixels[18:30, 4 * index + 6 : 4 * index + 18].min() > 200
        assert frame.pixels[:6].max() < 40
