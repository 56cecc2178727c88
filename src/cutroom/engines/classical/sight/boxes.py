"""Boxes in small pixels: how they overlap, and where the camera carries them."""

import numpy as np

from cutroom.engines.classical.sight.camera import Camera

Box = tuple[float, float, float, float]
"""(left, top, right, bottom) in small pixels."""


def carried(box: Box, camera: Camera, start: int, end: int) -> Box:
    """Where the box would lie in frame `end` if only the camera had moved."""
    if camera.still:
        return box
    matrix = np.linalg.inv(camera.home[end]) @ camera.home[start]
    x, y = centre(box)
    there = matrix @ np.array([x, y, 1])
    return shifted(box, there[0] / there[2] - x, there[1] / there[2] - y)


def shifted(box: Box, dx: float, dy: float) -> Box:
    """The box elsewhere."""
    return box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy


def centre(box: Box) -> tuple[float, float]:
    """Its middle."""
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def area(box: Box) -> float:
    """Small pixels; 0 for an empty box."""
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def meet(a: Box, b: Box) -> float:
    """The area that both cover."""
    return area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))


def overlap(a: Box, b: Box) -> float:
    """Intersection over union."""
    both = meet(a, b)
    return both / max(area(a) + area(b) - both, 1e-6)


def inside(small: Box, big: Box) -> float:
    """Share of `small` within `big` grown by a tenth."""
    w, h = 0.1 * (big[2] - big[0]), 0.1 * (big[3] - big[1])
    return meet(small, (big[0] - w, big[1] - h, big[2] + w, big[3] + h)) / max(area(small), 1e-6)


def distance(a: Box, b: Box) -> float:
    """Between the middles."""
    return float(np.hypot((a[0] + a[2] - b[0] - b[2]) / 2, (a[1] + a[3] - b[1] - b[3]) / 2))


def hull(a: Box, b: Box) -> Box:
    """The least box about both."""
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])
