"""A video that has no source: every frame is painted from nothing."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from cutroom.engine import Tick
from cutroom.errors import EngineFailed
from cutroom.media.abreast import Sources, workers
from cutroom.media.encode import Encoder
from cutroom.media.rendering import Rendering
from cutroom.media.sound import Block
from cutroom.types import Encoding

Draw = Callable[[int, float], NDArray[np.uint8]]
"""(index, seconds) -> RGB, (height, width, 3)."""


def film(  # noqa: PLR0917  # where, how large, how fast, how long, from what: as one says it
    out: Path,
    size: tuple[int, int],
    rate: Fraction,
    count: int,
    paint: Draw,
    tick: Tick,
    *,
    encoding: Encoding,
    sound: Iterable[Block] | None = None,
) -> None:
    """Write `count` frames of `size` (width, height) to `out`, frame i at i / `rate` seconds.

    `paint` is called in several threads at once. Frames stream: memory does not depend on their
    number. `sound` lasts as long as the picture (see `sound.Pcm`). What `paint`, `tick` or `sound`
    raises ends everything at once and leaves no file. Raises EngineFailed.
    """
    encoder = Encoder(out, *size, rate, encoding, sound=sound)

    def made(index: int) -> VideoFrame:
        pixels = paint(index, float(index / rate))
        if pixels.shape != (size[1], size[0], 3) or pixels.dtype != np.uint8:
            raise EngineFailed(
                f"A frame of {size[0]}x{size[1]} was due, not {pixels.dtype} {pixels.shape}."
            )
        return encoder.developed(pixels)

    with ThreadPoolExecutor(workers(), thread_name_prefix="paint") as pool:
        times = [index / rate for index in range(count + 1)]
        Rendering(encoder, times, partial(_indexes, rate), made, size).write(out, pool, tick, None)


def _indexes(rate: Fraction, start: int, stop: int) -> Sources[int]:
    yield from ((index / rate, index) for index in range(start, stop))
