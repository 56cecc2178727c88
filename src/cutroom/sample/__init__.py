"""A drawn clip: two birds on a wire before an evening sky. The repository holds no footage."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cutroom.media.encode import Encoder
from cutroom.sample.bird import bird
from cutroom.sample.landscape import clouds, land, sky, wire, with_clouds, with_land, with_wire
from cutroom.sample.layers import Plane, paste
from cutroom.types import Encoding

BIRDS = (0.375, 0.635)
"""Where the two birds sit, as a share of the width."""


class Drawn(NamedTuple):
    """One frame of the sample and the truth about it."""

    pixels: NDArray[np.uint8]
    birds: tuple[NDArray[np.bool_], NDArray[np.bool_]]
    """Where each bird is, (height, width), left bird first."""
    wire: NDArray[np.float32]
    """The middle of the wire as y for every x, pixels, from 0 to width - 1."""


def birds(
    path: Path, seconds: float = 4, size: tuple[int, int] = (1280, 720), rate: int = 24
) -> None:
    """Draw the clip into an MP4 of `size` (width, height) at `path`; the same every time."""
    with Encoder(path, size[0], size[1], Fraction(rate), Encoding(crf=16)) as encoder:
        for index, drawn in enumerate(bird_frames(seconds, size, rate)):
            encoder.write(drawn.pixels, Fraction(index, rate))


def bird_frames(
    seconds: float = 4, size: tuple[int, int] = (1280, 720), rate: int = 24
) -> Iterator[Drawn]:
    """The frames of the clip with their truth, in order; identical for identical arguments."""
    width, height = size
    rng = np.random.default_rng(20)
    above, drifting = sky(width, height), clouds(width, height, rng)
    ground = land(width, height)
    noise = rng.normal(0.5, 2.0, (height + 64, width + 64)).astype(np.float32)
    for index in range(round(seconds * rate)):
        now = index / rate
        picture = with_land(with_clouds(above, drifting, now), ground)
        line = wire(width, height, now)
        picture = with_wire(picture, line)
        masks = []
        for which, share in enumerate(BIRDS):
            layer, at = bird(which, share * width, line, height, now)
            picture = paste(picture, layer, at)
            masks.append(_mask(layer, at, (height, width)))
        grain = np.random.default_rng((20, index)).integers(0, 64, 2)
        picture += noise[grain[0] : grain[0] + height, grain[1] : grain[1] + width, None]
        pixels = np.clip(picture, 0, 255, out=picture).astype(np.uint8)
        yield Drawn(pixels, (masks[0], masks[1]), line)


def _mask(layer: Plane, at: tuple[int, int], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Where the tile covers at least half of a pixel of a frame of `shape` (height, width)."""
    solid = np.zeros((*shape, 3), np.float32)
    white = layer.copy()
    white[..., :3] = 255
    return np.asarray(paste(solid, white, at)[..., 0] > 127, np.bool_)
