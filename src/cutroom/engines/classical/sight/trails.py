"""Blobs of the matte handed from frame to frame, so that a thing keeps its identity.

A trail foretells its box by how it went. What is lost behind something for a while comes back as
the same trail if it is where it should be and has the same colours; two that run into one blob
are told apart in it by where each should be, until they part.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sight.boxes import (
    Box,
    area,
    carried,
    distance,
    hull,
    inside,
    overlap,
    shifted,
)
from cutroom.engines.classical.sight.camera import Camera

Plane = NDArray[np.uint8]
Colours = NDArray[np.float32]

_LOST = 30
"""Frames after which what was lost does not come back."""
_JOINED = 24
"""Frames for which two in one blob are kept apart."""


@dataclass
class Trail:
    """A thing being followed."""

    boxes: dict[int, Box] = field(default_factory=dict)
    areas: dict[int, int] = field(default_factory=dict)
    labels: dict[int, list[int]] = field(default_factory=dict)
    colours: Colours = field(default_factory=lambda: np.zeros(64, np.float32))
    """Shares of coarse colours, the mean over the frames seen alone."""
    shared: set[int] = field(default_factory=set)
    """Frames in which it was in one blob with another: where it is is known, what covers it is not."""
    joined: int = 0
    """Frames that it has been in one blob with another."""
    before: tuple[float, float] | None = None
    """How it went before it was in one blob with another, small pixels a frame."""
    last: int = -1
    """The last frame it was seen in."""

    @property
    def mass(self) -> int:
        """Small pixels times frames."""
        return sum(self.areas.values())

    def pace(self, camera: Camera) -> tuple[float, float]:
        """How it goes of late, small pixels a frame, the camera's motion taken out."""
        if self.before is not None:
            return self.before
        frames = [i for i in range(self.last - 5, self.last + 1) if i in self.boxes]
        if len(frames) < 3:
            return 0.0, 0.0
        start, end = frames[0], frames[-1]
        was, now = carried(self.boxes[start], camera, start, end), self.boxes[end]
        return _way(was, now, 0) / (end - start), _way(was, now, 1) / (end - start)

    def foretold(self, camera: Camera, index: int) -> Box:
        """Where it should be in a frame."""
        gap = index - self.last
        dx, dy = self.pace(camera)
        still = carried(self.boxes[self.last], camera, self.last, index)
        return shifted(still, dx * gap, dy * gap)

    def seen(self, index: int, box: Box, size: int, label: int) -> None:
        """Take a blob in."""
        if index in self.boxes:
            self.boxes[index] = hull(self.boxes[index], box)
            self.areas[index] += size
            self.labels[index].append(label)
        else:
            self.boxes[index], self.areas[index], self.labels[index] = box, size, [label]
            self.last = max(self.last, index)


def _way(was: Box, now: Box, axis: int) -> float:
    """How far a box went along an axis; of one that something begins to hide, its hind edge tells."""
    low, high = now[axis] - was[axis], now[axis + 2] - was[axis + 2]
    if now[axis + 2] - now[axis] < 0.8 * (was[axis + 2] - was[axis]):
        return max(low, high, key=abs)
    return (low + high) / 2


def ended(trail: Trail, index: int) -> bool:
    """Whether a thing cannot come back any more after a frame."""
    return index - trail.last >= _LOST


@dataclass(frozen=True)
class _Blob:
    label: int
    box: Box
    size: int
    colours: Colours


def extend(
    trails: list[Trail], likelihood: Plane, picture: Pixels, index: int, camera: Camera
) -> Plane:
    """Hand every blob of a frame to the trail it continues, or begin one; the blobs' label plane."""
    plane, blobs = _blobs(likelihood, picture)
    active = [t for t in trails if 0 < index - t.last <= _LOST]
    for blob in blobs:
        if pair := _two_in_one(active, blob, index, camera):
            _share(pair, blob, plane, index, camera)
            continue
        best = _continued([*active, *(t for t in trails if t.last == index)], blob, index, camera)
        if best is None:
            best = Trail()
            trails.append(best)
        if index not in best.boxes:
            weight = 0.2 if best.boxes else 1.0
            best.colours = best.colours + weight * (blob.colours - best.colours)
            best.joined, best.before = 0, None
        best.seen(index, blob.box, blob.size, blob.label)
    return plane


def _blobs(plane: Plane, picture: Pixels) -> tuple[Plane, list[_Blob]]:
    """(label plane, blobs, largest first) of what is more likely thing than not; near pieces joined."""
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
        x, y, w, h, size = (int(v) for v in stats[k])
        within = (marks[y : y + h, x : x + w] == k) & (mask[y : y + h, x : x + w] > 0)
        colours = _colours(picture[y : y + h, x : x + w][within])
        blobs.append(_Blob(label, (float(x), float(y), float(x + w), float(y + h)), size, colours))
    return np.asarray(number[marks], np.uint8), blobs


def _colours(pixels: Pixels) -> Colours:
    """Shares of 64 coarse colours among pixels (n, 3)."""
    coarse = (pixels >> 6).astype(np.int32)
    index = coarse[:, 0] * 16 + coarse[:, 1] * 4 + coarse[:, 2]
    counts = np.bincount(index, minlength=64).astype(np.float32)
    return counts / max(float(counts.sum()), 1.0)


def _alike(a: Colours, b: Colours) -> float:
    """Share of the colours that both have."""
    return float(np.minimum(a, b).sum())


def _continued(trails: list[Trail], blob: _Blob, index: int, camera: Camera) -> Trail | None:
    """The trail that a blob fits best, by place, and by colour after a while out of sight."""
    reach = 0.05 * camera.width
    best, score = None, 0.01
    for trail in trails:
        gap = index - trail.last
        was = trail.foretold(camera, index) if gap else trail.boxes[index]
        fit = overlap(was, blob.box)
        if gap:
            resting = carried(trail.boxes[trail.last], camera, trail.last, index)
            fit = max(fit, 0.9 * overlap(resting, blob.box))
        if fit == 0:
            wide = reach * (1 + 0.3 * gap) + 0.5 * gap * float(np.hypot(*trail.pace(camera)))
            fit = 0.1 * max(0.0, 1 - distance(was, blob.box) / wide)
        alike = _alike(trail.colours, blob.colours)
        if gap > 6 and alike < 0.45:
            continue
        fit *= 0.97**gap * (0.6 + 0.4 * alike)
        if fit > score:
            best, score = trail, fit
    return best


def _two_in_one(
    active: list[Trail], blob: _Blob, index: int, camera: Camera
) -> tuple[Trail, Trail] | None:
    """The two trails that should both be in a blob and go different ways; None for all else."""
    held = [
        t
        for t in active
        if index - t.last <= 3 and len(t.boxes) >= 4 and t.joined < _JOINED
        and t.areas[t.last] > 0.12 * blob.size
        and inside(t.foretold(camera, index), blob.box) > 0.6
    ]  # fmt: skip
    held = sorted(held, key=lambda t: -t.areas[t.last])[:2]
    if len(held) < 2 or sum(t.areas[t.last] for t in held) < 0.6 * blob.size:
        return None
    one, two = (t.pace(camera) for t in held)
    apart = float(np.hypot(one[0] - two[0], one[1] - two[1]))
    # Pieces of one thing go together; they may be one blob again.
    least = min(area(t.boxes[t.last]) for t in held) ** 0.5
    return (held[0], held[1]) if apart > max(0.8, 0.03 * least) else None


def _share(
    pair: tuple[Trail, Trail], blob: _Blob, plane: Plane, index: int, camera: Camera
) -> None:
    """Part a blob between two trails, in `plane`: each pixel goes to the one it should be nearer to."""
    rows, columns = np.nonzero(plane == blob.label)
    away = []
    for trail in pair:
        x0, y0, x1, y1 = trail.foretold(camera, index)
        across = np.abs(columns - (x0 + x1) / 2) / max((x1 - x0) / 2, 1)
        down = np.abs(rows - (y0 + y1) / 2) / max((y1 - y0) / 2, 1)
        away.append(np.maximum(across, down))
    second = away[1] < away[0]
    fresh = int(plane.max()) + 1
    plane[rows[second], columns[second]] = fresh
    for trail, label, mine in ((pair[0], blob.label, ~second), (pair[1], fresh, second)):
        if trail.before is None:
            trail.before = trail.pace(camera)
        trail.joined += 1
        trail.shared.add(index)
        trail.seen(index, trail.foretold(camera, index), int(mine.sum()), label)
