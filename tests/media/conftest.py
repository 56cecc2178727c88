"""Clips drawn for the tests of `media`, written with PyAV directly so that every knob can be turned."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame

from cutroom.engine import Silent

WriteClip = Callable[..., Path]


def picture(index: int, width: int = 64, height: int = 48) -> np.ndarray:
    """A frame that tells its index: a grey ramp that brightens, and a block that moves."""
    ramp = np.linspace(20, 120, width, dtype=np.uint8)[None, :, None]
    frame = np.broadcast_to(ramp, (height, width, 3)).copy()
    frame += np.uint8(index % 100)
    left = 4 * index % max(width - 8, 1)
    frame[height // 4 : height // 2, left : left + 8] = (230, 60, 20)
    return frame


def rgb_frame(pixels: np.ndarray, pixel_format: str = "yuv420p") -> VideoFrame:
    """RGB as a frame in limited-range BT.709."""
    frame = VideoFrame.from_ndarray(pixels, format="rgb24")
    return frame.reformat(
        format=pixel_format, dst_colorspace=1, src_color_range=2, dst_color_range=1
    )


def tone(seconds: float, rate: int = 48_000) -> np.ndarray:
    """(2, samples) of a soft tone, float."""
    at = np.arange(round(seconds * rate)) / rate
    wave = 0.1 * np.sin(2 * np.pi * 440 * at).astype(np.float32)
    return np.stack([wave, wave])


@pytest.fixture(scope="session")
def write_clip() -> WriteClip:
    """Writes a clip: frames (RGB arrays or VideoFrames), times in ticks of `time_base`, sound."""

    def write(
        path: Path,
        frames: Iterable[np.ndarray | VideoFrame],
        *,
        rate: Fraction | int = 24,
        codec: str = "libx264",
        pixel_format: str = "yuv420p",
        time_base: Fraction | None = None,
        pts: Sequence[int] | None = None,
        tags: dict[str, int] | None = None,
        options: dict[str, str] | None = None,
        rotation: tuple[float, bool, bool] | None = None,
        sound: str | None = None,
        sound_seconds: float = 1.0,
        sound_options: dict[str, str] | None = None,
        aspect: Fraction = Fraction(1),
        container: dict[str, str] | None = None,
    ) -> Path:
        frames = list(frames)
        with av.open(str(path), "w", options=container or {}) as out:
            first = frames[0]
            size = (
                (first.width, first.height)
                if isinstance(first, VideoFrame)
                else (first.shape[1], first.shape[0])
            )
            stream = out.add_stream(codec, Fraction(rate), options=options or {})
            stream.width, stream.height = size
            stream.pix_fmt = pixel_format
            stream.codec_context.time_base = time_base or 1 / Fraction(rate)
            stream.codec_context.sample_aspect_ratio = aspect
            for name, value in (tags or {}).items():
                setattr(stream.codec_context, name, value)
            if rotation is not None:
                stream.set_display_rotation(rotation[0], hflip=rotation[1], vflip=rotation[2])
            hear = None
            if sound is not None:
                hear = out.add_stream(sound, 48_000, options=sound_options or {})
                hear.layout = "stereo"
            for index, given in enumerate(frames):
                frame = given if isinstance(given, VideoFrame) else rgb_frame(given, pixel_format)
                frame.pts = index if pts is None else pts[index]
                frame.time_base = stream.codec_context.time_base
                out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
            if hear is not None:
                _write_sound(out, hear, tone(sound_seconds))
        return path

    return write


def _write_sound(out: av.container.OutputContainer, stream: object, wave: np.ndarray) -> None:
    frame = AudioFrame.from_ndarray(np.ascontiguousarray(wave), format="fltp", layout="stereo")
    frame.sample_rate = 48_000
    frame.pts = 0
    resampler = av.AudioResampler(
        stream.codec_context.format.name,
        "stereo",
        48_000,
        frame_size=stream.codec_context.frame_size or 1024,
    )
    for part in [*resampler.resample(frame), *resampler.resample(None)]:
        out.mux(stream.encode(part))
    out.mux(stream.encode(None))


@pytest.fixture(scope="session")
def clip_24(tmp_path_factory: pytest.TempPathFactory, write_clip: WriteClip) -> Path:
    """24 frames of 64x48 at 24 fps with AAC sound, MP4."""
    path = tmp_path_factory.mktemp("clips") / "clip24.mp4"
    return write_clip(path, (picture(i) for i in range(24)), sound="aac")


@pytest.fixture(scope="session")
def draw() -> Callable[..., np.ndarray]:
    """The picture that tells its index."""
    return picture


class Listener(Silent):
    """A tick that remembers, and raises `stop` once `done` passes `at`."""

    def __init__(self, stop: BaseException | None = None, at: float = 2.0) -> None:
        self.ticks: list[float] = []
        self.notes: list[str] = []
        self._stop = stop
        self._at = at

    def __call__(self, done: float) -> None:
        self.ticks.append(done)
        if self._stop is not None and done >= self._at:
            raise self._stop

    def note(self, sentence: str) -> None:
        self.notes.append(sentence)


@pytest.fixture
def listener() -> type[Listener]:
    return Listener
