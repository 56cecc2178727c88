"""How bright a clip is, from a few of its frames."""

from functools import lru_cache

import numpy as np

from cutroom.engines.classical import tone
from cutroom.engines.classical.op import Scene
from cutroom.media.decode import frames
from cutroom.types import Clip

_SAMPLES = 5


def brightness(scene: Scene) -> tuple[float, float]:
    """(median light, 95th percentile as shown) of the clip, both 0..1."""
    return _brightness(scene.clip)


@lru_cache(maxsize=8)
def _brightness(clip: Clip) -> tuple[float, float]:
    size = (max(2, min(clip.width, 128)), max(2, min(clip.height, 72)))
    step = max(1, clip.frames // _SAMPLES)
    bright = []
    for start in range(0, clip.frames, step):
        for frame in frames(clip, size=size, start=start, stop=start + 1):
            bright.append(tone.luma(frame.pixels.astype(np.float32) / 255).ravel())
    if not bright:
        return 0.18, 0.9
    values = np.concatenate(bright)
    return float(np.median(tone.linear(values))), float(np.percentile(values, 95))
