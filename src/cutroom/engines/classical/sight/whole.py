"""The whole of a thing of which parts were seen: by colour and edges, from what surely belongs to it.

Somebody who stirs only the head gives the motion matte a head. The rest is found by graph cuts
(Rother, Kolmogorov and Blake, “GrabCut”, 2004) about it: colour models learned from several frames
at once, then held fixed, so that every frame is cut alike.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engine import Tick
from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sight import evidence
from cutroom.engines.classical.sight.movers import Box
from cutroom.engines.classical.sight.reel import Reel, Shelf

Plane = NDArray[np.uint8]
Window = tuple[int, int, int, int]
"""Left, top, right, bottom in small pixels."""

_MOST = 20_000
"""Pixels of a window that is cut as it is; a larger one is cut smaller, to bound the time."""
_SURE, _MAYBE = 200, 128
"""Seeds above the first are it; above the second, likely."""


@dataclass(frozen=True)
class _Colours:
    """What is known about the colours inside and outside."""

    ratio: NDArray[np.float32]
    """(16, 16, 16): log odds of a colour for inside."""
    outer: NDArray[np.float64]
    inner: NDArray[np.float64]
    """GrabCut's mixtures."""


def complete(
    reel: Reel, boxes: dict[int, Box], seed: Callable[[int], Plane], reach: float, tick: Tick
) -> Shelf | None:
    """The matte of the thing in every frame that has a box, 0..255; None where nothing is sure.

    `seed` gives what is known of it in a frame, 0..255; `reach` is how far beyond its box it may
    go, as a share of the box.
    """
    windows = _windows(reel, boxes, reach)
    keys = sorted(boxes)
    picks = [keys[round(k)] for k in np.linspace(0, len(keys) - 1, min(6, len(keys)))]
    colours = _learn(reel, windows, seed, picks)
    if colours is None:
        return None
    shelf = Shelf(len(reel), reel.height, reel.width)
    last: Plane | None = None
    for index in keys:
        last = _cut(reel[index], windows[index], seed(index), last, colours)
        shelf[index] = np.asarray(cv2.GaussianBlur(last * np.uint8(255), (3, 3), 0), np.uint8)
        if index % 4 == 0:
            tick(0.0)
    return shelf


def _windows(reel: Reel, boxes: dict[int, Box], reach: float) -> dict[int, Window]:
    """Where the thing may lie in each frame: the boxes of the frames about it, grown."""
    keys = sorted(boxes)
    raw = np.array([boxes[i] for i in keys])
    span = 12
    windows = {}
    for row, index in enumerate(keys):
        near = raw[max(row - span, 0) : row + span + 1]
        x0, y0 = near[:, 0].min(), near[:, 1].min()
        x1, y1 = near[:, 2].max(), near[:, 3].max()
        dx, dy = reach * (x1 - x0) + 6, reach * (y1 - y0) + 6
        windows[index] = (
            int(max(x0 - dx, 0)),
            int(max(y0 - dy, 0)),
            int(min(x1 + dx, reel.width)),
            int(min(y1 + dy, reel.height)),
        )
    return windows


def _learn(
    reel: Reel, windows: dict[int, Window], seed: Callable[[int], Plane], picks: list[int]
) -> _Colours | None:
    """Colour models from some frames together; None where inside or outside shows nothing."""
    pictures = [reel[i] for i in picks]
    inside, outside = [], []
    for index in picks:
        rest = np.ones((reel.height, reel.width), bool)
        x0, y0, x1, y1 = windows[index]
        rest[y0:y1, x0:x1] = False
        inside.append(np.asarray(seed(index) > _SURE, np.bool_))
        outside.append(rest)
    if sum(int(m.sum()) for m in inside) < 60 or sum(int(m.sum()) for m in outside) < 200:
        return None
    within, without = evidence.colours(pictures, inside), evidence.colours(pictures, outside)
    ratio = np.log((within + 2e-5) / (without + 2e-5)).clip(-3, 3).astype(np.float32)
    maps = [_first_guess(reel[i], windows[i], seed(i), ratio) for i in picks]
    tall, guess = np.concatenate(pictures), np.concatenate(maps)
    outer, inner = np.zeros((1, 65)), np.zeros((1, 65))
    if not ((guess & 1) == 1).any() or not ((guess & 1) == 0).any():
        return None
    cv2.setRNGSeed(7)  # its mixtures begin with k-means
    cv2.grabCut(tall, guess, (0, 0, 1, 1), outer, inner, 2, cv2.GC_INIT_WITH_MASK)
    return _Colours(ratio, outer, inner)


def _first_guess(picture: Pixels, window: Window, seed: Plane, ratio: NDArray[np.float32]) -> Plane:
    """GrabCut's map of sure and likely pixels for one frame."""
    guess = np.full(seed.shape, cv2.GC_BGD, np.uint8)
    x0, y0, x1, y1 = window
    telling = cv2.GaussianBlur(evidence.look_up(ratio, picture), (0, 0), 1.0)
    guess[y0:y1, x0:x1] = np.where(telling[y0:y1, x0:x1] > 0.3, cv2.GC_PR_FGD, cv2.GC_PR_BGD)
    guess[seed > _MAYBE] = cv2.GC_PR_FGD
    core = cv2.erode((seed > _SURE).astype(np.uint8), np.ones((3, 3), np.uint8))
    guess[core > 0] = cv2.GC_FGD
    return guess


def _cut(
    picture: Pixels, window: Window, seed: Plane, last: Plane | None, colours: _Colours
) -> Plane:
    """The thing in one frame, 0 or 1."""
    guess = _first_guess(picture, window, seed, colours.ratio)
    if last is not None:
        kept = cv2.erode(last, np.ones((7, 7), np.uint8)) > 0
        guess[kept & (guess == cv2.GC_PR_BGD)] = cv2.GC_PR_FGD
    x0, y0, x1, y1 = window
    frame = slice(max(y0 - 3, 0), y1 + 3), slice(max(x0 - 3, 0), x1 + 3)
    part, marks = np.ascontiguousarray(picture[frame]), np.ascontiguousarray(guess[frame])
    whole = np.zeros(seed.shape, np.uint8)
    if not (marks & 1).any() or (marks & 1).all():
        return whole
    size = (marks.shape[1], marks.shape[0])
    share = min(1.0, (_MOST / marks.size) ** 0.5)
    if share < 0.9:
        small = (round(size[0] * share), round(size[1] * share))
        part = np.asarray(cv2.resize(part, small, interpolation=cv2.INTER_AREA), np.uint8)
        marks = np.asarray(cv2.resize(marks, small, interpolation=cv2.INTER_NEAREST), np.uint8)
    cv2.grabCut(
        part, marks, (0, 0, 1, 1), colours.outer.copy(), colours.inner.copy(), 1,
        cv2.GC_EVAL_FREEZE_MODEL,
    )  # fmt: skip
    found = np.asarray(marks & 1, np.uint8)
    if share < 0.9:
        found = np.asarray(
            cv2.resize(found * 255, size, interpolation=cv2.INTER_LINEAR) > 127, np.uint8
        )
    whole[frame] = found
    return _rooted(whole, seed, last)


def _rooted(found: Plane, seed: Plane, last: Plane | None) -> Plane:
    """The pieces that hold some of what was known, or of what it was a frame ago; holes filled."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(found)
    sizes = stats[:, cv2.CC_STAT_AREA].astype(float)
    keep = np.bincount(labels[seed > _MAYBE], minlength=count) > 0.05 * sizes
    if last is not None:
        keep |= np.bincount(labels[last > 0], minlength=count) > 0.5 * sizes
    keep[0] = False
    return evidence.fill(np.asarray(keep[labels], np.bool_)).astype(np.uint8)
