"""Where one shot ends and the next begins: cuts, and dissolves from one into the other."""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engine import Tick
from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sight.reel import Reel, Shelf

Thumb = NDArray[np.float32]

_THUMB = (48, 27)
"""Size at which neighbouring frames are compared, (width, height)."""
_LENGTHS = (8, 14, 24, 40)
"""Frames that a dissolve may take, about."""


@dataclass(frozen=True)
class Shot:
    """Frames that were taken in one go."""

    first: int
    stop: int
    """The first frame that is no longer part of it."""
    melts: bool = False
    """Whether it begins in a dissolve from the shot before it."""

    def __len__(self) -> int:
        return self.stop - self.first


def shots(reel: Reel, tick: Tick) -> tuple[Shot, ...]:
    """The shots of a clip, in order; a dissolve is parted in its middle."""
    thumbs = _thumbs(reel)
    tick(0.0)
    cuts = [i for i in range(1, len(reel)) if is_cut(reel[i - 1], reel[i])]
    melted = _dissolves(thumbs, cuts)
    ends = sorted({0, len(reel), *cuts, *melted})
    return tuple(Shot(a, b, a in melted) for a, b in pairwise(ends))


def is_cut(a: Pixels, b: Pixels) -> bool:
    """Whether the frames belong to different shots, by their colours and where these lie."""
    small = [
        cv2.resize(p, (32, 18), interpolation=cv2.INTER_AREA).astype(np.float32) for p in (a, b)
    ]
    apart = float(np.abs(small[0] - small[1]).mean())
    if apart < 22:
        return False
    bins = [cv2.calcHist([p], [0, 1, 2], None, [6, 6, 6], [0, 256] * 3).ravel() for p in (a, b)]
    return float(cv2.compareHist(bins[0], bins[1], cv2.HISTCMP_CORREL)) < 0.65 or apart > 70


def _thumbs(reel: Reel) -> Shelf:
    """Every frame very small, on disk; the three channels lie beside one another."""
    width, height = _THUMB
    shelf = Shelf(len(reel), height, 3 * width)
    for index in range(len(reel)):
        small = cv2.resize(reel[index], _THUMB, interpolation=cv2.INTER_AREA)
        shelf[index] = np.asarray(small, np.uint8).reshape(height, 3 * width)
    return shelf


def _dissolves(thumbs: Shelf, cuts: list[int]) -> list[int]:
    """The middle frames of dissolves: where frames are mixtures of those before and after.

    In a pan the mean of two frames shows everything twice and resembles nothing between them.
    """
    found: list[tuple[float, int, int]] = []
    for length in _LENGTHS:
        for start in range(0, len(thumbs) - length, max(1, length // 4)):
            end = start + length
            if any(start < cut <= end for cut in cuts):
                continue
            mixed = _mixture(_floats(thumbs, start, end + 1))
            if mixed < _MIXED:
                found.append((mixed, start, end))
    middles: list[tuple[int, int, int]] = []
    for _, start, end in sorted(found):
        if all(end < a or start > b for a, b, _ in middles):
            middles.append((start, end, (start + end) // 2))
    return [middle for _, _, middle in middles]


_MIXED = 0.3
"""Most that a dissolve's frames may stray from a mixture, as a share of how far its ends lie apart."""


def _floats(thumbs: Shelf, start: int, stop: int) -> Thumb:
    """Some of the thumbs, (frames, height, width, 3)."""
    width, height = _THUMB
    some = np.stack([thumbs[i] for i in range(start, stop)])
    return some.reshape(-1, height, width, 3).astype(np.float32)


def _mixture(thumbs: Thumb) -> float:
    """How far frames stray from being mixtures of the first and the last, 0 for a perfect dissolve.

    Infinite where the two are alike in structure (a fade of the light is no dissolve) or the
    mixture does not run from the one to the other.
    """
    first, between, last = thumbs[0], thumbs[1:-1], thumbs[-1]
    way = last - first
    length = float((way * way).sum())
    apart = float(np.abs(way).mean())
    if apart < 14 or _alike(first, last) > 0.55:
        return float("inf")
    shares = np.array([float(((frame - first) * way).sum()) / length for frame in between])
    if (np.diff(shares) < -0.02).any() or shares[0] > 0.4 or shares[-1] < 0.6:
        return float("inf")
    if np.diff(shares).max() > 0.45:  # a jump is a cut, or a thing that leaps
        return float("inf")
    middle = [k for k, share in enumerate(shares) if 0.2 < share < 0.8]
    if len(middle) < 3:
        return float("inf")
    strays = [
        float(np.abs(between[k] - first - shares[k] * way).mean())
        / (apart * min(shares[k], 1 - shares[k]))
        for k in middle
    ]
    return float(np.median(strays)) / 2


def _alike(a: Thumb, b: Thumb) -> float:
    """Correlation of the lightness edges of two frames, -1..1."""
    slopes = []
    for thumb in (a, b):
        grey = thumb.mean(axis=2)
        slopes.append(
            np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
        )
    flat = [(s - s.mean()).ravel() for s in slopes]
    size = float(np.linalg.norm(flat[0]) * np.linalg.norm(flat[1]))
    return float(flat[0] @ flat[1]) / size if size > 1e-6 else 1.0
