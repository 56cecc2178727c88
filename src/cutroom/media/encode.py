"""Frames into an MP4 that plays in a browser."""

import os
from collections import deque
from contextlib import ExitStack
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, cast

import numpy as np
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from cutroom.errors import EngineFailed
from cutroom.media import colour as colours
from cutroom.media.mp4 import Mp4, failing
from cutroom.types import Clip, Colour, Encoding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from av.packet import Packet

    from cutroom.media.sound import Block

_THREADS = 6
"""Of the codec that makes a part: x264's files differ with their number, and parts are to be the same
on every machine. As many as it takes by itself where there are four processors."""
_ENCODERS = {"h264": "libx264", "av1": "libsvtav1", "vp9": "libvpx-vp9"}


@cache
def repeatable() -> dict[str, str]:
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
        threads: int = 0,
    ) -> None:
        """`steady`: whether frame i comes at i / rate; times are kept exactly either way.

        `threads`: of the codec, where it takes a number; 0: as it likes for the processors there are.
        """
        self.file = Mp4(out, time_base or 1 / rate, audio_from=audio_from, sound=sound)
        """What it writes into."""
        self.encoding = encoding or Encoding()
        self._size = (width, height)
        self._rate = rate
        self._colour = colours.delivered(colour, width, height)
        self._duration = duration
        self._aspect = pixel_aspect
        self._steady = steady
        self._threads = threads
        self._to_yuv = colours.FromRgb(self._colour)
        self._ends = Durations()

    @property
    def colour(self) -> Colour:
        """How the result is tagged: always limited range."""
        return self._colour

    @property
    def padded(self) -> tuple[int, int]:
        """The size that is coded: the size, made even."""
        width, height = self._size
        return (width + width % 2, height + height % 2)

    def part(self, out: Path, duration: Fraction) -> Self:
        """An encoder of `duration` seconds of the same picture, without sound, to be joined with others.

        It makes the same file of the same frames however many processors there are.
        """
        return type(self)(
            out,
            *self._size,
            self._rate,
            self.encoding,
            colour=self._colour,
            time_base=self.file.time_base,
            duration=duration,
            pixel_aspect=self._aspect,
            steady=self._steady,
            threads=_THREADS,
        )

    def __enter__(self) -> Self:
        with ExitStack() as opening, failing("encoded", ValueError):
            opening.enter_context(self.file)
            self._video = self._add_video()
            self.file.start()
            opening.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self.file.__exit__(kind, error, trace)
            return
        with ExitStack() as closing, failing("written"):
            closing.push(self.file)
            self._finish()

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
        pts = self.file.ticks(time)
        self._ends.add(pts)
        frame.pts = pts
        frame.time_base = self.file.time_base
        frame.pict_type = PictureType.NONE
        with failing("encoded"):
            self.file.write(self._ends.timed(self._video.encode(frame)), time)

    def seen(self, frame: VideoFrame) -> NDArray[np.uint8]:
        """A frame of `developed` as people see it, in RGB and small: what `Tick.show` asks for."""
        from cutroom.media import preview  # noqa: PLC0415 - few encoders are ever asked

        return preview.of(frame, self._colour, self._aspect)

    def _add_video(self) -> VideoStream:
        stream = cast(
            "VideoStream",
            self.file.container.add_stream(
                _ENCODERS[self.encoding.codec], self._rate, options=self._options()
            ),
        )
        stream.width, stream.height = self.padded
        stream.pix_fmt = "yuv420p"
        stream.thread_type = "FRAME"  # PyAV's default cuts H.264 into slices
        context = stream.codec_context
        context.time_base = self.file.time_base
        stream.time_base = self.file.time_base
        context.thread_count = self._threads
        context.sample_aspect_ratio = self._aspect
        context.colorspace = colours.code(colours.MATRICES, self._colour.matrix)
        context.color_primaries = colours.code(colours.PRIMARIES, self._colour.primaries)
        context.color_trc = colours.code(colours.TRANSFERS, self._colour.transfer)
        context.color_range = 1
        return stream

    def _options(self) -> dict[str, str]:
        """The encoder's own settings for a speed and quality near x264's at the same crf."""
        crf = str(self.encoding.crf)
        if self.encoding.codec == "h264":
            # B-frames are decoded before their turn. Where times vary, that would stretch the track's
            # own length, from which readers work out its rate.
            order = {} if self._steady else {"bf": "0"}
            return {"preset": self.encoding.preset, "crf": crf, **order, **repeatable()}
        if self.encoding.codec == "av1":
            os.environ.setdefault("SVT_LOG", "1")  # errors only; it talks to stderr by itself
            return {"preset": "9", "crf": crf, "svtav1-params": "tune=0"}
        return {"crf": crf, "b": "0", "deadline": "realtime", "cpu-used": "6", "row-mt": "1"}

    def _finish(self) -> None:
        if self._ends.count == 0:
            raise EngineFailed("There were no frames to encode.")
        total = self._duration or self._ends.count / self._rate
        self._ends.end(self.file.ticks(total))
        self.file.end(self._ends.timed(self._video.encode(None)), total)


class Durations:
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
