"""How far away the parts of a still are: a far layer of smooth depth, and the subject before it.

Nearness is 0 for what is infinitely far and 1 for what is next to the camera. Cues: the ground comes nearer
towards the lower edge; sky is far; what is pale and colourless is hazy and far (the dark channel of He et
al., 2009); what is out of focus behind a sharp subject is far; the cut-out subject stands on the ground at
its foot. None of them measures depth; together they are enough for a shift of a few hundredths.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from cutroom.engine import Tick
from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.stills import regions
from cutroom.engines.classical.stills.regions import Float, Region
from cutroom.engines.classical.stills.subject import Cut, subject

CUT_OUT = 0.75
"""Subjects less sure than this are not taken off their background: wrong outlines tear."""
_SKY = 0.55


@dataclass(frozen=True)
class Depth:
    """Nearness of a still's two layers, at the small size of `regions.small`."""

    far: Float
    """Nearness of what is behind the subject, (height, width), smooth."""
    cover: Float | None
    """The subject's cover, None where there is no sure subject."""
    near: float
    """Nearness of the subject."""
    trust: float
    """0..1: how much the cues can be believed; below 0.5 a picture is better left flat."""
    aim: tuple[float, float]
    """Where the subject is (or the middle): shares of width and height."""
    sky: Region
    cut: Cut
    """The subject, sure or not."""


def depth(picture: Pixels, tick: Tick, *, subjects: bool = True) -> Depth:
    """The depth of a still by its cues; `picture` at any size. Looking for a subject takes seconds."""
    small = regions.small(picture)
    heaven = regions.sky(small)
    cut = (
        subject(small, heaven, tick) if subjects else Cut(np.zeros(small.shape[:2], np.float32), 0)
    )
    sure = cut.trust >= CUT_OUT
    scenic = heaven.trust >= _SKY and float(heaven.cover.mean()) < 0.8
    plane = _plane(small, heaven, scenic=scenic)
    edged = cv2.ximgproc.guidedFilter(small, plane, max(4, small.shape[0] // 20), 900.0)
    far = np.asarray(cv2.GaussianBlur(edged, (0, 0), small.shape[0] / 60), np.float32)
    aim, near = (0.5, 0.5), 0.5
    if sure:
        aim, near = _stands(cut, far, _blurred_behind(small, cut))
    trust = max(cut.trust if sure else 0.0, heaven.trust if scenic else 0.0)
    return Depth(
        np.asarray(far, np.float32), cut.cover if sure else None, near, trust, aim, heaven, cut
    )


def _plane(picture: Pixels, heaven: Region, *, scenic: bool) -> Float:
    """Nearness of the ground, which begins at the skyline, weighed with haze."""
    height, width = picture.shape[:2]
    rows = np.arange(height, dtype=np.float32)[:, None] / height
    horizon = 0.30
    if scenic:
        columns = (heaven.cover > 0.5).sum(axis=0) / height
        horizon = float(np.clip(np.median(columns), 0.1, 0.75))
    plane = np.clip((rows - horizon) / (1 - horizon), 0, 1) ** 0.8
    plane = np.repeat(plane, width, axis=1)
    if not scenic:
        return np.asarray(0.12 + 0.3 * plane, np.float32)
    dark = cv2.erode(picture.min(axis=2), np.ones((7, 7), np.uint8)).astype(np.float32) / 255
    haze = cv2.GaussianBlur(dark, (0, 0), height / 40)
    near = plane * (1 - 0.35 * np.clip((haze - 0.2) / 0.5, 0, 1))
    return np.asarray(near * (1 - heaven.cover), np.float32)


def _blurred_behind(picture: Pixels, cut: Cut) -> float:
    """0..1: how much sharper the subject is than what is behind it."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    fine = cv2.GaussianBlur(np.abs(cv2.Laplacian(grey, cv2.CV_32F)), (0, 0), 3)
    there = cv2.GaussianBlur(cut.cover, (0, 0), 2)
    inside, outside = there > 0.8, there < 0.05
    if not inside.any() or not outside.any():
        return 0.0
    ratio = float(np.median(fine[inside])) / max(float(np.median(fine[outside])), 0.3)
    return float(np.clip((ratio - 1) / 3, 0, 1))


def _stands(cut: Cut, far: Float, blurred: float) -> tuple[tuple[float, float], float]:
    """Where the subject's upper half is centred, and how near it is."""
    height, width = cut.cover.shape
    rows, columns = np.nonzero(cut.cover > 0.5)
    top, foot = int(rows.min()), int(rows.max())
    upper = rows < top + 0.5 * (foot - top + 1)
    aim = (float(columns[upper].mean()) / width, float(rows[upper].mean()) / height)
    ground = float(far[min(foot, height - 1)][columns[rows >= foot - 2]].mean())
    behind = float(far[top : foot + 1].mean())
    near = max(ground, behind + 0.22 + 0.25 * blurred)
    return aim, float(np.clip(near, 0.35, 0.9))
