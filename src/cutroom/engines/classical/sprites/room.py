"""Where a newcomer finds room: on the ground that others stand on, as tall as they are, beside them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Scene

_UPRIGHT = 1.2
"""A box taller than wide by this may be somebody on their feet."""
_LANES = 49
"""Places across the picture that are tried."""


@dataclass(frozen=True)
class Room:
    """Where the feet go and how tall one is there; full-size pixels."""

    x: float
    y: float
    tall: float
    beside: bool
    """Whether the size was taken from somebody in the clip."""


def room(scene: Scene, ratio: float, side: str, *, upright: bool) -> Room:
    """Room for something `ratio` as wide as tall, on a side (left, middle, right; empty: anywhere)."""
    width, height = scene.clip.width, scene.clip.height
    others = _others(scene)
    tall, foot = _measure(others, height)
    beside = tall > 0
    if not beside:
        tall, foot = 0.46 * height, 0.90 * height
    if not upright:
        tall = min(0.42 * tall, 0.3 * height)
    return Room(_lane(others, width, ratio * tall, side), foot, tall, beside)


def _others(scene: Scene) -> list[NDArray[np.float64]]:
    """The boxes (frames, 4) of what stands out or moves, full-size pixels, heaviest first."""
    sight = scene.sight
    if sight.camera.cuts:
        return []
    across, down = sight.reel.scale
    found = [*sight.movers.found[:4], *sight.salient.found[:4]]
    least = 0.004 * sight.area
    return [
        np.array(list(mover.boxes.values())) * (across, down, across, down)
        for mover in found
        if mover.mass > least * max(len(mover.boxes), 1)
    ]


def _measure(others: list[NDArray[np.float64]], height: int) -> tuple[float, float]:
    """(how tall, where the feet) of the tallest upright one; 0 where there is none."""
    best = (0.0, 0.0)
    for boxes in others:
        tall = float(np.median(boxes[:, 3] - boxes[:, 1]))
        wide = float(np.median(boxes[:, 2] - boxes[:, 0]))
        foot, top = float(np.median(boxes[:, 3])), float(np.median(boxes[:, 1]))
        if tall < max(_UPRIGHT * wide, 0.2 * height):
            continue
        if foot > 0.97 * height:  # cut off by the frame: heads on one level, feet out of sight
            tall = 1.6 * tall
            foot = top + tall
        if tall > best[0]:
            best = (tall, foot)
    return best


def _lane(others: list[NDArray[np.float64]], width: int, wide: float, side: str) -> float:
    """Where across the picture it is least in the way, near to where it is wanted."""
    low, high = {"left": (0.08, 0.42), "right": (0.58, 0.92), "middle": (0.34, 0.66)}.get(
        side, (0.1, 0.9)
    )
    wanted = {"left": 0.24, "right": 0.76}.get(side, 0.5) * width
    lanes = np.linspace(low, high, _LANES) * width
    cost = 0.5 * np.abs(lanes - wanted) / width
    for boxes in others:
        middle, half = boxes[:, [0, 2]].mean(axis=1), (boxes[:, 2] - boxes[:, 0]) / 2
        gap = np.abs(lanes[:, None] - middle) - half - wide / 2
        cost += np.clip(-gap / max(wide, 1.0), 0, 1).mean(axis=1)
    # Better cut by nothing than by the frame.
    cost += np.clip((wide / 2 - np.minimum(lanes, width - lanes)) / max(wide, 1.0), 0, 1)
    return float(lanes[int(cost.argmin())])
