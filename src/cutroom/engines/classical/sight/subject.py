"""The one thing that moves: its matte, box and heading in every frame, and how sure all that is."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sight.camera import Camera
from cutroom.engines.classical.sight.movers import Box, Mover, Movers
from cutroom.engines.classical.sight.plate import Plate
from cutroom.engines.classical.sight.reel import Reel, Shelf
from cutroom.errors import CannotDo

Alpha = NDArray[np.float32]
"""One matte, (height, width), 0..1."""

FOLLOWED = 0.62
"""Mattes less sure than this cannot be followed by a stand-in."""
CUT_OUT = 0.70
"""Mattes less sure than this have holes, ghosts and lost feet before a new background."""


class Subject(Protocol):
    """Something that was found, to be cut out of every frame."""

    @property
    def trust(self) -> float:
        """How sure the matte is, 0..1."""

    def small(self, index: int) -> NDArray[np.uint8]:
        """The matte at analysis size, (height, width), 0..255."""

    def matte(self, pixels: Pixels, index: int) -> Alpha:
        """The matte at the size of `pixels`, 0..1."""

    def box(self, index: int) -> Box | None:
        """Its box in full-size pixels, None where it is not seen."""


@dataclass(frozen=True)
class Moving:
    """Something that moves."""

    likelihood: Shelf
    movers: tuple[Mover, ...]
    """What counts as the subject: one mover, or all of them."""
    labels: Shelf
    boxes: dict[int, Box]
    """Small pixels; frames without it are missing."""
    trust: float
    """0..1."""
    scale: tuple[float, float]

    def small(self, index: int) -> NDArray[np.uint8]:
        """The matte at analysis size, 0..255."""
        chosen = np.zeros(256, bool)
        for mover in self.movers:
            chosen[list(mover.labels.get(index, ()))] = True
        chosen[0] = False
        mine = chosen[self.labels[index]].astype(np.uint8)
        region = cv2.dilate(mine, np.ones((5, 5), np.uint8))
        return np.asarray(self.likelihood[index] * region, np.uint8)

    def matte(self, pixels: Pixels, index: int) -> Alpha:
        """The matte at the size of `pixels`, its edge laid along the picture's own."""
        height, width = pixels.shape[:2]
        small = self.small(index)
        alpha = np.zeros((height, width), np.float32)
        window = _window(small, height, width)
        if window is None:
            return alpha
        rows, columns = window
        grown = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
        rough = np.asarray(grown, np.uint8)
        alpha[rows, columns] = refine(pixels[rows, columns], rough[rows, columns], self.scale[0])
        return alpha

    def box(self, index: int) -> Box | None:
        """Its box in full-size pixels, None where it is not seen."""
        box = self.boxes.get(index)
        if box is None:
            return None
        across, down = self.scale
        return box[0] * across, box[1] * down, box[2] * across, box[3] * down


def refine(pixels: Pixels, rough: NDArray[np.uint8], scale: float) -> Alpha:
    """A soft matte 0..1 that follows the picture's edges, from one enlarged `scale` times."""
    guide = np.ascontiguousarray(pixels)
    radius = max(2, round(2.2 * scale))
    soft = cv2.ximgproc.guidedFilter(
        guide, rough.astype(np.float32) / 255, radius, 60.0, scale=0.5 if scale >= 3 else 1.0
    )
    soft = np.clip((soft - 0.22) / 0.56, 0, 1)
    return np.asarray(soft * soft * (3 - 2 * soft), np.float32)


def one(
    movers: Movers, likelihood: Shelf, scale: tuple[float, float], trust: Callable[[Mover], float]
) -> Moving:
    """The single clear mover. Raises CannotDo where there is none, or two that compare."""
    if not movers.found:
        msg = (
            "Nothing that moves against its background was found in the clip, so it is not clear what to cut out."
            " A clip in which the subject moves through the picture works best."
        )
        raise CannotDo(msg)
    first, *others = movers.found
    # A walker far off counts as much as the car before him: nobody can tell which one was meant.
    if any(m.mass > 0.03 * first.mass for m in others):
        msg = "More than one thing moves in this clip, and it is not clear which one is meant. A clip with one mover works."
        raise CannotDo(msg)
    return checked(
        Moving(likelihood, (first,), movers.labels, first.boxes, trust(first), scale), FOLLOWED
    )


def everything(
    movers: Movers, likelihood: Shelf, scale: tuple[float, float], trust: Callable[[Mover], float]
) -> Moving:
    """All that moves, as one subject. Raises CannotDo where nothing does."""
    if not movers.found:
        msg = "Nothing that moves against its background was found in the clip, so subject and background cannot be told apart."
        raise CannotDo(msg)
    heavy = tuple(m for m in movers.found if m.mass > 0.06 * movers.found[0].mass)
    return checked(together(heavy, movers, likelihood, scale, trust), CUT_OUT)


def together(
    chosen: tuple[Mover, ...],
    movers: Movers,
    likelihood: Shelf,
    scale: tuple[float, float],
    trust: Callable[[Mover], float],
) -> Moving:
    """Some of the movers, heaviest first, as one subject, as sure as the heaviest."""
    boxes: dict[int, Box] = {}
    for mover in chosen:
        for index, box in mover.boxes.items():
            old = boxes.get(index, box)
            boxes[index] = (
                min(old[0], box[0]),
                min(old[1], box[1]),
                max(old[2], box[2]),
                max(old[3], box[3]),
            )
    return Moving(likelihood, chosen, movers.labels, boxes, trust(chosen[0]), scale)


def checked(subject: Moving, bar: float) -> Moving:
    """The subject, or CannotDo in words that say how sure the matte is."""
    subject = replace(subject, trust=subject.trust * _whole(subject))
    if subject.trust < bar:
        msg = (
            f"The moving subject could not be separated cleanly from its background (certainty {subject.trust:.0%}, {bar:.0%} needed)."
            " It helps when the subject moves through the picture before a steady background."
        )
        raise CannotDo(msg)
    return subject


def _whole(subject: Moving) -> float:
    """0..1: whether the subject is a thing or two, of steady size, rather than parts that stir.

    An arm that is raised, a leaf that trembles and a plate that went wrong come and go in pieces.
    """
    pieces, areas = [], []
    count = len(subject.likelihood)
    for index in range(0, count, max(1, count // 40)):
        mask = (subject.small(index) > 127).astype(np.uint8)
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


def trust_in(mover: Mover, reel: Reel, plate: Plate, likelihood: Shelf, labels: Shelf) -> float:
    """How decided, steady and solid the matte is, and whether its outline is the picture's own.

    The outline of a real thing is an edge of the frame; that of a ghost (what the plate wrongly
    holds) is an edge of the plate.
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
    return float(np.mean(decided) * steady * seen * whole * (0.3 + 0.7 * own))


def _own_edge(region: NDArray[np.bool_], picture: Pixels, behind: Pixels) -> float:
    """Share of the region's outline that is a sharper edge in the picture than in the plate."""
    mask = region.astype(np.uint8)
    rim = cv2.morphologyEx(mask, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    if not rim.any():
        return 0.0
    here, there = _steepness(picture)[rim], _steepness(behind)[rim]
    telling = np.maximum(here, there) > 6
    return float((here > there)[telling].mean()) if telling.any() else 0.0


def _steepness(pixels: Pixels) -> NDArray[np.float32]:
    """Gradient magnitude of the lightness, the largest within a pixel about."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    grey = cv2.GaussianBlur(grey, (3, 3), 0)
    slope = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    return np.asarray(slope, np.float32)


def _solidity(region: NDArray[np.bool_]) -> float:
    """Area of the region over that of the convex hull of its largest piece: below 0.3 for smears."""
    outlines, _ = cv2.findContours(
        region.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    if not outlines:
        return 0.0
    largest = cv2.convexHull(max(outlines, key=cv2.contourArea))
    inside = cv2.fillConvexPoly(np.zeros(region.shape, np.uint8), largest, 1) > 0
    return float((region & inside).sum()) / max(float(inside.sum()), 1.0)


def _window(small: NDArray[np.uint8], height: int, width: int) -> tuple[slice, slice] | None:
    """The rows and columns of the full frame that the matte touches, with a margin."""
    rows, columns = np.nonzero(small > 8)
    if len(rows) == 0:
        return None
    down, across = height / small.shape[0], width / small.shape[1]
    margin = 6
    top, bottom = max(rows.min() - margin, 0) * down, (rows.max() + 1 + margin) * down
    left, right = max(columns.min() - margin, 0) * across, (columns.max() + 1 + margin) * across
    return slice(int(top), min(int(bottom), height)), slice(int(left), min(int(right), width))


def steadiness(camera: Camera) -> None:
    """Nothing, or CannotDo where camera motion could not be understood."""
    if camera.cuts:
        msg = f"The clip has {len(camera.cuts)} cut(s); this edit works within one shot. Send one shot at a time."
        raise CannotDo(msg)
    if camera.trust < 0.3:
        msg = "The camera's motion could not be followed in this clip, so subject and background cannot be told apart."
        raise CannotDo(msg)
