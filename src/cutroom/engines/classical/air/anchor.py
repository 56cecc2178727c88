"""What hangs in the air stays with the world when the camera pans: where the world lies under the lens."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Pixels, Scene
from cutroom.media.decode import frames
from cutroom.types import Clip

_GLANCES = 3
"""Places in the clip that are looked at before the whole of it is."""
_STILL = 0.006
"""Shift between two frames of a glance, share of the height, up to which a corner is at rest."""
_RESTING = 0.35
"""Share of corners at rest from which on the camera is: the others are on what moves before it."""
_TRUST = 0.35
"""Share of tracked points that must agree before weather follows them."""


@dataclass(frozen=True)
class Anchor:
    """How far the world has moved across the lens since the first frame, in heights, (frames, 2)."""

    path: NDArray[np.float64]

    def at(self, index: int, depth: float = 0.0) -> tuple[float, float]:
        """(right, down) of what hangs in the air; depth 0 is far, 1 so near that it goes by faster."""
        x, y = self.path[min(max(index, 0), len(self.path) - 1)] * (1 + 0.5 * depth)
        return float(x), float(y)


def anchor(scene: Scene) -> Anchor:
    """The world's path under the camera of this clip; nothing but zeros for a camera at rest.

    The whole clip is looked at only where a few glances say that the camera moves: an analysis costs
    as much as the rain itself.
    """
    if scene.anchor is not None:
        return scene.anchor
    rest = Anchor(np.zeros((1, 2)))
    if scene.clip.frames < 3 or not _moves(scene.clip):
        return rest
    camera, reel = scene.sight.camera, scene.sight.reel
    if camera.still or camera.trust < _TRUST:
        return rest
    middle = np.array([reel.width / 2, reel.height / 2, 1.0])
    steps = np.zeros((len(camera.home), 2))
    for index in range(1, len(steps)):
        before, now = camera.home[index - 1], camera.home[index]
        seen = np.linalg.solve(before, now @ middle)  # the frame's middle, in the frame before it
        steps[index] = (middle - seen / seen[2])[:2] / reel.height
    steps = np.where(np.isfinite(steps) & (np.abs(steps) < 0.5), steps, 0.0)
    return Anchor(np.cumsum(steps, axis=0))


@lru_cache(maxsize=4)
def _moves(clip: Clip) -> bool:
    """Whether most of the picture shifts at one of the glances."""
    width = 200
    size = (width, max(16, round(width * clip.height / clip.width)))
    apart = max(1, min(round(float(clip.rate) / 4), clip.frames - 1))
    for n in range(_GLANCES):
        first = int((clip.frames - 1 - apart) * (n + 0.5) / _GLANCES)
        seen = [f.pixels for f in frames(clip, size=size, start=first, stop=first + apart + 1)]
        if len(seen) > 1 and _at_rest(seen[0], seen[-1]) < _RESTING:
            return True
    return False


def _at_rest(first: Pixels, second: Pixels) -> float:
    """Share of corners that have not moved; 1 where there are none to follow."""
    before, after = (
        np.asarray(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY), np.uint8) for p in (first, second)
    )
    points = cv2.goodFeaturesToTrack(before, 200, 0.01, 4)
    if points is None or len(points) < 12:
        return 1.0
    found, good, _ = cv2.calcOpticalFlowPyrLK(before, after, points, points.copy())
    moved = np.abs(found - points).reshape(-1, 2).max(axis=1)
    return float(((moved < _STILL * len(before)) & (good.ravel() > 0)).mean())
