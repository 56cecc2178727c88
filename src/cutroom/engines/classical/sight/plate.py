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
CANVAS = 24_000_000
"""Most pixels of a canvas at full size: a long way in 4K is pieced together smaller, and enlarged."""
_PICTURES = 300_000_000
"""Most bytes of the pictures that a plate at full size is made of, seven of them at least."""
_STRIP = 48_000_000
"""Bytes of all pictures' samples for the rows of a canvas that are sorted at a time."""
_ROWS = 256
"""Rows of a canvas that are mixed at a time."""
_INPAINT = 1_000_000
"""Pixels of a canvas above which what no picture shows is made up from a smaller one."""


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
    camera: Camera, size: tuple[int, int], scale: tuple[float, float], most: int = 0
) -> tuple[Matrix, tuple[int, int]]:
    """(matrices frame -> canvas, (width, height) of the canvas) for frames of `size`.

    `scale` is pixels of such a frame per small pixel; `most`, where it is not 0, the most pixels of
    the canvas: a larger one is shrunk, and what is seen of it enlarged again by the matrices. Raises
    CannotDo where the camera turns so far that one canvas cannot hold what it saw.
    """
    grow = np.diag([scale[0], scale[1], 1.0])
    home = np.stack([grow @ m @ np.linalg.inv(grow) for m in camera.home])
    if camera.still:
        return _bounded(home, size, most)
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
    return _bounded(np.stack([shift @ m for m in home]), (wide, tall), most)


def _bounded(home: Matrix, canvas: tuple[int, int], most: int) -> tuple[Matrix, tuple[int, int]]:
    """The same on a canvas of at most so many pixels; 0: of any."""
    wide, tall = canvas
    if not most or wide * tall <= most:
        return home, canvas
    share = (most / (wide * tall)) ** 0.5
    size = max(1, int(wide * share)), max(1, int(tall * share))
    shrink = np.diag([size[0] / wide, size[1] / tall, 1.0])
    return np.stack([shrink @ m for m in home]), size


def sampled(size: tuple[int, int], most: int) -> int:
    """How many full-size pictures a plate may be made of: seven to `most`, as memory allows."""
    return max(7, min(most, _PICTURES // (size[0] * size[1] * 5)))


def build(
    pictures: Sequence[tuple[int, Pixels, NDArray[np.bool_] | None]],
    to_canvas: Matrix,
    canvas: tuple[int, int],
    tick: Tick,
) -> Plate:
    """The plate from (frame index, picture, where it must not be trusted) of some frames."""
    size = (int(pictures[0][1].shape[1]), int(pictures[0][1].shape[0]))
    wide, tall = canvas
    shown = [_shown(picture, gap) for _, picture, gap in pictures]
    pixels = np.zeros((tall, wide, 3), np.uint8)
    spread = np.zeros((tall, wide), np.float32)
    seen = np.zeros((tall, wide), bool)
    strip = max(8, _STRIP // (len(pictures) * wide * 6))
    for top in range(0, tall, strip):
        rows = slice(top, min(top + strip, tall))
        stack = np.full((len(pictures), rows.stop - top, wide, 3), _GAP, np.int16)
        for row, (index, picture, _) in enumerate(pictures):
            moved, there = picture[rows], shown[row][rows]
            if canvas != size:
                matrix = np.array([[1, 0, 0], [0, 1, -top], [0, 0, 1]]) @ to_canvas[index]
                part = (wide, rows.stop - top)
                moved = np.asarray(cv2.warpPerspective(picture, matrix, part), np.uint8)
                there = np.asarray(cv2.warpPerspective(shown[row], matrix, part), np.uint8)
            stack[row][there > 250] = moved[there > 250]
            tick(0.0)
        pixels[rows], spread[rows], seen[rows] = _median(stack, tick)
    if not seen.all():
        pixels = _made_up(pixels, seen)
    return Plate(pixels, spread, seen, to_canvas, size)


def _shown(picture: Pixels, gap: NDArray[np.bool_] | None) -> NDArray[np.uint8]:
    """255 where a picture may be trusted to show the place."""
    shown = np.full(picture.shape[:2], 255, np.uint8)
    if gap is not None:
        shown[gap] = 0
    return shown


def _median(
    stack: NDArray[np.int16], tick: Tick
) -> tuple[Pixels, NDArray[np.float32], NDArray[np.bool_]]:
    """(median of what was seen, median deviation from it, where anything was), in bands to spare memory."""
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
    return pixels, spread, seen


def _made_up(pixels: Pixels, seen: NDArray[np.bool_]) -> Pixels:
    """The canvas with what no picture showed continued from what is round about."""
    gap = (~seen).astype(np.uint8)
    share = min(1.0, (_INPAINT / gap.size) ** 0.5)
    if share == 1:
        return np.asarray(cv2.inpaint(pixels, gap, 3, cv2.INPAINT_TELEA), np.uint8)
    size = (max(1, round(gap.shape[1] * share)), max(1, round(gap.shape[0] * share)))
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    # A small pixel that the gap touches at all is unknown: its colour is a mixture.
    lost = cv2.resize(gap * np.uint8(255), size, interpolation=cv2.INTER_AREA) > 0
    filled = cv2.inpaint(small, lost.astype(np.uint8), 3, cv2.INPAINT_TELEA)
    grown = cv2.resize(filled, gap.shape[::-1], interpolation=cv2.INTER_LINEAR)
    pixels[~seen] = grown[~seen]
    return pixels


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
    cover = cv2.blur(seen, (width, width))
    pixels = np.empty_like(second.pixels)
    for top in range(0, tall, _ROWS):
        rows = slice(top, top + _ROWS)
        share = (cover[rows].astype(np.float32) / 255)[..., None]
        mixed = base[rows] + share * (second.pixels[rows].astype(np.float32) - base[rows])
        pixels[rows] = np.clip(mixed + 0.5, 0, 255)
    return replace(second, pixels=pixels)
