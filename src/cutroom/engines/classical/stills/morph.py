"""The way from a first to a last image: bent into each other where they show one scene, else dissolved."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.stills.moves import ease
from cutroom.engines.classical.stills.regions import Float
from cutroom.engines.still import Fit

_SAME = 24
"""Matches that must agree on one homography for two images to show the same scene."""
_ALIKE = 0.6
"""Correlation of two blurred images above which they are taken for one scene without matches."""


@dataclass(frozen=True)
class Passage:
    """Frames on the way: share 0 is the first image, 1 the last."""

    first: Pixels
    last: Pixels
    flow: tuple[Float, Float] | None
    """Displacement (height, width, 2) of the first image's pixels to the last's, and the other way."""
    note: str

    def __call__(self, share: float) -> Pixels:
        """The frame at a share 0..1 of the way."""
        gone = ease(min(max(share, 0.0), 1.0))
        if gone <= 0:
            return self.first
        if gone >= 1:
            return self.last
        if self.flow is None:
            return self._dissolved(gone)
        height, width = self.first.shape[:2]
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        ends = []
        for picture, flow, way in zip(
            (self.first, self.last), self.flow, (gone, 1 - gone), strict=True
        ):
            step = np.float32(way) * _midway(flow, way)
            ends.append(_moved(picture, x - step[..., 0], y - step[..., 1]))
        mix = gone * gone * (3 - 2 * gone)
        return np.asarray(cv2.addWeighted(ends[0], 1 - mix, ends[1], mix, 0), np.uint8)

    def _dissolved(self, gone: float) -> Pixels:
        """The camera goes closer to the first, and comes to rest before the last."""
        one = _closer(self.first, 1 + 0.10 * gone)
        two = _closer(self.last, 1 + 0.10 * (1 - gone))
        mix = float(np.clip((gone - 0.3) / 0.4, 0, 1))
        mix = mix * mix * (3 - 2 * mix)
        return np.asarray(cv2.addWeighted(one, 1 - mix, two, mix, 0), np.uint8)


def _midway(flow: Float, share: float) -> Float:
    """The displacement at where a pixel is after a share of its way: one step of a fixed point."""
    height, width = flow.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return np.asarray(
        cv2.remap(flow, x - np.float32(share) * flow[..., 0], y - np.float32(share) * flow[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
        np.float32,
    )  # fmt: skip


def passage(first: Fit, last: Fit) -> Passage:
    """The way between two images fitted to the same frame."""
    one, two = _frame(first), _frame(last)
    matrix = _aligned(one, two)
    if matrix is None and _likeness(one, two) < _ALIKE:
        return Passage(one, two, None, "The two images do not show the same scene from near the same place, so the film goes closer to the first and dissolves into the last.")  # fmt: skip
    way = np.eye(3) if matrix is None else matrix
    there = _flow(one, two, way)
    back = _flow(two, one, np.asarray(np.linalg.inv(way), np.float64))
    return Passage(one, two, (there, back), "The first image was bent into the last along the motion found between them.")  # fmt: skip


def _frame(fit: Fit) -> Pixels:
    """The middle of a fitted picture, as large as the frame."""
    wide, tall = fit.size
    height, width = fit.picture.shape[:2]
    across, down = round(wide * fit.grain), round(tall * fit.grain)
    top, left = (height - down) // 2, (width - across) // 2
    part = fit.picture[top : top + down, left : left + across]
    way = cv2.INTER_AREA if fit.grain > 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(part, (wide, tall), interpolation=way), np.uint8)


def _aligned(one: Pixels, two: Pixels) -> NDArray[np.float64] | None:
    """The homography from the first to the last; None where too few matches agree on one."""
    shrink = min(1.0, 720 / max(one.shape[:2]))
    greys = [
        cv2.resize(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY), None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        for p in (one, two)
    ]  # fmt: skip
    finder = cv2.SIFT.create(1500)
    points, marks = zip(*(finder.detectAndCompute(g, None) for g in greys), strict=True)
    if any(m is None or len(m) < _SAME for m in marks):
        return None
    pairs = cv2.BFMatcher().knnMatch(marks[0], marks[1], k=2)
    good = [m for m, n in (p for p in pairs if len(p) == 2) if m.distance < 0.75 * n.distance]
    if len(good) < _SAME:
        return None
    here = np.array([points[0][m.queryIdx].pt for m in good]) / shrink
    there = np.array([points[1][m.trainIdx].pt for m in good]) / shrink
    matrix, agreed = cv2.findHomography(here, there, cv2.USAC_MAGSAC, 3.0)
    if matrix is None or int(agreed.sum()) < _SAME or not _plausible(matrix, one.shape[1], one.shape[0]):  # fmt: skip
        return None
    return np.asarray(matrix, np.float64)


def _plausible(matrix: NDArray[np.float64], width: int, height: int) -> bool:
    """Whether the frame's corners stay a frame: no fold, no more than 2.2 times larger or smaller."""
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)[:, None]
    moved = cv2.perspectiveTransform(corners, matrix)
    area = cv2.contourArea(moved.astype(np.float32), oriented=True) / (width * height)
    return bool(cv2.isContourConvex(moved.astype(np.float32)) and 0.2 < area < 4.8)


def _likeness(one: Pixels, two: Pixels) -> float:
    """Correlation of two pictures, small and blurred."""
    small = [
        cv2.GaussianBlur(cv2.resize(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY), (96, 54)), (0, 0), 1.5).astype(np.float64).ravel()
        for p in (one, two)
    ]  # fmt: skip
    return (
        float(np.corrcoef(small[0], small[1])[0, 1]) if min(np.std(s) for s in small) > 1 else 0.0
    )


def _flow(one: Pixels, two: Pixels, matrix: NDArray[np.float64]) -> Float:
    """Displacement of every pixel of the first picture to the second, along a homography and what is left."""
    height, width = one.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    spots = cv2.perspectiveTransform(np.dstack([x, y]).reshape(-1, 1, 2), matrix)
    whole = spots.reshape(height, width, 2) - np.dstack([x, y])
    seen = cv2.remap(two, x + whole[..., 0], y + whole[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
    shrink = min(1.0, 480 / max(height, width))
    greys = [
        cv2.resize(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY), None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        for p in (one, np.asarray(seen, np.uint8))
    ]  # fmt: skip
    flow = np.zeros((*greys[0].shape, 2), np.float32)
    rest = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(
        greys[0], greys[1], flow
    )
    rest = cv2.GaussianBlur(rest, (0, 0), 2.0) / shrink
    rest = cv2.resize(rest, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(whole + rest, np.float32)


def _moved(picture: Pixels, x: Float, y: Float) -> Pixels:
    return np.asarray(
        cv2.remap(picture, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101),
        np.uint8,
    )  # fmt: skip


def _closer(picture: Pixels, zoom: float) -> Pixels:
    height, width = picture.shape[:2]
    matrix = np.array(
        [[zoom, 0, (1 - zoom) * (width - 1) / 2], [0, zoom, (1 - zoom) * (height - 1) / 2]]
    )
    return np.asarray(
        cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_LINEAR), np.uint8
    )
