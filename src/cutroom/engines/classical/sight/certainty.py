"""How sure a matte is: measured on the matte and the picture, without knowing the truth."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sight import evidence
from cutroom.engines.classical.sight.movers import Mover
from cutroom.engines.classical.sight.plate import Plate
from cutroom.engines.classical.sight.reel import Reel, Shelf

Plane = NDArray[np.uint8]
Mask = NDArray[np.bool_]

_DECIDED = 0.7
"""How decided the pixels of a mover are that is followed well, 0..1."""


def of_cut(reel: Reel, matte: Callable[[int], Plane], frames: list[int]) -> float:
    """0..1 for a matte found by colour and edges in the given frames.

    Product of: how well its colours are told from those round about it, how much of its outline
    is an edge of the picture, how steady it is from frame to frame, and whether it is one thing;
    and, of things that the frame cuts off, whether there is outline enough to judge by.
    """
    picks = [frames[round(k)] for k in np.linspace(0, len(frames) - 1, min(12, len(frames)))]
    masks = [np.asarray(matte(i) > 127, np.bool_) for i in picks]
    filled = [(i, m) for i, m in zip(picks, masks, strict=True) if m.sum() >= 40]
    if len(filled) < max(1, 0.5 * len(picks)):
        return 0.0
    edges = float(np.median([on_edges(m, reel[i]) for i, m in filled]))
    single = float(np.mean([_oneness(m) for _, m in filled]))
    apart = _apart([reel[i] for i, _ in filled], [m for _, m in filled])
    steady = _steadiness(matte, [i for i, _ in filled], frames)
    told = float(np.clip((apart - 0.55) / 0.4, 0, 1))
    crisp = float(np.clip((edges - 0.3) / 0.4, 0, 1))
    # To the eighth: on real clips 0.93 of the plain product is a matte with a piece missing or too many.
    plain = (0.25 + 0.75 * told) * (0.4 + 0.6 * crisp) * single * steady
    return plain**8 * float(np.median([_bounded(m) for _, m in filled]))


def cover(matte: Callable[[int], Plane], frames: list[int]) -> float:
    """Share of the picture that a matte takes, the median over frames."""
    picks = frames[:: max(1, len(frames) // 15)]
    return float(np.median([(matte(i) > 127).mean() for i in picks])) if picks else 0.0


def likeness(
    one: Callable[[int], Plane], other: Callable[[int], Plane], frames: list[int]
) -> float:
    """Overlap of two mattes, the lower quartile over frames."""
    picks = [frames[round(k)] for k in np.linspace(0, len(frames) - 1, min(15, len(frames)))]
    both = [
        float(((one(i) > 127) & (other(i) > 127)).sum())
        / max(float(((one(i) > 127) | (other(i) > 127)).sum()), 1.0)
        for i in picks
    ]
    return float(np.percentile(both, 25)) if both else 0.0


def growth(whole: Callable[[int], Plane], seed: Callable[[int], Plane], frames: list[int]) -> float:
    """0..1: less where the matte is more than twice of what was known of it; it ran out into the place."""
    picks = [frames[round(k)] for k in np.linspace(0, len(frames) - 1, min(9, len(frames)))]
    ratios = [float((whole(i) > 127).sum()) / max(float((seed(i) > 127).sum()), 1.0) for i in picks]
    return float(np.clip((3.2 - np.median(ratios)) / 1.2, 0.0, 1.0))


def agreement(
    reel: Reel, whole: Callable[[int], Plane], part: Callable[[int], Plane], frames: list[int]
) -> float:
    """0.6..1: whether what was added to a part has its colours, rather than those of the place.

    A woman before a hedge may grow into the hedge; but the hedge goes on elsewhere, she does not.
    """
    picks = [frames[round(k)] for k in np.linspace(0, len(frames) - 1, min(9, len(frames)))]
    pictures = [reel[i] for i in picks]
    known = [np.asarray(part(i) > 160, np.bool_) for i in picks]
    added = [np.asarray((whole(i) > 127) & (part(i) < 60), np.bool_) for i in picks]
    place = [np.asarray((whole(i) < 60) & (part(i) < 60), np.bool_) for i in picks]
    if not frames or sum(int(m.sum()) for m in added) <= 0.1 * sum(int(m.sum()) for m in known):
        return 1.0
    within, without = evidence.colours(pictures, known), evidence.colours(pictures, place)
    odds = np.log((within + 5e-5) / (without + 5e-5))
    told = np.concatenate(
        [evidence.look_up(odds, p)[m] for p, m in zip(pictures, added, strict=True)]
    )
    return 0.6 + 0.4 * float(np.clip(((told > -0.4).mean() - 0.3) / 0.4, 0.0, 1.0))


def on_edges(mask: Mask, picture: Pixels) -> float:
    """Share of the outline inside the frame that lies on clear edges of the picture."""
    rim = _rim(mask)
    if not rim.any():
        return 0.0
    slope = steepness(picture)
    bar = max(10.0, 1.2 * float(np.median(slope)))
    return float((slope[rim] > bar).mean())


def _rim(mask: Mask) -> Mask:
    """The outline, two pixels wide, but not where the frame cuts the thing off."""
    rim = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    rim[:2], rim[-2:], rim[:, :2], rim[:, -2:] = False, False, False, False
    return np.asarray(rim, np.bool_)


def _bounded(mask: Mask) -> float:
    """0..1: less where most of the outline is the frame's own border, of which nothing can be judged.

    Where a matte ran out into the place, what is left of its outline may lie on clear edges all the
    same. Of subjects drawn by hand in real clips the frame bounds 28 % at most; of a place that
    was taken for a man, more than half.
    """
    whole = cv2.morphologyEx(
        np.pad(mask.astype(np.uint8), 2), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)
    )
    share = float(_rim(mask).sum()) / max(float((whole > 0).sum()), 1.0)
    return float(np.clip((share - 0.4) / 0.25, 0.0, 1.0))


def _oneness(mask: Mask) -> float:
    """Share of the mask that is its largest piece."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    return float(stats[1:, cv2.CC_STAT_AREA].max()) / float(mask.sum())


def _apart(pictures: list[Pixels], masks: list[Mask]) -> float:
    """Share of pixels, inside and beside, that their colour alone would put on the right side."""
    rings = []
    for mask in masks:
        by = 2 * max(5, round(0.25 * float(mask.sum()) ** 0.5)) + 1
        wide = cv2.dilate(mask.astype(np.uint8), np.ones((by, by), np.uint8)) > 0
        near = cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        rings.append(np.asarray(wide & ~near, np.bool_))
    within, beside = evidence.colours(pictures, masks), evidence.colours(pictures, rings)
    odds = np.log((within + 2e-5) / (beside + 2e-5))
    hits, misses = [], []
    for picture, mask, ring in zip(pictures, masks, rings, strict=True):
        told = evidence.look_up(odds, picture)
        hits.append(float((told[mask] > 0).mean()))
        misses.append(float((told[ring] < 0).mean()) if ring.any() else 1.0)
    return 0.5 * float(np.mean(hits)) + 0.5 * float(np.mean(misses))


def _steadiness(matte: Callable[[int], Plane], picks: list[int], frames: list[int]) -> float:
    """1 where the matte keeps its shape from a frame to the next, less where it jumps."""
    known = set(frames)
    same = []
    for index in picks:
        if index + 1 not in known:
            continue
        a, b = matte(index) > 127, matte(index + 1) > 127
        if a.any() and b.any():
            shift = np.subtract(_centre(b), _centre(a)).round().astype(int)
            moved = np.roll(a, (int(shift[1]), int(shift[0])), axis=(0, 1))
            same.append(float((moved & b).sum()) / float((moved | b).sum()))
    if not same:  # one frame cannot flicker
        return 1.0
    low = float(np.percentile(same, 25))
    return float(np.clip((low - 0.5) / 0.35, 0.0, 1.0) ** 0.5)


def _centre(mask: Mask) -> tuple[float, float]:
    rows, columns = np.nonzero(mask)
    return float(columns.mean()), float(rows.mean())


def of_mover(
    mover: Mover, reel: Reel, plate: Plate, likelihood: Shelf, labels: Shelf, *, crisp: bool = True
) -> float:
    """How decided, steady and solid a motion matte is, and whether its outline is the picture's own.

    The outline of a real thing is an edge of the frame; that of a ghost (what the plate wrongly
    holds) is an edge of the plate. Where it need not be `crisp`, pixels are decided enough at a share
    of that: on real clips it tells nothing of how well the matte lies on the thing.
    """
    frames = sorted(mover.boxes)[:: max(1, len(mover.boxes) // 40)]
    decided, areas, solid, edges = [], [], [], []
    for index in frames:
        region = np.isin(labels[index], mover.labels.get(index, ()))
        if not region.any():
            continue
        plane = likelihood[index]
        decided.append(float(np.abs(2 * (plane[region] / 255.0) - 1).mean()))
        areas.append(int(region.sum()))
        solid.append(_solidity((plane > 127) & region))
        edges.append(_own_edge((plane > 127) & region, reel[index], plate.behind(index)))
    if len(areas) < 2:
        return 0.0
    jumps = np.abs(np.diff(np.log(np.array(areas, float))))
    steady = float(np.exp(-1.5 * np.median(jumps)))
    seen = min(1.0, mover.share(len(likelihood)) / 0.5) ** 0.5
    whole = 0.4 + 0.6 * float(np.clip((np.median(solid) - 0.2) / 0.35, 0, 1))
    own = float(np.clip((np.median(edges) - 0.45) / 0.3, 0, 1))
    alone = len(mover.boxes) / (len(mover.boxes) + mover.shared)
    told = float(np.mean(decided)) if crisp else min(1.0, float(np.mean(decided)) / _DECIDED)
    return float(told * steady * seen * whole * (0.3 + 0.7 * own) * alone**2)


def unity(matte: Callable[[int], Plane], frames: list[int]) -> float:
    """0..1: less where bits lie beside the largest piece: an arm that came along, what is poured."""
    picks = [frames[round(k)] for k in np.linspace(0, len(frames) - 1, min(12, len(frames)))]
    masks = [np.asarray(matte(i) > 127, np.bool_) for i in picks]
    single = [_oneness(m) for m in masks if m.sum() >= 40]
    return float(np.clip((np.mean(single) - 0.88) / 0.05, 0.0, 1.0)) if single else 0.0


def wholeness(matte: Callable[[int], Plane], count: int) -> float:
    """0..1: whether it is a thing or two, of steady size, rather than parts that stir.

    An arm that is raised, a leaf that trembles and a plate that went wrong come and go in pieces.
    """
    pieces, areas = [], []
    for index in range(0, count, max(1, count // 40)):
        mask = (matte(index) > 127).astype(np.uint8)
        number, _, stats, _ = cv2.connectedComponentsWithStats(mask)
        sizes = stats[1:, cv2.CC_STAT_AREA]
        if number > 1 and sizes.sum() >= 20:
            pieces.append(int((sizes > 0.03 * sizes.sum()).sum()))
            areas.append(float(sizes.sum()))
    if len(areas) < 2:
        return 0.0
    few = min(1.0, 2.0 / float(np.mean(pieces)))
    low, high = np.percentile(areas, (10, 90))
    return few * min(1.0, float(low / high) / 0.6)


def _own_edge(region: Mask, picture: Pixels, behind: Pixels) -> float:
    """Share of the region's outline that is a sharper edge in the picture than in the plate."""
    mask = region.astype(np.uint8)
    rim = cv2.morphologyEx(mask, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    if not rim.any():
        return 0.0
    here, there = steepness(picture)[rim], steepness(behind)[rim]
    telling = np.maximum(here, there) > 6
    return float((here > there)[telling].mean()) if telling.any() else 0.0


def steepness(pixels: Pixels) -> NDArray[np.float32]:
    """Gradient magnitude of the lightness, the largest within a pixel about."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    grey = cv2.GaussianBlur(grey, (3, 3), 0)
    slope = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    return np.asarray(slope, np.float32)


def _solidity(region: Mask) -> float:
    """Area of the region over that of the convex hull of its largest piece: below 0.3 for smears."""
    outlines, _ = cv2.findContours(
        region.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    if not outlines:
        return 0.0
    largest = cv2.convexHull(max(outlines, key=cv2.contourArea))
    inside = cv2.fillConvexPoly(np.zeros(region.shape, np.uint8), largest, 1) > 0
    return float((region & inside).sum()) / max(float(inside.sum()), 1.0)
