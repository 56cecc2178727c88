"""A clip through a painter into a new file of the same size, rate, frame count and duration."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from cutroom.engine import Tick
from cutroom.errors import EngineFailed
from cutroom.media import planes, timeline
from cutroom.media.abreast import Sources, workers
from cutroom.media.colour import is_hdr, is_wide, matrix
from cutroom.media.colour_map import ColourMap, PlaneMap
from cutroom.media.decode import Developer, Raw, raw_frames
from cutroom.media.encode import Encoder
from cutroom.media.orientation import Orientation
from cutroom.media.parts import Parts
from cutroom.media.rendering import Rendering
from cutroom.types import Clip, Encoding

Pixels = NDArray[np.uint8]
Paint = Callable[[Pixels, int, float], Pixels]


def transcode(
    clip: Clip,
    out: Path,
    paint: Paint,
    tick: Tick,
    *,
    keep_audio: bool,
    encoding: Encoding,
    shown: Clip | None = None,
    parts: Parts | None = None,
) -> None:
    """Write the clip to `out` with every frame painted; same size, rate, times and duration.

    `shown` is the clip with another size and pixel aspect, where the paint makes frames of those.

    `paint` gets (read-only RGB, index, seconds) in several threads at once and returns RGB of the
    same shape; a frame given back as it came goes on without loss of colour. Decoding, painting and
    encoding overlap; a ColourMap is spared the way through RGB where it can be. Memory does not depend on the clip's length. What `paint` or `tick` raises ends
    everything at once and leaves no file. Raises InvalidMedia and EngineFailed.
    """
    line = timeline.of(clip.path)
    times = tuple(line.times())
    shown = shown or clip
    tell(shown, tick, keep_audio=keep_audio)
    encoder = Encoder(
        out,
        shown.width,
        shown.height,
        clip.rate,
        encoding,
        colour=clip.colour,
        audio_from=clip if keep_audio else None,
        time_base=timeline.clock(times),
        duration=line.duration,
        pixel_aspect=shown.pixel_aspect,
        steady=line.steady,
    )
    with ThreadPoolExecutor(workers(), thread_name_prefix="paint") as pool:
        stage = _Stage(clip, shown, paint, encoder, pool)
        size = (clip.width, clip.height)
        Rendering(encoder, times, partial(_sources, clip), stage, size).write(
            out, pool, tick, parts
        )


def tell(clip: Clip, tick: Tick, *, keep_audio: bool) -> None:
    """Note what will differ from the source beyond what was asked for."""
    if is_hdr(clip.colour):
        tick.note("The source is HDR; the result is tone-mapped to standard dynamic range.")
    if clip.alpha:
        tick.note("The source is transparent in part; the result cannot be, and shows black there.")
    if clip.width % 2 or clip.height % 2:
        size = f"{clip.width + clip.width % 2}x{clip.height + clip.height % 2}"
        tick.note(
            f"The source is {clip.width}x{clip.height}; videos that play everywhere have even sides, "
            f"so its last row or column is repeated: {size}."
        )
    if keep_audio and clip.audio is None:
        tick.note("The source has no sound to keep.")


def _sources(clip: Clip, start: int, stop: int) -> Sources[Raw]:
    with closing(raw_frames(clip, start=start, stop=stop)) as decoded:
        for raw in decoded:
            yield raw.time, raw


class _Stage:
    """What a painting thread does with one frame: paint it, and make it what the encoder takes."""

    def __init__(
        self, clip: Clip, shown: Clip, paint: Paint, encoder: Encoder, pool: ThreadPoolExecutor
    ) -> None:
        self._clip = clip
        self._shape = (shown.height, shown.width, 3)
        self._paint = paint
        self._encoder = encoder
        self._local = threading.local()
        self._mapped: Future[PlaneMap] | None = None
        if isinstance(paint, ColourMap) and _mappable(clip):
            self._mapped = pool.submit(self._bake, paint)  # while the decoder starts

    def __call__(self, raw: Raw) -> VideoFrame:
        frame, upright = raw.frame, raw.turn == Orientation()
        whole = (frame.width, frame.height) == (self._clip.width, self._clip.height)
        if self._mapped is not None and upright and whole and planes.fits(frame):
            return self._mapped.result()(frame)
        pixels = self._developed(raw)
        painted = self._paint(pixels, raw.index, float(raw.time))
        if painted is pixels and upright and self._encoder.takes(frame, self._clip.colour):
            return frame
        if painted.shape != self._shape or painted.dtype != np.uint8:
            raise EngineFailed(
                f"The painter made {painted.dtype} {painted.shape}; {self._shape} was due."
            )
        return self._encoder.developed(painted)

    def _developed(self, raw: Raw) -> Pixels:
        develop = getattr(self._local, "develop", None)
        if develop is None:
            develop = self._local.develop = Developer(self._clip)
        pixels: Pixels = develop(raw)
        pixels.flags.writeable = False
        return pixels

    def _bake(self, paint: ColourMap) -> PlaneMap:
        clip = self._clip
        source = matrix(clip.colour, clip.width, clip.height)
        return PlaneMap(
            paint.colours,
            planes.to_rgb_coefficients(source, full_range=clip.colour.full_range),
            planes.to_yuv_coefficients(self._encoder.colour.matrix),
        )


def _mappable(clip: Clip) -> bool:
    """Whether frames of the clip can be expected to go without RGB; each is asked again."""
    even = clip.width % 2 == 0 and clip.height % 2 == 0
    return (
        even
        and clip.rotation == 0
        and clip.pixel_format in planes.FORMATS
        and not is_wide(clip.colour)
    )
