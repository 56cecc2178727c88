"""A frame cut into cells that stand still, each with one colour a frame: dots, tiles, panes."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.colour.grade import Floats
from cutroom.engines.classical.noise import dice
from cutroom.engines.classical.op import Pixels


class Tiles:
    """Voronoi cells around points of a jittered grid."""

    def __init__(
        self, height: int, width: int, pitch: float, key: Sequence[int], *, loose: float
    ) -> None:
        """Cells about `pitch` pixels across; `loose` 0 is a square grid, 1 no grid any more."""
        rows, columns = max(1, round(height / pitch)), max(1, round(width / pitch))
        self._grid = (columns + 2, rows + 2)
        rng = dice(*key)
        step = np.array([height / rows, width / columns])
        jitter = rng.uniform(-0.5, 0.5, (rows + 2, columns + 2, 2)) * loose
        cells = np.moveaxis(np.mgrid[-1 : rows + 1, -1 : columns + 1], 0, -1) + 0.5 + jitter
        self._points = (cells * step).reshape(-1, 2)
        self.count = len(self._points)
        self.label, near, second = self._nearest(height, width, rows, columns, step)
        self.away: Floats = np.asarray(near / pitch, np.float32)
        """Distance to the cell's point, in pitches, (height, width)."""
        self.border: Floats = np.asarray((second - near) / pitch, np.float32)
        """0 on the border between two cells, growing inwards, (height, width)."""

    def _nearest(
        self, height: int, width: int, rows: int, columns: int, step: NDArray[np.float64]
    ) -> tuple[NDArray[np.int32], Floats, Floats]:
        """For each pixel the index of its cell, and how far the nearest two points are."""
        y, x = np.mgrid[0:height, 0:width].astype(np.float32) + 0.5
        row, column = (y / step[0]).astype(np.int32) + 1, (x / step[1]).astype(np.int32) + 1
        label = np.zeros((height, width), np.int32)
        near = np.full((height, width), np.inf, np.float32)
        second = near.copy()
        points = self._points.astype(np.float32)
        for down in (-1, 0, 1):
            for across in (-1, 0, 1):
                at_row = np.clip(row + down, 0, rows + 1)
                index = at_row * (columns + 2) + np.clip(column + across, 0, columns + 1)
                away = np.hypot(points[index, 0] - y, points[index, 1] - x)
                closer = away < near
                second = np.where(
                    closer, near, np.minimum(second, np.where(index == label, np.inf, away))
                )
                label = np.where(closer, index, label)
                near = np.where(closer, away, near)
        return label.astype(np.int32), near, second

    def colours(self, pixels: Pixels) -> Pixels:
        """The frame's colour at each cell, (count, 3): the mean around its point."""
        height, width = pixels.shape[:2]
        columns, rows = self._grid
        fine = (max(1, 2 * (columns - 2)), max(1, 2 * (rows - 2)))
        small = cv2.resize(pixels, fine, interpolation=cv2.INTER_AREA)
        y = np.clip(self._points[:, 0] / height * fine[1], 0, fine[1] - 1).astype(np.intp)
        x = np.clip(self._points[:, 1] / width * fine[0], 0, fine[0] - 1).astype(np.intp)
        return np.asarray(small[y, x], np.uint8)

    def filled(self, colours: Pixels) -> Pixels:
        """A frame in which every cell has its colour."""
        packed = np.zeros((self.count, 4), np.uint8)
        packed[:, :3] = colours
        cells = np.take(packed.view(np.uint32).ravel(), self.label)
        rgba = cells.view(np.uint8).reshape(*self.label.shape, 4)
        return np.asarray(cv2.cvtColor(rgba, cv2.COLOR_RGBA2RGB), np.uint8)
