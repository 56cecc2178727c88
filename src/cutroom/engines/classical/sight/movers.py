"""What moves: blobs of the matte followed from frame to frame."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engine import Tick
from cutroom.engines.classical.sight.camera import Camera
from cutroom.engines.classical.sight.reel import Shelf

Box = tuple[float, float, float, float]
"""(left, top, right, bottom) in small pixels."""


@dataclass
class _Trail:
    """A blob being followed."""

    boxes: dict[int, Box] = field(default_factory=dict)
    areas: dict[int, int] = field(default_factory=dict)
    labels: dict[int, list[int]] = field(default_factory=dict)

    @property
    def last(self) -> int:
        return max(self.boxes)

    @property
    def mass(self) -> int:
        return sum(self.areas.values())


@dataclass(frozen=True)
class Mover:
    """One thing that moves through the clip."""

    boxes: dict[int, Box]
    """Its box in every frame it is seen in, smoothed over time."""
    mass: int
    """Small pixels times frames."""
    labels: dict[int, tuple[int, ...]]
    """Its blobs' numbers in `Movers.labels` per frame."""

    def share(self, frames: int) -> float:
        """Share of the clip's frames it is seen in."""
        return len(self.boxes) / max(frames, 1)


@dataclass(frozen=True)
class Movers:
    """All movers, heaviest first, and the blobs they are made of."""

    found: tuple[Mover, ...]
    labels: Shelf
    """Blob number of every small pixel, 0 for none."""


def follow(likelihood: Shelf, camera: Camera, tick: Tick) -> Movers:
    """Join the blobs of all frames into movers."""
    count, height, width = likelihood.planes.shape
    labels = Shelf(count, height, width)
    trails: list[_Trail] = []
    for index in range(count):
        plane, blobs = _blobs(likelihood[index])
        labels[index] = plane
        _extend(trails, blobs, index, camera, 0.05 * width)
        if index % 8 == 0:
            tick(0.0)
    least = 0.0008 * width * height * max(count * 0.15, 2)
    kept = [t for t in _merge(trails) if t.mass > least]
    kept.sort(key=lambda t: -t.mass)
    return Movers(tuple(_mover(t) for t in kept), labels)


def _blobs(plane: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], list[tuple[int, Box, int]]]:
    """(label plane, [(label, box, area)]) of what is more likely thing than not; near pieces joined."""
    mask = (plane > 127).astype(np.uint8)
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((9, 5), np.uint8))
    count, marks, stats, _ = cv2.connectedComponentsWithStats(joined)
    least = 0.0006 * mask.size
    keep = [k for k in range(1, count) if stats[k, cv2.CC_STAT_AREA] > least]
    keep = sorted(keep, key=lambda k: -int(stats[k, cv2.CC_STAT_AREA]))[:30]
    number = np.zeros(count, np.uint8)
    blobs = []
    for label, k in enumerate(keep, start=1):
        number[k] = label
        x, y, w, h, area = (int(v) for v in stats[k])
        blobs.append((label, (float(x), float(y), float(x + w), float(y + h)), area))
    return np.asarray(number[marks], np.uint8), blobs


def _extend(
    trails: list[_Trail],
    blobs: list[tuple[int, Box, int]],
    index: int,
    camera: Camera,
    reach: float,
) -> None:
    """Hand every blob of a frame to the trail it continues, largest first; else begin one."""
    for label, box, area in blobs:
        best, score = None, 0.0
        for trail in trails:
            gap = index - trail.last
            if gap > 12 or gap < 0:
                continue
            was = _carry(trail.boxes[trail.last], camera, trail.last, index)
            fit = _overlap(was, box)
            if fit == 0:
                fit = 0.1 * max(0.0, 1 - _distance(was, box) / (reach * (1 + 0.3 * gap)))
            fit *= 0.92**gap
            if fit > score:
                best, score = trail, fit
        if best is None or score < 0.01:
            best = _Trail()
            trails.append(best)
        if index in best.boxes:
            best.boxes[index] = _hull(best.boxes[index], box)
            best.areas[index] += area
            best.labels[index].append(label)
        else:
            best.boxes[index], best.areas[index], best.labels[index] = box, area, [label]


def _merge(trails: list[_Trail]) -> list[_Trail]:
    """Trails that overlap through most of the shorter one's life are one thing in pieces."""
    ordered = sorted(trails, key=lambda t: -t.mass)
    whole: list[_Trail] = []
    for trail in ordered:
        for big in whole:
            shared = trail.boxes.keys() & big.boxes.keys()
            touching = sum(inside(trail.boxes[i], big.boxes[i]) > 0.5 for i in shared)
            if shared and touching > 0.6 * len(trail.boxes):
                for i in trail.boxes:
                    big.boxes[i] = (
                        _hull(big.boxes[i], trail.boxes[i]) if i in big.boxes else trail.boxes[i]
                    )
                    big.areas[i] = big.areas.get(i, 0) + trail.areas[i]
                    big.labels.setdefault(i, []).extend(trail.labels[i])
                break
        else:
            whole.append(trail)
    return whole


def _mover(trail: _Trail) -> Mover:
    """The trail with its boxes smoothed over +-2 frames."""
    frames = sorted(trail.boxes)
    raw = np.array([trail.boxes[i] for i in frames])
    weights = np.array([0.1, 0.2, 0.4, 0.2, 0.1])
    padded = np.pad(raw, ((2, 2), (0, 0)), mode="edge")
    soft = sum(w * padded[k : k + len(raw)] for k, w in enumerate(weights))
    boxes = {
        i: (float(b[0]), float(b[1]), float(b[2]), float(b[3]))
        for i, b in zip(frames, np.asarray(soft), strict=True)
    }
    return Mover(boxes, trail.mass, {i: tuple(v) for i, v in trail.labels.items()})


def _carry(box: Box, camera: Camera, start: int, end: int) -> Box:
    """Where the box would lie in frame `end` if only the camera had moved."""
    if camera.still:
        return box
    matrix = np.linalg.inv(camera.home[end]) @ camera.home[start]
    centre = matrix @ np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2, 1])
    dx = centre[0] / centre[2] - (box[0] + box[2]) / 2
    dy = centre[1] / centre[2] - (box[1] + box[3]) / 2
    return box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy


def _area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def _meet(a: Box, b: Box) -> float:
    return _area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))


def _overlap(a: Box, b: Box) -> float:
    both = _meet(a, b)
    return both / max(_area(a) + _area(b) - both, 1e-6)


def inside(small: Box, big: Box) -> float:
    """Share of `small` within `big` grown by a tenth."""
    w, h = 0.1 * (big[2] - big[0]), 0.1 * (big[3] - big[1])
    return _meet(small, (big[0] - w, big[1] - h, big[2] + w, big[3] + h)) / max(_area(small), 1e-6)


def _distance(a: Box, b: Box) -> float:
    return float(np.hypot((a[0] + a[2] - b[0] - b[2]) / 2, (a[1] + a[3] - b[1] - b[3]) / 2))


def _hull(a: Box, b: Box) -> Box:
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])
