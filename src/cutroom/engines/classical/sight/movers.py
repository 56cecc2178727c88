"""What moves: blobs of the matte followed from frame to frame."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from cutroom.engine import Tick
from cutroom.engines.classical.sight.boxes import Box, hull, inside
from cutroom.engines.classical.sight.camera import Camera
from cutroom.engines.classical.sight.reel import Reel, Shelf
from cutroom.engines.classical.sight.trails import Trail, ended, extend

__all__ = ["Box", "Mover", "Movers", "follow", "inside"]


@dataclass(frozen=True)
class Mover:
    """One thing that moves through the clip."""

    boxes: dict[int, Box]
    """Its box in every frame it is seen in, smoothed over time."""
    mass: int
    """Small pixels times frames."""
    labels: dict[int, tuple[int, ...]]
    """Its blobs' numbers in `Movers.labels` per frame."""
    shared: int = 0
    """Further frames in which it is one blob with another, so that no matte of it alone is known."""

    def share(self, frames: int) -> float:
        """Share of the clip's frames it is seen in."""
        return len(self.boxes) / max(frames, 1)


@dataclass(frozen=True)
class Movers:
    """All movers, heaviest first, and the blobs they are made of."""

    found: tuple[Mover, ...]
    labels: Shelf
    """Blob number of every small pixel, 0 for none."""


def follow(likelihood: Shelf, reel: Reel, camera: Camera, tick: Tick) -> Movers:
    """Join the blobs of all frames into movers."""
    count, height, width = likelihood.planes.shape
    labels = Shelf(count, height, width)
    live: list[Trail] = []
    gone: list[Trail] = []
    for index in range(count):
        labels[index] = extend(live, likelihood[index], reel[index], index, camera)
        if index % 8 == 0:
            tick(0.0)
            gone += [t for t in live if ended(t, index)]
            live = [t for t in live if not ended(t, index)]
    least = 0.0008 * width * height * max(count * 0.15, 2)
    kept = [t for t in _merge(gone + live) if t.mass > least]
    kept.sort(key=lambda t: -t.mass)
    return Movers(tuple(_mover(t) for t in kept), labels)


_BLOCK = 32
"""Frames in a block: only trails seen in one block are compared, so that long clips take no longer a frame."""


def _merge(trails: list[Trail]) -> list[Trail]:
    """Trails that overlap through most of the shorter one's life are one thing in pieces."""
    whole: list[Trail] = []
    seen_in: dict[int, set[int]] = defaultdict(set)
    for trail in sorted(trails, key=lambda t: -t.mass):
        blocks = {index // _BLOCK for index in trail.boxes}
        near = sorted(set().union(*(seen_in[block] for block in blocks)))
        at = next((n for n in near if _piece(trail, whole[n])), len(whole))
        if at == len(whole):
            whole.append(trail)
        else:
            _absorb(whole[at], trail)
        for block in blocks:
            seen_in[block].add(at)
    return whole


def _piece(trail: Trail, big: Trail) -> bool:
    """Whether a trail lives within a larger one."""
    shared = trail.boxes.keys() & big.boxes.keys()
    touching = sum(inside(trail.boxes[i], big.boxes[i]) > 0.5 for i in shared)
    return bool(shared) and touching > 0.6 * len(trail.boxes)


def _absorb(big: Trail, piece: Trail) -> None:
    """Take a piece into the thing it belongs to."""
    for i, box in piece.boxes.items():
        big.boxes[i] = hull(big.boxes[i], box) if i in big.boxes else box
        big.areas[i] = big.areas.get(i, 0) + piece.areas[i]
        big.labels.setdefault(i, []).extend(piece.labels[i])


def _mover(trail: Trail) -> Mover:
    """The trail with its boxes smoothed over +-2 frames, where it was not one blob with another."""
    frames = sorted(trail.boxes.keys() - trail.shared)
    raw = np.array([trail.boxes[i] for i in frames])
    weights = np.array([0.1, 0.2, 0.4, 0.2, 0.1])
    padded = np.pad(raw, ((2, 2), (0, 0)), mode="edge")
    soft = sum(w * padded[k : k + len(raw)] for k, w in enumerate(weights))
    boxes = {
        i: (float(b[0]), float(b[1]), float(b[2]), float(b[3]))
        for i, b in zip(frames, np.asarray(soft), strict=True)
    }
    return Mover(boxes, trail.mass, {i: tuple(trail.labels[i]) for i in frames}, len(trail.shared))
