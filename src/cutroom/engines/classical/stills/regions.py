"""Sky, water and fire of a still: where they are, and how sure that is."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Pixels

Float = NDArray[np.float32]
Bool = NDArray[np.bool_]

_LONGEST = 400
"""Pixels of the longer side at which regions are looked for."""


@dataclass(frozen=True)
class Region:
    """A part of a picture."""

    cover: Float
    """(height, width) of a small picture, 0..1, along the picture's own edges."""
    trust: float
    """0..1."""

    def at(self, size: tuple[int, int]) -> Float:
        """The cover at another size (width, height)."""
        grown = cv2.resize(self.cover, size, interpolation=cv2.INTER_LINEAR)
        return np.asarray(np.clip(grown, 0, 1), np.float32)


def small(picture: Pixels) -> Pixels:
    """The picture at the size at which regions and depth are looked for."""
    share = min(1.0, _LONGEST / max(picture.shape[:2]))
    size = (max(8, round(picture.shape[1] * share)), max(8, round(picture.shape[0] * share)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def sky(picture: Pixels) -> Region:
    """The sky of a small picture: smooth, lit, joined to the upper edge, unlike what lies below.

    The skyline is sought as by Shen and Wang (2013): of all gradient thresholds, the one whose border
    leaves the two sides' colours most compact; then GrabCut lets it follow the picture.
    """
    border = _skyline(picture)
    height, width = picture.shape[:2]
    rows = np.arange(height)[:, None]
    rough = rows < border[None]
    if not 0.05 < rough.mean() < 0.92:
        return Region(np.zeros((height, width), np.float32), 0.0)
    marks = np.where(rough, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    marks[rows < border[None] * 0.6 - 2] = cv2.GC_FGD
    marks[(rows > border[None] + 0.3 * height) | (rows > 0.97 * height)] = cv2.GC_BGD
    mask = _joined(_cut(picture, marks))
    return Region(_soft(picture, mask), _sky_trust(picture, mask))


def water(picture: Pixels, above: Region) -> Region:
    """Water of a small picture: clearly blue to green, below the skyline, wide, waves lying across it."""
    height, width = picture.shape[:2]
    none = Region(np.zeros((height, width), np.float32), 0.0)
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB).astype(np.float32) - (0, 128, 128)
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    turn = np.degrees(np.arctan2(lab[..., 2], lab[..., 1])) % 360
    heaven = above.cover > 0.3 if above.trust > 0.4 else np.zeros((height, width), bool)
    # 175 is green with a little blue, 300 blue with a little violet.
    candidate = (turn > 175) & (turn < 300) & (chroma > 9) & (lab[..., 0] > 30) & ~heaven
    opened = cv2.morphologyEx(candidate.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    firm = _largest(cv2.morphologyEx(opened, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)) > 0)
    if firm.mean() < 0.06:
        return none
    marks = np.full((height, width), cv2.GC_BGD, np.uint8)
    near = cv2.dilate(firm.astype(np.uint8), np.ones((11, 11), np.uint8)) > 0
    marks[near] = cv2.GC_PR_BGD
    marks[firm] = cv2.GC_PR_FGD
    marks[firm & candidate] = cv2.GC_FGD
    marks[heaven] = cv2.GC_BGD
    mask = _largest(_cut(picture, marks))
    if mask.mean() < 0.06:
        return none
    hued = float(np.clip((np.median(chroma[mask]) - 9) / 8, 0, 1))
    size = float(np.clip((mask.mean() - 0.04) / 0.12, 0, 1))
    trust = size * hued * _wide(mask) * _lying(picture, mask) * _reaching(mask)
    trust *= float(
        np.clip(1.5 - 2 * mask[:2].mean(), 0, 1)
    )  # what fills the upper edge is sky or a wall
    return Region(_soft(picture, mask), trust)


def _lying(picture: Pixels, mask: Bool) -> float:
    """0..1: whether edges lie rather than stand, as those of waves seen from the shore do."""
    grey = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (3, 3), 0)
    inner = cv2.erode(mask.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    if not inner.any():
        return 0.0
    across = float(np.abs(cv2.Sobel(grey, cv2.CV_32F, 1, 0))[inner].mean())
    down = float(np.abs(cv2.Sobel(grey, cv2.CV_32F, 0, 1))[inner].mean())
    return float(np.clip((down / max(across, 1e-3) - 0.75) / 0.35, 0, 1))


def _reaching(mask: Bool) -> float:
    """0..1: whether a region leaves the picture at its sides or below, as water mostly does."""
    low = mask[len(mask) // 4 :]
    edges = max(float(low[:, :2].any(axis=1).mean()), float(low[:, -2:].any(axis=1).mean()))
    return float(np.clip(max(edges / 0.3, float(mask[-2:].any(axis=0).mean()) / 0.4), 0, 1))


def fire(picture: Pixels) -> Region:
    """Flames of a small picture: the brightest part of it, of warm hue, small or before the dark."""
    height, width = picture.shape[:2]
    hue, saturation, value = cv2.split(cv2.cvtColor(picture, cv2.COLOR_RGB2HSV))
    warm = (hue < 28) | (hue > 172)
    flame = (value > 205) & warm & (saturation > 90)
    core = (
        (value > 240)
        & (saturation < 120)
        & (cv2.dilate(flame.astype(np.uint8), np.ones((9, 9))) > 0)
    )
    mask = cv2.morphologyEx((flame | core).astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2))) > 0
    share = float(mask.mean())
    if not 0.002 < share < 0.35:
        return Region(np.zeros((height, width), np.float32), 0.0)
    around = cv2.dilate(mask.astype(np.uint8), np.ones((25, 25), np.uint8)) > 0
    contrast = float(value[mask].mean()) - float(np.median(value[around & ~mask]))
    trust = float(np.clip((contrast - 40) / 80, 0, 1))
    return Region(_soft(picture, mask), trust)


def _skyline(picture: Pixels) -> Float:
    """For every column the row at which the sky ends."""
    grey = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (5, 5), 0)
    across = cv2.Sobel(grey, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    steep = np.hypot(across, down)
    best, border = -1.0, np.zeros(picture.shape[1], np.float32)
    colours = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB).astype(np.float32)
    for threshold in np.geomspace(12, 420, 28):
        tried = _first(steep > threshold)
        score = _compact(colours, tried)
        if score > best:
            best, border = score, tried
    return np.asarray(cv2.medianBlur(border[None].astype(np.float32), 5)[0], np.float32)


def _first(edges: Bool) -> Float:
    """Row of the first edge of every column; the height where there is none."""
    edges = edges.copy()
    edges[:3] = False
    found = edges.any(axis=0)
    return np.asarray(np.where(found, edges.argmax(axis=0), edges.shape[0]), np.float32)


def _compact(colours: Float, border: Float) -> float:
    """Energy of Shen and Wang: high where both sides of the border have colours of little spread."""
    rows = np.arange(colours.shape[0])[:, None]
    above = rows < border[None]
    if not 0.05 < above.mean() < 0.95:
        return 0.0
    spread = [np.cov(colours[side].T) + np.eye(3) for side in (above, ~above)]
    heaven, ground = (np.linalg.eigvalsh(s)[::-1] for s in spread)
    volume = [float(np.prod(e)) for e in (heaven, ground)]
    return 1e6 / (2 * volume[0] + volume[1] + 1e3 * (2 * float(heaven[0]) + float(ground[0])))


def _sky_trust(picture: Pixels, mask: Bool) -> float:
    share = float(mask.mean())
    if not 0.05 < share < 0.9:
        return 0.0
    hsv = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV)
    hue, saturation, value = (hsv[..., k][mask].astype(np.float32) for k in range(3))
    blue = float(((hue > 85) & (hue < 135) & (saturation > 30)).mean())
    pale = float(((saturation < 60) & (value > 120)).mean())
    glow = float((((hue < 28) | (hue > 150)) & (value > 90)).mean()) * 0.7
    colour = min(1.0, blue + pale + glow)
    wide = float(mask[: max(2, len(mask) // 30)].any(axis=0).mean())
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    rough = np.abs(cv2.Laplacian(grey, cv2.CV_32F))
    calm = float(
        np.clip(1.6 - np.median(rough[mask]) / max(float(np.median(rough[~mask])), 1.0), 0, 1)
    )
    return colour * float(np.clip(wide / 0.5, 0, 1)) * calm * _apart(picture, mask, 0.25)


def _cut(picture: Pixels, marks: NDArray[np.uint8]) -> Bool:
    """The marks settled by GrabCut."""
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(7)
    try:
        cv2.grabCut(picture, marks, (0, 0, 1, 1), *models, 3, cv2.GC_INIT_WITH_MASK)
    except cv2.error:  # one of the two sides is empty
        return np.zeros(marks.shape, np.bool_)
    mask = ((marks == cv2.GC_FGD) | (marks == cv2.GC_PR_FGD)).astype(np.uint8)
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0)


def _joined(mask: Bool) -> Bool:
    """The pieces that reach the upper edge."""
    _, labels = cv2.connectedComponents(mask.astype(np.uint8))
    kept = np.unique(labels[:2][labels[:2] > 0])
    return np.asarray(np.isin(labels, kept), np.bool_)


def _largest(mask: Bool) -> Bool:
    """The largest piece and those at least a tenth of it."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if count < 2:
        return mask
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    return np.asarray((areas >= 0.1 * areas.max())[labels] & (labels > 0), np.bool_)


def _wide(mask: Bool) -> float:
    """0..1: whether a region reaches across the picture, as water does and a jacket does not."""
    return float(np.clip(mask.any(axis=0).mean() / 0.55, 0, 1))


def _apart(picture: Pixels, mask: Bool, bar: float) -> float:
    """0..1: how different the colours in and out of the region are."""
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB)
    counts = []
    for side in (mask, ~mask):
        count = cv2.calcHist([lab], [0, 1, 2], side.astype(np.uint8), [8, 16, 16], [0, 256] * 3)
        counts.append(count / max(float(count.sum()), 1))
    overlap = float(np.sqrt(counts[0] * counts[1]).sum())
    return float(np.clip((1 - overlap - bar) / 0.35, 0, 1))


def _soft(picture: Pixels, mask: Bool) -> Float:
    soft = cv2.ximgproc.guidedFilter(picture, mask.astype(np.float32), 6, 60.0)
    return np.asarray(np.clip((soft - 0.15) / 0.7, 0, 1), np.float32)
