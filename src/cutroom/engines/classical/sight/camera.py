"""How the camera moves: where every pixel of a frame lies in the clip's middle frame."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engine import Tick
from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sight.reel import Reel
from cutroom.engines.classical.sight.shots import is_cut

Matrix = NDArray[np.float64]

_STILL = 0.3
"""Small pixels a point may move between frames and count as resting."""


@dataclass(frozen=True)
class Camera:
    """The camera's path, in small pixels."""

    home: Matrix
    """(frames, 3, 3): homography from a frame to the middle frame."""
    still: bool
    """Whether it stands on a tripod: every matrix is the identity."""
    trust: float
    """0..1: typical share of tracked points that agree with the motion found."""
    cuts: tuple[int, ...]
    """Frames that begin a new shot."""
    width: int
    """Of a small frame."""


def watch(reel: Reel, tick: Tick) -> Camera:
    """Follow corners from frame to frame and fit what most of them agree on."""
    steps: list[Matrix] = [np.eye(3)]
    shares: list[float] = []
    cuts: list[int] = []
    before = _grey(reel[0])
    for index in range(1, len(reel)):
        now = _grey(reel[index])
        if is_cut(reel[index - 1], reel[index]):
            cuts.append(index)
            steps.append(np.eye(3))
        else:
            step, share = _step(before, now)
            steps.append(step)
            shares.append(share)
        before = now
        if index % 8 == 0:
            tick(0.0)
    path = _chain(steps)
    corners = _corners(reel.width, reel.height)
    travel = max(float(np.abs(_move(m, corners) - corners).max()) for m in path)
    middle = len(path) // 2
    back = np.linalg.inv(path[middle])
    still = travel < 1.5
    home = np.stack([np.eye(3) if still else back @ m for m in path])
    return Camera(home, still, float(np.median(shares)) if shares else 1.0, tuple(cuts), reel.width)


def _chain(steps: list[Matrix]) -> list[Matrix]:
    """Each frame to the first; steps map a frame to the one before it."""
    path = [np.eye(3)]
    for step in steps[1:]:
        whole = path[-1] @ step
        path.append(whole / whole[2, 2])
    return path


def _step(before: NDArray[np.uint8], now: NDArray[np.uint8]) -> tuple[Matrix, float]:
    """The motion that takes `now` onto `before`, and the share of points that agree."""
    points = cv2.goodFeaturesToTrack(now, 350, 0.004, 5, blockSize=5)
    if points is None or len(points) < 12:
        return np.eye(3), 0.5  # nothing to hold on to: a plain backdrop, taken as at rest
    found, good, _ = cv2.calcOpticalFlowPyrLK(now, before, points, points.copy(), winSize=(13, 13))
    back, good2, _ = cv2.calcOpticalFlowPyrLK(before, now, found, points.copy(), winSize=(13, 13))
    sure = (good.ravel() > 0) & (good2.ravel() > 0)
    sure &= np.abs(back - points).reshape(-1, 2).max(axis=1) < 0.5
    a, b = points.reshape(-1, 2)[sure], found.reshape(-1, 2)[sure]
    if len(a) < 10:
        return np.eye(3), 0.0
    resting = float((np.abs(b - a).max(axis=1) < _STILL).mean())
    if resting > 0.4:
        return np.eye(3), max(resting, 0.6)
    four, agreed = cv2.estimateAffinePartial2D(a, b, method=cv2.RANSAC, ransacReprojThreshold=0.7)
    if four is None:
        return np.eye(3), 0.0
    step, share = np.vstack([four, [0, 0, 1]]), float(agreed.mean())
    if len(a) >= 24:
        eight, agreed8 = cv2.findHomography(a, b, cv2.USAC_MAGSAC, 0.7)
        # Eight freedoms must earn their keep: on flat scenes they drift more than four.
        if eight is not None and agreed8.mean() > share + 0.08:
            step, share = eight, float(agreed8.mean())
    return np.asarray(step, np.float64), share


def _grey(pixels: Pixels) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def _corners(width: int, height: int) -> Matrix:
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], float)


def _move(matrix: Matrix, points: Matrix) -> Matrix:
    """Points (n, 2) through a homography."""
    flat = np.c_[points, np.ones(len(points))] @ matrix.T
    return np.asarray(flat[:, :2] / flat[:, 2:], np.float64)
