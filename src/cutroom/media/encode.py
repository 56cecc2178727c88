"""Frames into an MP4 that plays in a browser."""

import os
import secrets
from collections import deque
from contextlib import ExitStack, suppress
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, cast

import av
import numpy as np
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from cutroom.errors import EngineFailed
from cutroom.media import colour as colours
from cutroom.media import timeline
from cutroom.media.audio import Sound
from cutroom.media.container import reason
from cutroom.media.sound import Pcm
from cutroom.types import Clip, Colour, Encoding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from av.container import OutputContainer
    from av.packet import Packet

    from cutroom.media.sound import Block

_ENCODERS = {"h264": "libx264", "av1": "libsvtav1", "vp9": "libvpx-vp9"}


@cache
def _repeatable() -> dict[str, str]:
    """Options for x264 to make the same file of the same frames.

    Its AVX-512 code for B-frames, as built into PyAV's wheels, reads memory that was never written:
    with it, results differ from run to run. Only where AVX-512 is there, since x264 does not check
    that a processor has what it is told to use.
    """
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    return {"x264-params": "asm=avx2"} if " avx512" in flags else {}


class Encoder:
    """A context manager that takes frames in order and leaves a finished MP4 at `out`, or nothing.

    Odd sides do not go with 4:2:0: the last row or column is then repeated once, see `padded`. With `audio_from`, that clip's
    sound goes along (see `audio`); `sound` is coded beside the picture instead (see `sound`). Raises EngineFailed.
    """

    def __init__(
        self,
        out: Path,
        width: int,
        height: int,
        rate: Fraction,
        encoding: Encoding | None = None,
        *,
        colour: Colour = colours.BT709,
        audio_from: Clip | None = None,
        sound: "Iterable[Block] | None" = None,
        time_base: Fraction | None = None,
        duration: Fraction | None = None,
        pixel_aspect: Fraction = Fraction(1),
        steady: bool = True,
    ) -> None:
        """`steady`: whether frame i comes at i / rate; times are kept exactly either way."""
        self._encoding = encoding or Encoding()
        self._out = out
        self._part = out.with_name(f".{out.name}.{secrets.token_hex(4)}.part")
        self._size = (width, height)
        self._rate = rate
        self._colour = colours.delivered(colour, width, height)
        self._time_base = time_base or 1 / rate
        self._duration = duration
        self._aspect = pixel_aspect
        self._steady = steady
        self._audio_from = audio_from
        self._to_yuv = colours.FromRgb(self._colour)
        self._ends = _Durations()
        self._resources = ExitStack()
        self._blocks = sound
        self._sound: Sound | Pcm | None = None
        self._lead = Fraction(0)

    @property
    def colour(self) -> Colour:
        """How the result is tagged: always limited range."""
        return self._colour

    @property
    def padded(self) -> tuple[int, int]:
        """The size that is coded: the size, made even."""
        width, height = self._size
        return (width + width % 2, height + height % 2)

    def __enter__(self) -> Self:
        try:
            self._open()
        except (av.FFmpegError, OSError, ValueError) as error:
            self._discard()
            raise EngineFailed(f"The result cannot be encoded: {reason(error)}.") from error
        except BaseException:
            self._discard()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._discard()
            return
        try:
            self._finish()
            self._resources.close()
            self._part.replace(self._out)
        except (av.FFmpegError, OSError) as failure:
            self._discard()
            raise EngineFailed(f"The result cannot be written: {reason(failure)}.") from failure
        except BaseException:
            self._discard()
            raise

    def write(self, pixels: NDArray[np.uint8], time: Fraction) -> None:
        """Add a frame, (height, width, 3) RGB, shown from `time` seconds on. Times must rise."""
        if pixels.shape != (self._size[1], self._size[0], 3) or pixels.dtype != np.uint8:
            raise EngineFailed(
                f"A frame of {self._size[0]}x{self._size[1]} was due, "
                f"not {pixels.dtype} {pixels.shape}."
            )
        self.write_yuv(self.developed(pixels), time)

    def developed(self, pixels: NDArray[np.uint8]) -> VideoFrame:
        """The frame as `write_yuv` takes it. Safe for several threads at once."""
        return self._to_yuv(padded(pixels, self.padded))

    def takes(self, frame: VideoFrame, colour: Colour) -> bool:
        """Whether an upright decoded frame of a clip of that colour can go to `write_yuv` as it is."""
        return (
            frame.format.name == "yuv420p"
            and (frame.width, frame.height) == self._size == self.padded
            and not colour.full_range
            and colours.matrix(colour, *self._size) == self._colour.matrix
            and not colours.is_wide(colour)
        )

    def write_yuv(self, frame: VideoFrame, time: Fraction) -> None:
        """As `write`, for a frame of `developed`, or one decoded in the same size and colours."""
        pts = round((time + self._lead) / self._time_base)
        self._ends.add(pts)
        frame.pts = pts
        frame.time_base = self._time_base
        frame.pict_type = PictureType.NONE
        try:
            self._mux(self._video.encode(frame))
            if self._sound is not None:
                self._container.mux(list(self._sound.until(time)))
        except (av.FFmpegError, OSError) as error:
            raise EngineFailed(f"The result cannot be encoded: {reason(error)}.") from error

    def _open(self) -> None:
        self._container: OutputContainer = self._resources.enter_context(
            av.open(
                f"file:{self._part.absolute()}",
                "w",
                format="mp4",
                options={
                    "movflags": "+faststart",
                    # Edit lists count in the movie's clock; its default, 1 ms, would cut frames short.
                    "movie_timescale": str(_movie_clock(self._time_base)),
                },
            )
        )
        self._video = self._add_video()
        if self._audio_from is not None and self._audio_from.audio is not None:
            start = timeline.of(self._audio_from.path).start
            self._sound = self._resources.enter_context(
                Sound(self._audio_from.path, start, self._container)
            )
            self._lead = self._sound.lead
        elif self._blocks is not None:
            self._sound = Pcm.of(self._blocks, self._container)
        self._container.start_encoding()

    def _add_video(self) -> VideoStream:
        stream = cast(
            "VideoStream",
            self._container.add_stream(
                _ENCODERS[self._encoding.codec], self._rate, options=self._options()
            ),
        )
        stream.width, stream.height = self.padded
        stream.pix_fmt = "yuv420p"
        stream.thread_type = "FRAME"  # PyAV's default cuts H.264 into slices
        context = stream.codec_context
        context.time_base = self._time_base
        stream.time_base = self._time_base
        context.sample_aspect_ratio = self._aspect
        context.colorspace = colours.code(colours.MATRICES, self._colour.matrix)
        context.color_primaries = colours.code(colours.PRIMARIES, self._colour.primaries)
        context.color_trc = colours.code(colours.TRANSFERS, self._colour.transfer)
        context.color_range = 1
        return stream

    def _options(self) -> dict[str, str]:
        """The encoder's own settings for a speed and quality near x264's at the same crf."""
        crf = str(self._encoding.crf)
        if self._encoding.codec == "h264":
            # B-frames are decoded before their turn. Where times vary, that would stretch the track's
            # own length, from which readers work out its rate.
            order = {} if self._steady else {"bf": "0"}
            return {"preset": self._encoding.preset, "crf": crf, **order, **_repeatable()}
        if self._encoding.codec == "av1":
            os.environ.setdefault("SVT_LOG", "1")  # errors only; it talks to stderr by itself
            return {"preset": "9", "crf": crf, "svtav1-params": "tune=0"}
        return {"crf": crf, "b": "0", "deadline": "realtime", "cpu-used": "6", "row-mt": "1"}

    def _mux(self, packets: "list[Packet[VideoStream]]") -> None:
        self._container.mux(list(self._ends.timed(packets)))

    def _finish(self) -> None:
        if self._ends.count == 0:
            raise EngineFailed("There were no frames to encode.")
        total = self._duration or self._ends.count / self._rate
        self._ends.end(round((total + self._lead) / self._time_base))
        self._mux(self._video.encode(None))
        if self._sound is not None:
            self._container.mux(list(self._sound.end(total)))

    def _discard(self) -> None:
        with suppress(Exception):
            self._resources.close()
        self._part.unlink(missing_ok=True)


def _movie_clock(time_base: Fraction) -> int:
    """Ticks a second: a multiple of the picture's, fine enough for the edges of sound as well."""
    ticks = time_base.denominator
    return ticks * max(1, -(-90_000 // ticks))


class _Durations:
    """Gives packets how long their frames stand, which is known once the next frame has come."""

    def __init__(self) -> None:
        self.count = 0
        self._latest = 0
        self._known: dict[int, int] = {}
        self._waiting: deque[Packet[VideoStream]] = deque()

    def add(self, pts: int) -> None:
        """A frame comes at `pts`."""
        if self.count:
            self.end(pts)
        self._latest = pts
        self.count += 1

    def end(self, pts: int) -> None:
        """The latest frame stands until `pts`."""
        self._known[self._latest] = max(pts - self._latest, 1)

    def timed(self, packets: "list[Packet[VideoStream]]") -> "Iterator[Packet[VideoStream]]":
        """The packets so far whose durations are known, in the order they came."""
        self._waiting.extend(packets)
        while self._waiting and self._waiting[0].pts in self._known:
            packet = self._waiting.popleft()
            assert packet.pts is not None
            packet.duration = self._known.pop(packet.pts)
            yield packet


def padded(pixels: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """The frame with its last column and row repeated up to `size` (width, height)."""
    height, width = pixels.shape[:2]
    if (width, height) == size:
        return pixels
    return np.pad(pixels, ((0, size[1] - height), (0, size[0] - width), (0, 0)), mode="edge")
