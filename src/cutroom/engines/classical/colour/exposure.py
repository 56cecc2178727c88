"""What a clip looks like in general, from a few of its frames: brightness, palette."""

from functools import lru_cache

import cv2
import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats
from cutroom.engines.classical.op import Pixels, Scene
from cutroom.media.decode import frames
from cutroom.types import Clip

_SAMPLES = 5


def brightness(scene: Scene) -> tuple[float, float]:
    """(median light, 95th percentile as shown) of the clip, both 0..1."""
    bright = tone.luma(samples(scene.clip).astype(np.float32) / 255).ravel()
    return float(np.median(tone.linear(bright))), float(np.percentile(bright, 95))


def palette(scene: Scene, colours: int) -> Floats:
    """The clip's own most telling colours, (n, 3) floats 0..1, no two of them alike to the eye."""
    # Of like colours a few count as much as many, or a small red thing would lose its red to a lawn.
    coarse, counts = np.unique(samples(scene.clip).reshape(-1, 3) >> 3, axis=0, return_counts=True)
    rgb = np.asarray(((coarse << 3) | 4) / np.float32(255), np.float32)
    weights = np.asarray(counts**0.45, np.float32)
    seen = perceived(rgb)
    centres = _spread(seen, weights, min(colours, len(seen)))
    for _ in range(6):
        nearest = ((seen[:, None] - centres[None]) ** 2).sum(axis=-1).argmin(axis=-1)
        shares = np.bincount(nearest, weights, len(centres))
        sums = np.stack([np.bincount(nearest, weights * c, len(centres)) for c in seen.T], axis=-1)
        centres = np.where(shares[:, None] > 0, sums / np.maximum(shares, 1e-6)[:, None], centres)
    shares = np.bincount(nearest, weights, len(centres))
    mixed = np.stack([np.bincount(nearest, weights * c, len(centres)) for c in rgb.T], axis=-1)
    return np.asarray((mixed / np.maximum(shares, 1e-6)[:, None])[shares > 0], np.float32)


def perceived(rgb: Floats) -> Floats:
    """Colours, (n, 3) 0..1, as points whose distances are about what the eye sees (CIE Lab, lightness halved)."""
    lab = cv2.cvtColor(np.ascontiguousarray(rgb[None], np.float32), cv2.COLOR_RGB2Lab)[0]
    return np.asarray(lab * np.array([0.6, 1.0, 1.0], np.float32), np.float32)


def _spread(points: Floats, weights: Floats, count: int) -> Floats:
    """So many of the points, each far from those before it; the heaviest is the first."""
    chosen = [int(weights.argmax())]
    far = np.full(len(points), np.inf, np.float32)
    for _ in range(count - 1):
        far = np.minimum(far, ((points - points[chosen[-1]]) ** 2).sum(axis=-1))
        chosen.append(int((far * weights).argmax()))
    return points[chosen]


def brightest(clip: Clip) -> tuple[float, float]:
    """Where the clip's light comes from, as far as can be seen: (x, y) in heights; high up, or above the frame."""
    grey = tone.luma(samples(clip).astype(np.float32) / 255)[..., 0]
    tall = max(2, min(clip.height, 72))
    mean = grey[: len(grey) // tall * tall].reshape(-1, tall, grey.shape[1]).mean(axis=0)
    soft = np.asarray(cv2.GaussianBlur(mean, (0, 0), tall / 14), np.float32)
    down = np.linspace(0, 1, tall, dtype=np.float32)[:, None]
    row, column = np.unravel_index(int((soft - 0.35 * down).argmax()), soft.shape)
    x = (column + 0.5) / soft.shape[1] * clip.width / clip.height
    return float(x), float(min((row + 0.5) / tall, 0.35) - 0.08)


@lru_cache(maxsize=4)
def samples(clip: Clip) -> Pixels:
    """A few small frames from all over the clip, one below the other, (n, width, 3)."""
    size = (max(2, min(clip.width, 128)), max(2, min(clip.height, 72)))
    step = max(1, clip.frames // _SAMPLES)
    starts = range(step // 2, clip.frames, step)
    found = [f.pixels for s in starts for f in frames(clip, size=size, start=s, stop=s + 1)]
    return np.concatenate(found) if found else np.full((2, 2, 3), 118, np.uint8)
