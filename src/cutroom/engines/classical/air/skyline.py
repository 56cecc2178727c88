"""Where the sky is: found once in a clip by its border and colours, then in every frame by what was learnt.

The first cut follows Shen and Wang 2013 (the border that parts a calm upper region from the rest
with the least spread of colours on both sides); the colours found above and below it become a table, and
a frame's sky is what the table says, joined to the frame's top and refined along the frame's own edges.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.colour.grade import Floats
from cutroom.engines.classical.op import Pixels, Scene
from cutroom.media.decode import frames
from cutroom.types import Clip

_WIDTH = 192
_SAMPLES = 7
_BINS = 16
_MAYBE = 0.25
SURE = 0.5
"""Score from which on a sky is drawn into: measured, see `docs/07-classical-engine.md`."""


@dataclass(frozen=True)
class Sky:
    """The sky of one clip."""

    score: float
    """0..1: how sure it is that there is one."""
    share: float
    """Of the frame, in the mean of the frames looked at."""
    low: float
    """How far down it reaches, share of the frame's height."""
    likely: NDArray[np.float32]
    """(16, 16, 16): how likely a colour in Lab is the sky's."""

    def matte(self, pixels: Pixels) -> Floats:
        """0..1, (height, width): the sky of this frame, soft along its own edges."""
        height, width = pixels.shape[:2]
        size = _small(width, height)
        small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
        guess = cv2.GaussianBlur(self.guess(small), (0, 0), 0.8)
        half = (max(16, width // 2), max(16, height // 2))
        guide = cv2.resize(pixels, half, interpolation=cv2.INTER_AREA)
        grown = cv2.resize(guess, half, interpolation=cv2.INTER_LINEAR)
        fine = cv2.ximgproc.guidedFilter(guide, grown, max(3, half[0] // 90), 40.0)
        whole = cv2.resize(fine, (width, height), interpolation=cv2.INTER_LINEAR)
        return np.asarray(np.clip((whole - 0.12) / 0.76, 0, 1), np.float32)

    def guess(self, small: Pixels) -> Floats:
        """Colours of the sky, calm, and joined to the top: 0..1 at the small size."""
        colour = cv2.GaussianBlur(self.likely[_bins(small)], (0, 0), 1.0)
        calm = 1 - np.clip((_steep(small) - 18) / 40, 0, 1)
        sure = (colour * calm > 0.5).astype(np.uint8)
        opened = cv2.morphologyEx(sure, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        _, labels = cv2.connectedComponents(opened)
        top = np.unique(labels[:3])
        joined = np.isin(labels, top[top > 0]).astype(np.uint8)
        around = cv2.dilate(joined, np.ones((7, 7), np.uint8))  # leaves and wires let sky through
        return np.asarray(colour * around, np.float32)


def skyline(scene: Scene) -> Sky:
    """The clip's sky; a score of 0 where there is none."""
    return _find(scene.clip)


@lru_cache(maxsize=4)
def _find(clip: Clip) -> Sky:
    size = _small(clip.width, clip.height)
    step = max(1, clip.frames // _SAMPLES)
    smalls = [
        f.pixels
        for s in range(step // 2, clip.frames, step)
        for f in frames(clip, size=size, start=s, stop=s + 1)
    ]
    above, below = np.zeros(_BINS**3), np.zeros(_BINS**3)
    found: list[tuple[Pixels, NDArray[np.bool_], float]] = []
    for small in smalls:
        border, score = _border(small)
        up = (np.arange(small.shape[0])[:, None] < border[None]) & (score > _MAYBE)
        flat = _flat(small)
        above += score * np.bincount(flat[up], minlength=_BINS**3)
        below += np.bincount(flat[~up], minlength=_BINS**3)
        found.append((small, up, score))
    if above.sum() < 1:
        return Sky(0.0, 0.0, 0.0, np.zeros((_BINS,) * 3, np.float32))
    ratio = _smooth(above) / (_smooth(above) + 1.3 * _smooth(below) + 1e-6 * above.sum())
    likely = np.clip((ratio - 0.25) / 0.5, 0, 1).astype(np.float32)
    low = max(float(np.percentile(up.sum(axis=0), 97)) / len(up) for _, up, _ in found)
    sky = Sky(0.0, float(np.mean([s.mean() for _, s, _ in found])), low, likely)
    scores = [score * _agreement(sky.guess(small), s) for small, s, score in found if s.any()]
    best = sorted(scores, reverse=True)[: max(1, len(found) // 3)]
    return replace(sky, score=float(np.mean(best)))


def _agreement(guess: Floats, sky: NDArray[np.bool_]) -> float:
    """Overlap of what the colours say with what the border said: low where ground has sky's colours."""
    both = np.minimum(guess, sky).sum()
    return float(np.clip((both / max(float(np.maximum(guess, sky).sum()), 1.0) - 0.3) / 0.4, 0, 1))


def _border(small: Pixels) -> tuple[NDArray[np.int64], float]:
    """The row where each column's sky ends, and how much this looks like a sky, 0..1."""
    steep = _steep(small)
    height, width = steep.shape
    best, best_score, most = np.zeros(width, np.int64), 0.0, 0.0
    for threshold in np.geomspace(8, 120, 16):
        over = steep > threshold
        over[-1] = True
        border = over.argmax(axis=0)
        share = border.mean() / height
        if 0.03 < share < 0.95:
            score = _looks_like_sky(small, steep, border)
            if score * share > most:  # of borders alike the lower: clouds have edges too
                best, best_score, most = border, score, score * share
    return best, best_score


def _looks_like_sky(small: Pixels, steep: Floats, border: NDArray[np.int64]) -> float:
    """Product of: calm, bright or blue against the ground, wide along the top, of some size."""
    rows = np.arange(small.shape[0])[:, None]
    sky = rows < border[None]
    upper, lower = small[sky].astype(np.float32), small[~sky].astype(np.float32)
    calm = 1 - np.clip((float(steep[sky].mean()) - 5) / 28, 0, 1)
    mean, ground = upper.mean(axis=0), lower.mean(axis=0)
    bright = np.clip((mean.mean() - ground.mean()) / 60, 0, 1)
    blue = np.clip(((mean[2] - mean[0]) - (ground[2] - ground[0])) / 50, 0, 1)
    light = np.clip((mean.mean() - 70) / 60, 0, 1) if mean[2] < mean[0] + 12 else 1.0
    warm = np.clip((mean[0] - mean[2] - 40) / 60, 0, 1)  # a wall in lamplight is no sky
    wide = np.clip((float((border > 2).mean()) - 0.15) / 0.35, 0, 1)
    tall = np.clip((float(sky.mean()) - 0.03) / 0.08, 0, 1)
    hue = max(float(bright), float(blue))
    return float(calm * hue * light * (1 - 0.7 * warm) * wide * tall)


def _steep(small: Pixels) -> Floats:
    soft = cv2.GaussianBlur(small, (0, 0), 0.8).astype(np.float32)
    gx, gy = cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)
    return np.asarray(cv2.magnitude(gx, gy).max(axis=-1), np.float32)


def _bins(small: Pixels) -> tuple[NDArray[np.int64], ...]:
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB)
    # Chroma lies in the middle of its range: finer bins there.
    light, *chroma = (lab[..., n].astype(np.int64) for n in range(3))
    green, blue = ((np.clip(c - 128, -64, 63) + 64) // 8 for c in chroma)
    return light // 16, green, blue


def _flat(small: Pixels) -> NDArray[np.int64]:
    light, green, blue = _bins(small)
    return (light * _BINS + green) * _BINS + blue


def _smooth(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Counts spread to the bins beside them: a sky has more shades than the frames looked at show."""
    cube = counts.reshape((_BINS,) * 3)
    for axis in range(3):
        padded = np.pad(cube, [(1, 1) if n == axis else (0, 0) for n in range(3)], mode="edge")
        cube = 0.5 * cube + 0.25 * (
            np.take(padded, range(_BINS), axis) + np.take(padded, range(2, _BINS + 2), axis)
        )
    return cube


def _small(width: int, height: int) -> tuple[int, int]:
    return _WIDTH, max(24, round(_WIDTH * height / max(width, 1)))
