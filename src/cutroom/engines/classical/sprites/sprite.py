"""A cut-out, and how it is laid into a frame."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.noise import dice
from cutroom.engines.classical.op import Pixels

Float = NDArray[np.float32]


@dataclass(frozen=True)
class Sprite:
    """A picture with a soft outline, cropped to it."""

    pixels: Pixels
    """(height, width, 3), RGB; outside the outline its colours are continued, not black."""
    alpha: Float
    """(height, width), 0..1."""

    @property
    def width(self) -> int:
        """Pixels across."""
        return int(self.alpha.shape[1])

    @property
    def height(self) -> int:
        """Pixels down."""
        return int(self.alpha.shape[0])

    def mirrored(self) -> "Sprite":
        """Left and right exchanged."""
        return Sprite(
            np.ascontiguousarray(self.pixels[:, ::-1]), np.ascontiguousarray(self.alpha[:, ::-1])
        )

    def sized(self, height: float) -> "Sprite":
        """The sprite scaled to `height` pixels, without aliasing."""
        scale = height / self.height
        size = (max(1, round(self.width * scale)), max(1, round(height)))
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        weighed = cv2.resize(
            self.pixels.astype(np.float32) * self.alpha[..., None], size, interpolation=way
        )
        alpha = np.clip(cv2.resize(self.alpha, size, interpolation=way), 0, 1)
        plain = cv2.resize(self.pixels, size, interpolation=cv2.INTER_AREA)
        solid = weighed / np.maximum(alpha[..., None], 0.02)
        pixels = np.where(alpha[..., None] > 0.05, solid, plain)
        return Sprite(np.clip(pixels, 0, 255).astype(np.uint8), np.asarray(alpha, np.float32))

    def graded(self, gain: float, tint: NDArray[np.float64]) -> "Sprite":
        """Brightness times `gain`, then `tint` (3,) in code values added."""
        pixels = np.clip(self.pixels * gain + tint, 0, 255).astype(np.uint8)
        return replace(self, pixels=pixels)


def lay(frame: Pixels, sprite: Sprite, matrix: NDArray[np.float64], strength: float = 1.0) -> None:
    """Lay the sprite into `frame`, in place; `matrix` (2, 3) takes sprite to frame pixels."""
    window = _window(sprite, matrix, frame.shape[:2])
    if window is None or strength <= 0:
        return
    rows, columns, moved = window
    size = (columns.stop - columns.start, rows.stop - rows.start)
    alpha = cv2.warpAffine(sprite.alpha, moved, size, flags=cv2.INTER_LINEAR)
    pixels = cv2.warpAffine(
        sprite.pixels, moved, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    part = frame[rows, columns]
    cover = (alpha * np.float32(strength))[..., None]
    part[:] = (part + cover * (pixels.astype(np.float32) - part) + 0.5).astype(np.uint8)


def shadow(
    frame: Pixels, centre: tuple[float, float], size: tuple[float, float], depth: float
) -> None:
    """Darken a soft ellipse of half axes `size` in place; depth 0..1 is how much light it takes."""
    half_x, half_y = max(size[0], 1), max(size[1], 1)
    left, right = int(centre[0] - 2 * half_x), int(centre[0] + 2 * half_x) + 1
    top, bottom = int(centre[1] - 2 * half_y), int(centre[1] + 2 * half_y) + 1
    left, top = max(left, 0), max(top, 0)
    right, bottom = min(right, frame.shape[1]), min(bottom, frame.shape[0])
    if left >= right or top >= bottom:
        return
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    far = ((x - centre[0]) / half_x) ** 2 + ((y - centre[1]) / half_y) ** 2
    keep = 1 - depth * np.exp(-1.4 * far)
    part = frame[top:bottom, left:right]
    part[:] = (part * keep[..., None]).astype(np.uint8)


def grainy(frame: Pixels, before: Pixels, amount: float, seed: int, index: int) -> None:
    """Give what changed from `before` to `frame` the clip's own grain, in place."""
    if amount < 0.4:
        return
    changed = (cv2.absdiff(frame, before).max(axis=2) > 3).astype(np.uint8)
    rows, columns = np.nonzero(changed)
    if len(rows) == 0:
        return
    box = slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)
    part = frame[box]
    noise = dice(seed, 431, index).normal(0, amount, part.shape[:2]).astype(np.float32)
    noisy = part + (noise * changed[box])[..., None]
    part[:] = np.clip(noisy, 0, 255).astype(np.uint8)


def grain_of(pixels: Pixels) -> float:
    """The grain of a picture: deviation of its finest detail where it is flat, code values."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine = grey[:-1, :-1] - grey[1:, :-1] - grey[:-1, 1:] + grey[1:, 1:]
    rows = np.array_split(np.abs(fine), 12, axis=0)
    cells = [cell for row in rows for cell in np.array_split(row, 16, axis=1)]
    calm = sorted(float(np.median(cell)) for cell in cells)
    return calm[len(calm) // 5] * 1.4826 / 2


def _window(
    sprite: Sprite, matrix: NDArray[np.float64], shape: tuple[int, ...]
) -> tuple[slice, slice, NDArray[np.float64]] | None:
    """Rows and columns of the frame that the sprite touches, and the matrix into them."""
    corners = np.array(
        [[0, 0, 1], [sprite.width, 0, 1], [0, sprite.height, 1], [sprite.width, sprite.height, 1]]
    )
    spots = corners @ matrix.T
    left, top = np.floor(spots.min(axis=0)).astype(int) - 1
    right, bottom = np.ceil(spots.max(axis=0)).astype(int) + 1
    left, top = max(int(left), 0), max(int(top), 0)
    right, bottom = min(int(right), shape[1]), min(int(bottom), shape[0])
    if left >= right or top >= bottom:
        return None
    moved = matrix.copy()
    moved[:, 2] -= (left, top)
    return slice(top, bottom), slice(left, right), moved


def placed(
    sprite: Sprite,
    at: tuple[float, float],
    *,
    pivot: tuple[float, float] = (0.5, 1.0),
    scale: tuple[float, float] = (1.0, 1.0),
    turn: float = 0.0,
) -> NDArray[np.float64]:
    """The matrix (2, 3) that puts the sprite's pivot (shares of its size) at a frame position.

    `scale` stretches across and down, `turn` rotates in radians, clockwise on the screen.
    """
    cos, sin = np.cos(turn), np.sin(turn)
    linear = np.array([[cos, -sin], [sin, cos]]) @ np.diag(scale)
    held = np.array([pivot[0] * sprite.width, pivot[1] * sprite.height])
    return np.asarray(np.c_[linear, np.array(at) - linear @ held], np.float64)
