"""The subject of a reference image: its own transparency, a plain background, or GrabCut."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sprites.sprite import Sprite
from cutroom.errors import CannotDo
from cutroom.media.images import load

_LONGEST = 900
"""Pixels of the longer side at which a reference is cut out."""

Mask = NDArray[np.uint8]


def cut_out(path: Path, name: str) -> Sprite:
    """The subject of an image. Raises CannotDo, naming the image `name`, where it cannot be cut."""
    rgba = load(path)
    shrink = min(1.0, _LONGEST / max(rgba.shape[:2]))
    if shrink < 1:
        rgba = np.asarray(
            cv2.resize(rgba, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8
        )
    pixels = np.ascontiguousarray(rgba[..., :3])
    if (rgba[..., 3] < 128).mean() > 0.02:
        alpha = np.asarray(rgba[..., 3] / np.float32(255), np.float32)
        if (alpha > 0.5).mean() < 0.002:
            raise CannotDo(f"{name} is transparent all over; there is nothing to take from it.")
        return _cropped(_bled(pixels, alpha), alpha)
    mask, sure = _from_plain(pixels)
    if mask is None:
        mask, sure = _from_nature(pixels)
    if mask is None or sure < 0.5:
        raise CannotDo(
            f"The subject of {name} could not be cut out of its background cleanly"
            f" (certainty {sure:.0%}, 50% needed). Attach it on a plain background or as a PNG with transparency."
        )
    soft = cv2.ximgproc.guidedFilter(pixels, mask.astype(np.float32) / 255, 3, 90.0)
    alpha = np.clip((soft - 0.3) / 0.6, 0, 1).astype(np.float32)
    return _cropped(_bled(pixels, alpha), alpha)


def _from_plain(pixels: Pixels) -> tuple[Mask | None, float]:
    """(mask, certainty) by distance to a border of one colour; no mask where the border is busy."""
    lab = cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB).astype(np.float32)
    height, width = lab.shape[:2]
    rim = max(2, min(height, width) // 40)
    edge = np.ones((height, width), bool)
    edge[rim:-rim, rim:-rim] = False
    # The subject may stand on the lower edge, so the upper border speaks for the backdrop.
    upper = edge.copy()
    upper[round(0.7 * height) :] = False
    backdrop = np.median(lab[upper], axis=0)
    away = np.sqrt((((lab - backdrop) * (0.7, 1.3, 1.3)) ** 2).sum(axis=2))
    if (away[upper] < 12).mean() < 0.86:
        return None, 0.0
    noise = float(np.percentile(away[upper & (away < 12)], 90))
    bar = max(9.0, 2.5 * noise)
    # Only what can be reached from the border is backdrop: a white shirt before white stays.
    plain = ((away < bar) * 1).astype(np.uint8)
    count, labels = cv2.connectedComponents(plain, connectivity=4)
    reached = np.zeros(count, bool)
    reached[np.unique(labels[edge & (plain > 0)])] = True
    reached[0] = False
    mask = np.where(reached[labels], 0, 255).astype(np.uint8)
    mask = _largest(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)))
    share = float((mask > 0).mean())
    if not 0.01 < share < 0.9:
        return mask, 0.0
    rim_of_it = cv2.morphologyEx(mask, cv2.MORPH_GRADIENT, np.ones((5, 5), np.uint8)) > 0
    strong = float(np.percentile(away[(mask > 0) & rim_of_it], 50)) if rim_of_it.any() else 0.0
    return mask, float(np.clip(strong / (2.2 * bar), 0, 1))


def _from_nature(pixels: Pixels) -> tuple[Mask | None, float]:
    """(mask, certainty) by GrabCut from a box in the middle; rarely sure."""
    shrink = 300 / max(pixels.shape[:2])
    small = np.asarray(
        cv2.resize(pixels, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8
    )
    height, width = small.shape[:2]
    marks = np.full((height, width), cv2.GC_PR_BGD, np.uint8)
    marks[round(0.08 * height) : round(0.94 * height), round(0.1 * width) : round(0.9 * width)] = (
        cv2.GC_PR_FGD
    )
    rim_y, rim_x = max(2, height // 30), max(2, width // 30)
    marks[:rim_y] = cv2.GC_BGD
    marks[:, :rim_x] = cv2.GC_BGD
    marks[:, -rim_x:] = cv2.GC_BGD
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(7)
    cv2.grabCut(small, marks, (0, 0, 1, 1), models[0], models[1], 6, cv2.GC_INIT_WITH_MASK)
    mask = ((marks == cv2.GC_FGD) | (marks == cv2.GC_PR_FGD)).astype(np.uint8) * 255
    mask = _largest(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)))
    sure = _separation(small, mask)
    return np.asarray(cv2.resize(mask, pixels.shape[1::-1], interpolation=cv2.INTER_LINEAR)), sure


def _separation(pixels: Pixels, mask: Mask) -> float:
    """0..1: how different the colours on both sides of the outline are, and how whole the shape."""
    inside = mask > 127
    share = float(inside.mean())
    if not 0.06 < share < 0.75:
        return 0.0
    lab = cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB)
    counts = []
    for region in (inside, ~inside):
        count = cv2.calcHist([lab], [0, 1, 2], region.astype(np.uint8), [8, 16, 16], [0, 256] * 3)
        smooth = cv2.GaussianBlur(count.reshape(8, -1), (3, 3), 0)
        counts.append(smooth / max(float(smooth.sum()), 1))
    apart = 1 - float(np.sqrt(counts[0] * counts[1]).sum())
    outline, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    largest = max(outline, key=cv2.contourArea)
    hull = float(cv2.contourArea(cv2.convexHull(largest)))
    solid = float(cv2.contourArea(largest)) / max(hull, 1.0)
    touching = float(np.mean([inside[:, 0].mean(), inside[:, -1].mean(), inside[0].mean()]))
    return (
        float(np.clip((apart - 0.35) / 0.45, 0, 1))
        * float(np.clip(solid / 0.6, 0, 1))
        * (1 - touching)
    )


def _largest(mask: NDArray[Any]) -> Mask:
    """The largest piece and those at least a twentieth of it, holes smaller than a hundredth filled."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    if count < 2:
        return np.asarray(mask, np.uint8)
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    keep = areas >= 0.05 * areas.max()
    keep[0] = False
    whole = np.where(keep[labels], 255, 0).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(255 - whole, connectivity=4)
    small = stats[:, cv2.CC_STAT_AREA] < 0.01 * areas.max()
    small[0] = False
    return np.asarray(np.where(small[labels], 255, whole), np.uint8)


def _bled(pixels: Pixels, alpha: NDArray[np.float32]) -> Pixels:
    """The subject's own colours carried outwards, so that soft edges show no old background."""
    solid = (alpha > 0.92).astype(np.float32)
    spread, weight = pixels.astype(np.float32) * solid[..., None], solid
    for sigma in (2.0, 5.0):
        near = cv2.GaussianBlur(weight, (0, 0), sigma)
        colour = cv2.GaussianBlur(spread, (0, 0), sigma) / np.maximum(near, 1e-3)[..., None]
        fill = (weight < 0.5) & (near > 0.004)
        spread = np.where(fill[..., None], colour, spread)
        weight = np.where(fill, 1.0, weight).astype(np.float32)
    known = weight > 0.5
    return np.asarray(np.where(known[..., None], np.clip(spread, 0, 255), pixels), np.uint8)


def _cropped(pixels: Pixels, alpha: NDArray[np.float32]) -> Sprite:
    """A sprite no larger than what can be seen of it."""
    rows, columns = np.nonzero(alpha > 0.03)
    box = slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)
    return Sprite(np.ascontiguousarray(pixels[box]), np.ascontiguousarray(alpha[box]))
