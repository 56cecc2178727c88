"""Black bars around a picture: they are the frame of it, so nothing is drawn or lit on them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Paint, Pixels, Scene
from cutroom.media.decode import frames
from cutroom.types import Clip

_BLACK = 34
"""The brightest a bar may be, softened a little; film transfers are not quite black."""
_LEAST = 0.02
"""Share of the side below which a bar is an encoder's edge and not worth a cut."""
_MOST = 0.36
_SAMPLES = 4


@dataclass(frozen=True, slots=True)
class Bars:
    """Pixels of black at each side."""

    top: int = 0
    bottom: int = 0
    left: int = 0
    right: int = 0


def within(scene: Scene, prepare: Callable[[Scene], Paint]) -> Paint:
    """What `prepare` paints on the picture inside its bars; the bars stay as they are."""
    found = bars(scene.clip)
    if found == Bars():
        return prepare(scene)
    width = scene.clip.width - found.left - found.right
    height = scene.clip.height - found.top - found.bottom
    inner = prepare(replace(scene, clip=replace(scene.clip, width=width, height=height)))
    inside = np.s_[found.top : found.top + height, found.left : found.left + width]

    def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
        framed = pixels.copy()
        framed[inside] = inner(np.ascontiguousarray(pixels[inside]), index, seconds)
        return framed

    return paint


@lru_cache(maxsize=4)
def bars(clip: Clip) -> Bars:
    """The clip's bars. Two of a pair must be about alike, or a night sky would be taken for one."""
    step = max(1, clip.frames // _SAMPLES)
    rows, columns = np.zeros(clip.height), np.zeros(clip.width)
    for start in range(step // 2, clip.frames, step):
        for frame in frames(clip, start=start, stop=start + 1):
            grey = cv2.blur(cv2.cvtColor(frame.pixels, cv2.COLOR_RGB2GRAY), (5, 5))
            rows = np.maximum(rows, np.asarray(grey.max(axis=1), np.float64))
            columns = np.maximum(columns, np.asarray(grey.max(axis=0), np.float64))
        if min(line[min(2, len(line) - 1)] for line in (rows, columns)) > _BLACK:
            return Bars()  # nearly every clip, and after a single frame
    return Bars(*_pair(rows), *_pair(columns))


def _pair(lines: NDArray[np.float64]) -> tuple[int, int]:
    """Dark lines at both ends of a side, with the hard edge that a bar has; (0, 0) where there are none."""
    ends = []
    for one in (lines, lines[::-1]):
        bright = np.flatnonzero(one > _BLACK)
        depth = int(bright[0]) if len(bright) else 0
        past = one[depth + 2 : depth + 8]
        hard = len(past) > 0 and float(past.mean()) > float(one[:depth].mean() if depth else 0) + 25
        ends.append(depth if hard else 0)
    first, last = ends
    like = abs(first - last) <= max(0.02 * len(lines), 0.25 * max(first, last))
    within_reason = _LEAST * len(lines) <= min(ends) and max(ends) <= _MOST * len(lines)
    return (first, last) if like and within_reason else (0, 0)
