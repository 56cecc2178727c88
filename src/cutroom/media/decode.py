"""Frames of a clip, one after the other: upright, in RGB, at exact times."""

from collections.abc import Generator, Iterator
from contextlib import closing
from fractions import Fraction
from typing import NamedTuple

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from cutroom.errors import InvalidMedia
from cutroom.media import orientation, timeline
from cutroom.media.colour import ToRgb, is_wide, plane_view
from cutroom.media.container import check_size, decoder, opened, picture
from cutroom.media.gamut import ToSdr
from cutroom.media.orientation import Orientation
from cutroom.media.timeline import Timeline
from cutroom.types import Clip

_ALPHA = {"bgra", "rgba", "argb", "abgr", "pal8", "ya8", "ya16le", "ya16be", "gbrap"}


class Frame(NamedTuple):
    """One picture of a clip."""

    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody wants here
    time: Fraction
    """Seconds from the first frame."""
    pixels: NDArray[np.uint8]
    """(height, width, 3), RGB, upright, C-contiguous."""


class Raw(NamedTuple):
    """One picture as the decoder gives it."""

    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody wants here
    time: Fraction
    frame: VideoFrame
    turn: Orientation


def frames(
    clip: Clip, *, size: tuple[int, int] | None = None, start: int = 0, stop: int | None = None
) -> Iterator[Frame]:
    """Frames `start` up to `stop` of the clip, streamed; `size` (width, height) scales them quickly.

    A frame that is damaged beyond decoding is replaced by the one before it, so that exactly
    `clip.frames` come and each at its time. Raises InvalidMedia when none can be decoded.
    """
    develop = Developer(clip, size)
    with closing(raw_frames(clip, start=start, stop=stop)) as decoded:
        for raw in decoded:
            yield Frame(raw.index, raw.time, develop(raw))


class Developer:
    """Turns decoded frames of one clip into the pixels people see. One for each thread."""

    def __init__(self, clip: Clip, size: tuple[int, int] | None = None) -> None:
        self._size = size or (clip.width, clip.height)
        self._to_rgb = ToRgb(clip.colour, clip.width, clip.height)
        self._to_sdr = ToSdr(clip.colour) if is_wide(clip.colour) else None

    def __call__(self, raw: Raw) -> NDArray[np.uint8]:
        """(height, width, 3), RGB in the colours of BT.709 or BT.601, upright; alpha over black."""
        return raw.turn.apply(self._stored(raw.frame, raw.turn.size(*self._size)))

    def _stored(self, frame: VideoFrame, size: tuple[int, int]) -> NDArray[np.uint8]:
        if self._to_sdr is not None:
            return self._to_sdr(self._to_rgb.deep(frame, size))
        if has_alpha(frame):
            return _over_black(plane_view(self._to_rgb.converted(frame, "rgba", size), 4))
        return self._to_rgb(frame, size)


def raw_frames(
    clip: Clip, *, start: int = 0, stop: int | None = None
) -> Generator[Raw, None, None]:
    """As `frames`, in the codec's own pixel format. Raises InvalidMedia."""
    line = timeline.of(clip.path)
    stop = len(line) if stop is None else min(stop, len(line))
    if start >= stop:
        return
    last: VideoFrame | None = None
    turn: Orientation | None = None
    expected = start
    with closing(_from(clip, line, start)) as placed:
        for index, frame in placed:
            # The track's, so asked once: a frame whose side data was looked at is in a reference
            # cycle with it, and frames would pile up until a garbage collection.
            turn = turn or orientation.of(frame)
            if index >= start:
                for missing in range(expected, min(index, stop)):
                    yield Raw(missing, line.time(missing), last or frame, turn)
                if index >= stop:
                    return
                yield Raw(index, line.time(index), frame, turn)
                expected = index + 1
                if expected >= stop:
                    return
            last = frame
    if last is None or turn is None:
        raise InvalidMedia(f"None of the video's frames can be decoded ({clip.codec}).")
    for missing in range(expected, stop):
        yield Raw(missing, line.time(missing), last, turn)


def _from(clip: Clip, line: Timeline, start: int) -> Generator[tuple[int, VideoFrame], None, None]:
    """Decoded frames with their places, from one at or before `start` on.

    Where the jump there lands behind it, as that to a key frame whose first pictures are shown before
    it can, everything from the beginning on.
    """
    for begin in (start, 0) if start > 0 and line.timed else (0,):
        with opened(clip.path) as container:
            stream = picture(container)
            stream.thread_type = "AUTO"
            if begin:
                container.seek(line.pts[begin], backward=True, stream=stream)
            placed = _placed(container, stream, line)
            first = next(placed, None)
            if first is not None and (first[0] <= begin or not begin):
                yield first
                yield from placed
                return


def _placed(
    container: InputContainer, stream: VideoStream, line: Timeline
) -> Iterator[tuple[int, VideoFrame]]:
    """Decoded frames with their places in the timeline, rising."""
    places = {pts: index for index, pts in enumerate(line.pts)} if line.timed else {}
    latest = -1
    for frame in _decoded(container, stream):
        if line.timed:
            index = places.get(frame.pts, -1) if frame.pts is not None else -1
        else:
            index = latest + 1
        if latest < index < len(line):
            latest = index
            yield index, frame


def _decoded(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """All frames that decode, in the order shown; damaged packets are passed over."""
    decodes = decoder(stream)
    for packet in container.demux(stream):
        if packet.size == 0:
            continue
        try:
            decoded = decodes.decode(packet)
        except av.error.InvalidDataError:
            continue
        for frame in decoded:
            check_size(frame.width, frame.height)
            yield frame
    try:
        yield from decodes.decode(None)
    except av.error.InvalidDataError:
        return


def has_alpha(frame: VideoFrame) -> bool:
    """Whether the frame's pixels have an alpha channel, whatever it holds."""
    return alpha_in(frame.format.name)


def alpha_in(pixel_format: str) -> bool:
    """Whether pixels of that format have an alpha channel."""
    return pixel_format in _ALPHA or pixel_format.startswith(("yuva", "rgba64", "bgra64", "gbrap"))


def _over_black(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """RGBA flattened: what is transparent turns black."""
    alpha = pixels[..., 3:].astype(np.uint16)
    flat: NDArray[np.uint8] = ((pixels[..., :3] * alpha + 127) // 255).astype(np.uint8)
    return flat
