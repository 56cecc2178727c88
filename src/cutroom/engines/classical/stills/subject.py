"""The subject of a still: cut out several times from different beginnings, trusted where these agree."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engine import Tick
from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.stills.regions import Float, Region

Bool = NDArray[np.bool_]

_BEGINNINGS = (
    (0.5, 0.52, 0.40, 0.44),
    (0.5, 0.58, 0.30, 0.40),
    (0.5, 0.50, 0.24, 0.30),
    (0.5, 0.66, 0.34, 0.40),
)
"""Ellipses that may hold the subject: centre across and down, half axes; shares of the picture."""


@dataclass(frozen=True)
class Cut:
    """A subject's cover in a small picture, and how sure it is."""

    cover: Float
    trust: float


def subject(picture: Pixels, heaven: Region, tick: Tick) -> Cut:
    """What stands before the rest of a small picture; trust 0..1."""
    if (plain := _before_plain(picture)) is not None:
        return plain
    masks: list[Bool] = []
    for beginning in _BEGINNINGS:
        masks.append(_cut(picture, heaven, beginning))
        tick(0.0)
        if _overlap(masks[0], masks[-1]) < 0.3:  # they will not agree, and each takes its time
            return Cut(np.zeros(picture.shape[:2], np.float32), 0.0)
    mask = _solid(np.mean(masks, axis=0) >= 0.5)
    cover = cv2.ximgproc.guidedFilter(picture, mask.astype(np.float32), 4, 60.0)
    soft = np.clip((cover - 0.25) / 0.5, 0, 1)
    if not 0.03 < float(mask.mean()) < 0.7:
        return Cut(np.asarray(soft, np.float32), 0.0)
    agreed = min(_overlap(mask, m) for m in masks)
    trust = (
        float(np.clip((agreed - 0.45) / 0.25, 0, 1))
        * float(np.clip((_contrast(picture, mask) - 15) / 10, 0, 1))
        * _free(mask)
    )
    return Cut(np.asarray(soft, np.float32), trust)


def _before_plain(picture: Pixels) -> Cut | None:
    """What lies on a ground of one colour, whole with its finest parts; None where the ground is busy."""
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB).astype(np.float32)
    rim = max(2, min(lab.shape[:2]) // 40)
    border = np.concatenate([p.reshape(-1, 3) for p in (lab[:rim], lab[: len(lab) * 3 // 4, :rim], lab[: len(lab) * 3 // 4, -rim:])])  # fmt: skip
    ground = np.median(border, axis=0)
    if (np.abs(border - ground).max(axis=1) < 7).mean() < 0.9:
        return None
    away = np.sqrt(((lab - ground) ** 2).sum(axis=2))
    cover = np.asarray(np.clip((away - 6) / 14, 0, 1), np.float32)
    solid = _solid(cv2.morphologyEx((cover > 0.4).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)) > 0)  # fmt: skip
    cover = np.maximum(cover, cv2.erode(solid.astype(np.float32), np.ones((3, 3), np.uint8)))
    share = float((cover > 0.5).mean())
    whole = float((cover * cv2.dilate(solid.astype(np.float32), np.ones((9, 9)))).sum() / max(float(cover.sum()), 1.0))  # fmt: skip
    return Cut(cover, whole * _free(solid)) if 0.02 < share < 0.7 else Cut(cover, 0.0)


def _cut(picture: Pixels, heaven: Region, beginning: tuple[float, float, float, float]) -> Bool:
    """GrabCut from an ellipse."""
    height, width = picture.shape[:2]
    x, y, across, down = beginning
    rows, columns = np.mgrid[0:height, 0:width]
    away = ((columns / width - x) / across) ** 2 + ((rows / height - y) / down) ** 2
    marks = np.where(away < 1, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    rim = max(2, min(height, width) // 40)
    marks[:rim] = cv2.GC_BGD
    low = round(0.6 * height)  # a subject may reach the lower edge, and the sides near it
    marks[:low, :rim] = marks[:low, -rim:] = cv2.GC_BGD
    if heaven.trust > 0.5:
        marks[heaven.cover > 0.6] = cv2.GC_BGD
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(7)
    try:
        cv2.grabCut(picture, marks, (0, 0, 1, 1), *models, 5, cv2.GC_INIT_WITH_MASK)
    except cv2.error:  # one of the two sides is empty
        return np.zeros((height, width), np.bool_)
    mask = ((marks == cv2.GC_FGD) | (marks == cv2.GC_PR_FGD)).astype(np.uint8)
    return _solid(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0)


def _solid(mask: Bool) -> Bool:
    """The largest piece, its holes closed."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if count < 2:
        return mask
    whole = labels == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    outlines, _ = cv2.findContours(whole.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(np.zeros(mask.shape, np.uint8), outlines, -1, 1, cv2.FILLED)
    return np.asarray(filled > 0, np.bool_)


def _overlap(one: Bool, other: Bool) -> float:
    return float((one & other).sum()) / max(float((one | other).sum()), 1.0)


def _contrast(picture: Pixels, mask: Bool) -> float:
    """How far apart the colours on both sides of the outline are along all but its weakest fifth, in Lab.

    An outline that runs through a cat's fur is weak there, however strong it is elsewhere.
    """
    lab = cv2.cvtColor(cv2.GaussianBlur(picture, (3, 3), 0), cv2.COLOR_RGB2LAB).astype(np.float32)
    whole = mask.astype(np.uint8)
    kernel = np.ones((3, 3), np.uint8)
    rim = cv2.morphologyEx(whole, cv2.MORPH_GRADIENT, kernel) > 0
    sides, known = [], rim
    for side in (cv2.erode(whole, kernel) > 0, cv2.dilate(whole, kernel) == 0):
        weight = cv2.boxFilter(side.astype(np.float32), -1, (13, 13))
        mean = cv2.boxFilter(lab * side[..., None], -1, (13, 13))
        sides.append(mean / np.maximum(weight, 1e-3)[..., None])
        known = known & (weight > 0.05)
    if not known.any():
        return 0.0
    apart = np.sqrt(((sides[0] - sides[1]) ** 2).sum(axis=2))
    return float(np.percentile(apart[known], 20))


def _free(mask: Bool) -> float:
    """0..1: whether it stands within the picture; what fills whole edges is no subject."""
    touching = float(np.mean([mask[:, 0].mean(), mask[:, -1].mean(), mask[0].mean()]))
    return float(np.clip(1 - (touching - 0.08) / 0.25, 0, 1))
