"""A cut-out on a mesh of triangles, bent as rigidly as it can be, and drawn.

The bending is Sorkine and Alexa's (As-Rigid-As-Possible Surface Modeling, 2007) in the plane: in turns every
vertex takes the rotation that suits its neighbours best, and all vertices the places that suit the rotations.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sprites.sprite import Sprite

Points = NDArray[np.float64]

_CELLS = 24
"""Cells along the longer side of a cut-out."""
_ROUNDS = 4
_PULL = 40.0
"""How much a handle weighs against one edge of the mesh."""


@dataclass(frozen=True)
class Mesh:
    """Triangles that cover a cut-out."""

    points: Points
    """(n, 2) x, y in the cut-out's pixels."""
    triangles: NDArray[np.int32]
    """(m, 3)."""
    edges: NDArray[np.int32]
    """(e, 2), each once."""


def mesh_of(sprite: Sprite) -> Mesh:
    """Squares cut in two, wherever the cut-out is; joined where its parts touch."""
    step = max(sprite.width, sprite.height) / _CELLS
    across, down = max(1, round(sprite.width / step)), max(1, round(sprite.height / step))
    there = cv2.dilate((sprite.alpha > 0.04).astype(np.uint8), np.ones((3, 3), np.uint8))
    covered = cv2.resize(there * 255, (across, down), interpolation=cv2.INTER_AREA) > 0
    x, y = np.linspace(0, sprite.width, across + 1), np.linspace(0, sprite.height, down + 1)
    number = np.full((down + 1, across + 1), -1, np.int32)
    corners = np.zeros((down + 1, across + 1), bool)
    for dy in (0, 1):
        for dx in (0, 1):
            corners[dy : dy + down, dx : dx + across] |= covered
    number[corners] = np.arange(corners.sum())
    grid = np.stack(np.meshgrid(x, y), axis=-1)
    rows, columns = np.nonzero(covered)
    a, b = number[rows, columns], number[rows, columns + 1]
    c, d = number[rows + 1, columns], number[rows + 1, columns + 1]
    triangles = np.concatenate([np.stack([a, b, d], 1), np.stack([a, d, c], 1)])
    pairs = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    edges = np.unique(np.sort(pairs, axis=1), axis=0)
    return Mesh(np.asarray(grid[corners], np.float64), triangles.astype(np.int32), edges.astype(np.int32))  # fmt: skip


class Bender:
    """A mesh with handles; the same handles always give the same shape."""

    def __init__(self, mesh: Mesh, handles: Points) -> None:
        """`handles` (k, 2): points of the cut-out at rest that will be put somewhere."""
        self.mesh = mesh
        count = len(mesh.points)
        self._at = _held(mesh, handles)
        one, two = mesh.edges.T
        laplace = np.zeros((count, count))
        np.add.at(laplace, (one, one), 1.0)
        np.add.at(laplace, (two, two), 1.0)
        np.add.at(laplace, (one, two), -1.0)
        np.add.at(laplace, (two, one), -1.0)
        self._solve = np.linalg.inv(laplace + _PULL * self._at.T @ self._at + 1e-9 * np.eye(count))

    def bent(self, places: Points, guess: Points) -> Points:
        """The vertices (n, 2) when the handles are at `places`; `guess` is where to begin."""
        rest, now = self.mesh.points, guess
        one, two = self.mesh.edges.T
        count = len(rest)
        before = rest[one] - rest[two]
        pull = _PULL * self._at.T @ places
        for _ in range(_ROUNDS):
            after = now[one] - now[two]
            dot = (before * after).sum(axis=1)
            cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
            turn = np.arctan2(
                np.bincount(one, cross, count) + np.bincount(two, cross, count),
                np.bincount(one, dot, count) + np.bincount(two, dot, count),
            )
            half = (turn[one] + turn[two]) / 2  # of the two rotations' means, for small differences
            cos, sin = np.cos(half), np.sin(half)
            want = np.stack(
                [cos * before[:, 0] - sin * before[:, 1], sin * before[:, 0] + cos * before[:, 1]],
                1,
            )
            right = pull.copy()
            np.add.at(right, one, want)
            np.add.at(right, two, -want)
            now = self._solve @ right
        return np.asarray(now, np.float64)


def _held(mesh: Mesh, handles: Points) -> Points:
    """(handles, vertices): each handle as a mix of the corners of the triangle it lies in or nearest to."""
    corners = mesh.points[mesh.triangles]
    frames = np.concatenate([corners, np.ones((*corners.shape[:2], 1))], axis=2)
    there = np.c_[handles, np.ones(len(handles))]
    shares = np.einsum("ki,mij->kmj", there, np.linalg.inv(frames))
    best = shares.min(axis=2).argmax(axis=1)
    mix = np.zeros((len(handles), len(mesh.points)))
    for row, triangle in enumerate(best):
        mix[row, mesh.triangles[triangle]] = shares[row, triangle]
    return mix


def drawn(frame: Pixels, sprite: Sprite, mesh: Mesh, places: Points) -> None:
    """Lay the cut-out into a frame, in place, its mesh's vertices at `places` (n, 2)."""
    height, width = frame.shape[:2]
    low = np.maximum(np.floor(places.min(axis=0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(places.max(axis=0)).astype(int) + 2, (width, height))
    if (low >= high).any():
        return
    size = high - low
    number = np.full((size[1], size[0]), -1, np.int32)
    spots = places - low
    for index, corners in enumerate(np.round(spots[mesh.triangles] * 16).astype(np.int32)):
        cv2.fillConvexPoly(number, corners, index, cv2.LINE_8, 4)
    inside = number >= 0
    maps = _inverse(mesh, spots)[np.maximum(number, 0)]
    y, x = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    across = maps[..., 0] * x + maps[..., 1] * y + maps[..., 2] - np.float32(0.5)
    down = maps[..., 3] * x + maps[..., 4] * y + maps[..., 5] - np.float32(0.5)
    alpha = cv2.remap(sprite.alpha, across, down, cv2.INTER_LINEAR) * inside
    pixels = cv2.remap(
        sprite.pixels, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    part = frame[low[1] : high[1], low[0] : high[0]]
    part[:] = (part + alpha[..., None] * (pixels.astype(np.float32) - part) + 0.5).astype(np.uint8)


def _inverse(mesh: Mesh, spots: Points) -> NDArray[np.float32]:
    """For every triangle the six numbers that take a pixel of the frame into the cut-out."""
    there, here = spots[mesh.triangles], mesh.points[mesh.triangles]
    frames = np.concatenate([there, np.ones((*there.shape[:2], 1))], axis=2)
    flat = np.abs(np.linalg.det(frames)) < 1e-6
    frames[flat] = np.eye(3)
    # A pixel's middle is half a pixel on from its corner.
    numbers = np.linalg.solve(frames, here).transpose(0, 2, 1)
    numbers[..., 2] += 0.5 * (numbers[..., 0] + numbers[..., 1])
    return np.asarray(numbers.reshape(len(there), 6), np.float32)
