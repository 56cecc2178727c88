"""A still seen from a view: its far layer and its subject shifted by how near they are."""

import cv2
import numpy as np

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.stills.depth import Depth
from cutroom.engines.classical.stills.moves import Room, View
from cutroom.engines.classical.stills.regions import Float
from cutroom.engines.still import Fit

_STEP = 8
"""Pixels of the frame between the points at which the shift is worked out."""


class Parallax:
    """A fitted still with its depth; without, it is flat."""

    def __init__(self, fit: Fit, depth: Depth | None) -> None:
        self.fit, self.depth = fit, depth
        height, width = fit.picture.shape[:2]
        self._size = (width, height)
        self.behind = fit.picture
        """What is shown where the subject is not: the picture, filled in behind the subject."""
        self.cover: Float | None = None
        """The subject's cover at the picture's size."""
        if depth is not None and depth.cover is not None:
            cover = cv2.resize(depth.cover, self._size, interpolation=cv2.INTER_CUBIC)
            radius = max(2, round(height / 160))
            soft = cv2.ximgproc.guidedFilter(fit.picture, cover, radius, 80.0)
            self.cover = np.asarray(np.clip((soft - 0.2) / 0.6, 0, 1), np.float32)
            self.behind = filled(fit.picture, self.cover)
        self._near = depth.near if depth is not None else 0.0
        middling = float(np.median(depth.far)) if depth is not None else 0.0
        # What does not shift lies between the two layers: each then gives way half as far.
        self._pivot = (self._near + middling) / 2 if self.cover is not None else middling

    @property
    def room(self) -> Room:
        """What views have to stay within."""
        tall = self.fit.size[1] * self.fit.grain
        frame = (self.fit.size[0] / self.fit.size[1], 1.0)
        picture = (max(self._size[0] / tall, frame[0]), max(self._size[1] / tall, frame[1]))
        if self.depth is None:
            return Room(frame, picture)
        aim = tuple((a - 0.5) * p for a, p in zip(self.depth.aim, picture, strict=True))
        far = self.depth.far
        rim = np.concatenate([far[:, 0], far[:, -1], far[0], far[-1]])
        deep = (float(rim.min()) - self._pivot, float(rim.max()) - self._pivot)
        return Room(frame, picture, (aim[0], aim[1]), deep)

    def shown(self, view: View, behind: Pixels | None = None) -> Pixels:
        """The frame of a view; `behind` is the far layer at this moment, where it moves by itself."""
        behind = self.behind if behind is None else behind
        across, down = self._map(view, None)
        frame = cv2.remap(behind, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        if self.cover is None:
            return np.asarray(frame, np.uint8)
        across, down = self._map(view, self._near)
        cover = cv2.remap(
            self.cover, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        subject = cv2.remap(
            self.fit.picture, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
        )
        return _laid(
            np.asarray(frame, np.uint8),
            np.asarray(subject, np.uint8),
            np.asarray(cover, np.float32),
        )

    def _map(self, view: View, near: float | None) -> tuple[Float, Float]:
        """For every pixel of the frame where in the picture it comes from; `near`: for one nearness."""
        wide, tall = self.fit.size
        unit = tall * self.fit.grain
        rows = np.arange(0, tall + _STEP, _STEP, dtype=np.float32)
        columns = np.arange(0, wide + _STEP, _STEP, dtype=np.float32)
        x, y = np.meshgrid((columns + 0.5 - wide / 2) / tall, (rows + 0.5 - tall / 2) / tall)
        cos, sin = np.float32(np.cos(view.roll)), np.float32(np.sin(view.roll))
        x, y = (x * cos + y * sin) / view.zoom, (y * cos - x * sin) / view.zoom
        across, down = np.asarray(x + view.x, np.float32), np.asarray(y + view.y, np.float32)
        if self.depth is not None and (near is None or near != self._pivot):
            for _ in range(
                1 if near is not None else 3
            ):  # the depth is that of where it comes from
                away = (
                    np.float32(near - self._pivot) if near is not None else self._away(across, down)
                )
                grown = 1 + view.closer * away
                across = np.asarray(view.x + x / grown + view.aside * away, np.float32)
                down = np.asarray(view.y + y / grown - view.up * away, np.float32)
        size = (len(columns) * _STEP, len(rows) * _STEP)
        # Linear between the points: the maps of a grid that starts at pixel 0, so no half-pixel shift.
        return (
            _grown(across * unit + self._size[0] / 2 - 0.5, size)[:tall, :wide],
            _grown(down * unit + self._size[1] / 2 - 0.5, size)[:tall, :wide],
        )

    def _away(self, across: Float, down: Float) -> Float:
        """Nearness less the pivot's, at points of the picture."""
        assert self.depth is not None
        unit = self.fit.size[1] * self.fit.grain
        height, width = self.depth.far.shape
        column = (across * unit / self._size[0] + 0.5) * width - 0.5
        row = (down * unit / self._size[1] + 0.5) * height - 0.5
        far = cv2.remap(
            self.depth.far, column.astype(np.float32), row.astype(np.float32), cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip
        return np.asarray(far - np.float32(self._pivot), np.float32)


def _grown(grid: Float, size: tuple[int, int]) -> Float:
    """A grid at every `_STEP`th pixel as values at every pixel, exactly linear in between."""
    matrix = np.array([[1 / _STEP, 0, 0], [0, 1 / _STEP, 0]], np.float64)
    return np.asarray(
        cv2.warpAffine(
            grid.astype(np.float32), matrix, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        np.float32,
    )  # fmt: skip


def _laid(behind: Pixels, subject: Pixels, cover: Float) -> Pixels:
    """The subject over the far layer."""
    alpha = cv2.merge([np.asarray(cover * 255 + 0.5, np.uint8)] * 3)
    kept = cv2.multiply(behind, 255 - alpha, scale=1 / 255)
    return np.asarray(cv2.add(kept, cv2.multiply(subject, alpha, scale=1 / 255)), np.uint8)


def filled(picture: Pixels, cover: Float) -> Pixels:
    """The picture with the subject painted over from its surroundings.

    Only a rim of it will ever be seen, so Telea's filling of a small picture is enough; the grain of the
    surroundings is lost in it.
    """
    height, width = cover.shape
    share = min(1.0, 260 / max(height, width))
    size = (max(8, round(width * share)), max(8, round(height * share)))
    there = cv2.resize((cover > 0.04).astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA)
    hole = cv2.dilate((there > 0).astype(np.uint8), np.ones((5, 5), np.uint8))
    little = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    painted = cv2.inpaint(little, hole, 4, cv2.INPAINT_TELEA)
    large = cv2.resize(painted, (width, height), interpolation=cv2.INTER_CUBIC)
    seam = cv2.resize(hole.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    return _laid(picture, np.asarray(large, np.uint8), np.asarray(np.clip(seam, 0, 1), np.float32))
