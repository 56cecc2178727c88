"""What a clip looks like in general, from a few of its frames: brightness, palette."""

from functools import lru_cache

import numpy as np
from PIL import Image

from cutroom.engines.classical import tone
from cutroom.engines.classical.grade import Floats
from cutroom.engines.classical.op import Pixels, Scene
from cutroom.media.decode import frames
from cutroom.types import Clip

_SAMPLES = 5


def brightness(scene: Scene) -> tuple[float, float]:
    """(median light, 95th percentile as shown) of the clip, both 0..1."""
    bright = tone.luma(_samples(scene.clip).astype(np.float32) / 255).ravel()
    return float(np.median(tone.linear(bright))), float(np.percentile(bright, 95))


def palette(scene: Scene, colours: int) -> Floats:
    """The clip's own most telling colours, (n, 3) floats 0..1, found by median cut."""
    # Of like colours a few count as much as many, or a small red thing would lose its red to a lawn.
    coarse, counts = np.unique(_samples(scene.clip).reshape(-1, 3) >> 3, axis=0, return_counts=True)
    evened = np.repeat((coarse << 3) | 4, np.ceil(counts**0.12).astype(int), axis=0)
    found = Image.fromarray(evened[None]).quantize(colours, Image.Quantize.MEDIANCUT)
    flat = np.array(found.getpalette() or [0, 0, 0], np.float32)
    return np.asarray(np.unique(flat.reshape(-1, 3)[:colours], axis=0) / 255, np.float32)


@lru_cache(maxsize=4)
def _samples(clip: Clip) -> Pixels:
    """A few small frames from all over the clip, one below the other, (n, width, 3)."""
    size = (max(2, min(clip.width, 128)), max(2, min(clip.height, 72)))
    step = max(1, clip.frames // _SAMPLES)
    starts = range(step // 2, clip.frames, step)
    found = [f.pixels for s in starts for f in frames(clip, size=size, start=s, stop=s + 1)]
    return np.concatenate(found) if found else np.full((2, 2, 3), 118, np.uint8)
