"""The place without what moves in it: a temporal median, wider than a frame if the camera pans."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engine import Tick
from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sight.camera import Camera, Matrix
from cutroom.errors import CannotDo

_GAP = 999
"""Stands for `not seen` in sorting; above every colour."""


@dataclass(frozen=True)
class Plate:
    """The empty place on a canvas that holds every frame."""

    pixels: Pixels
    """The canvas, (height, width, 3), RGB."""
    spread: NDArray[np.float32]
    """How far a pixel usually strays from the plate, grey levels, (height, width)."""
    seen: NDArray[np.bool_]
    """Where any frame showed the place."""
    to_canvas: Matrix
    """(frames, 3, 3): from a frame's pixels to the canvas."""
    size: tuple[int, int]
    """(width, height) of a frame."""

    def behind(self, index: int) -> Pixels:
        """The empty place as frame `index` would show it."""
        if self.pixels.shape[1::-1] == self.size:
            return self.pixels
        return self.view(self.pixels, index)

    def view(self, canvas: Pixels, index: int) -> Pixels:
        """Any picture on the canvas as frame `index` would show it."""
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return np.asarray(
            cv2.warpPerspective(
                canvas,
                self.to_canvas[index],
                self.size,
                flags=flags,
                borderMode=cv2.BORDER_REPLICATE,
            ),
            np.uint8,
        )


def canvas_of(
    camera: Camera, size: tuple[int, int], scale: tuple[float, float]
) -> tuple[Matrix, tuple[int, int]]:
    """(matrices frame -> canvas, (width, height) of the canvas) for frames of `size`.

    `scale` is pixels of such a frame per small pixel. Raises CannotDo where the camera turns so far
    that one canvas cannot hold what it saw.
    """
    grow = np.diag([scale[0], scale[1], 1.0])
    home = np.stack([grow @ m @ np.linalg.inv(grow) for m in camera.home])
    if camera.still:
        return home, size
    width, height = size
    corners = np.array([[0, 0, 1], [width, 0, 1], [width, height, 1], [0, height, 1]], float)
    flat = corners @ np.transpose(home, (0, 2, 1))
    spots = (flat[..., :2] / flat[..., 2:]).reshape(-1, 2)
    low, high = np.floor(spots.min(axis=0)), np.ceil(spots.max(axis=0))
    wide, tall = (int(v) for v in high - low)
    if (flat[..., 2] <= 0.2).any() or wide * tall > 7 * width * height:
        msg = "The camera moves too far in this clip for its background to be pieced together."
        raise CannotDo(msg)
    shift = np.array([[1, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1]])
    return np.stack([shift @ m for m in home]), (wide, tall)


def build(
    pictures: Sequence[tuple[int, Pixels, NDArray[np.bool_] | None]],
    to_canvas: Matrix,
    canvas: tuple[int, int],
    tick: Tick,
) -> Plate:
    """The plate from (frame index, picture, where it must not be trusted) of some frames."""
    size = pictures[0][1].shape[1::-1]
    wide, tall = canvas
    stack = np.full((len(pictures), tall, wide, 3), _GAP, np.int16)
    for row, (index, picture, hidden) in enumerate(pictures):
        shown = np.full(picture.shape[:2], 255, np.uint8)
        if hidden is not None:
            shown[hidden] = 0
        if canvas != size:
            shown = np.asarray(cv2.warpPerspective(shown, to_canvas[index], canvas), np.uint8)
            moved = cv2.warpPerspective(picture, to_canvas[index], canvas)
        else:
            moved = picture
        stack[row][shown > 250] = moved[shown > 250]
        tick(0.0)
    return _median(stack, to_canvas, (int(size[0]), int(size[1])), tick)


def _median(
    stack: NDArray[np.int16], to_canvas: Matrix, size: tuple[int, int], tick: Tick
) -> Plate:
    """Median and median deviation of what was seen, in bands of rows to spare memory."""
    rows, tall, wide = stack.shape[:3]
    pixels = np.zeros((tall, wide, 3), np.uint8)
    spread = np.zeros((tall, wide), np.float32)
    seen = np.zeros((tall, wide), bool)
    band = max(8, 400_000 // (rows * wide))
    for top in range(0, tall, band):
        part = np.sort(stack[:, top : top + band], axis=0)
        count = (part[..., 0] != _GAP).sum(axis=0)
        pick = np.maximum(count - 1, 0) // 2
        middle = np.take_along_axis(part, pick[None, ..., None], axis=0)[0]
        away = np.where(part == _GAP, _GAP, np.abs(part - middle)).max(axis=3)
        away = np.take_along_axis(np.sort(away, axis=0), pick[None], axis=0)[0]
        pixels[top : top + band] = np.where(count[..., None] > 0, middle, 0)
        spread[top : top + band] = np.where(count > 0, away, 0)
        seen[top : top + band] = count > 0
        tick(0.0)
    if not seen.all():
        radius = 3
        pixels = np.asarray(
            cv2.inpaint(pixels, (~seen).astype(np.uint8), radius, cv2.INPAINT_TELEA)
        )
    return Plate(pixels, spread, seen, to_canvas, size)


def hidden(likelihood: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.bool_]:
    """Where a frame of `size` must not be trusted to show the place: movers and their rims."""
    mask = cv2.dilate((likelihood > 60).astype(np.uint8), np.ones((7, 7), np.uint8))
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST) > 0, np.bool_)


def patched(first: Plate, second: Plate) -> Plate:
    """The second plate where it was seen, else the first, enlarged if need be.

    The seam is softened, for the two were made of different frames.
    """
    tall, wide = second.seen.shape
    base = cv2.resize(first.pixels, (wide, tall), interpolation=cv2.INTER_CUBIC)
    width = max(3, round(wide / 160) | 1)
    seen = cv2.erode(second.seen.astype(np.uint8) * 255, np.ones((width, width), np.uint8))
    share = (cv2.blur(seen, (width, width)).astype(np.float32) / 255)[..., None]
    pixels = base + share * (second.pixels.astype(np.float32) - base)
    return replace(second, pixels=np.asarray(np.clip(pixels + 0.5, 0, 255), np.uint8))
