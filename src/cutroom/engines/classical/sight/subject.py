"""The one thing that moves: its matte, box and heading in every frame, and how sure all that is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sight.camera import Camera
from cutroom.engines.classical.sight.movers import Box, Mover, Movers
from cutroom.engines.classical.sight.reel import Shelf
from cutroom.errors import CannotDo

Alpha = NDArray[np.float32]
"""One matte, (height, width), 0..1."""

FOLLOWED = 0.62
"""Mattes less sure than this cannot be followed by a stand-in."""
CUT_OUT = 0.70
"""Mattes less sure than this have holes, ghosts and lost feet before a new background."""


class Unsure(CannotDo):
    """What may be meant is there, but which it is or where it ends is not sure enough."""


class Subject(Protocol):
    """Something that was found, to be cut out of every frame."""

    @property
    def trust(self) -> float:
        """How sure the matte is, 0..1."""

    def small(self, index: int) -> NDArray[np.uint8]:
        """The matte at analysis size, (height, width), 0..255."""

    def matte(self, pixels: Pixels, index: int) -> Alpha:
        """The matte at the size of `pixels`, 0..1."""

    def box(self, index: int) -> Box | None:
        """Its box in full-size pixels, None where it is not seen."""


@dataclass(frozen=True)
class Cut:
    """Something followed through the clip and cut out of every frame."""

    plane: Callable[[int], NDArray[np.uint8]]
    """The matte of a frame at analysis size, 0..255."""
    movers: tuple[Mover, ...]
    """What it is made of."""
    boxes: dict[int, Box]
    """Small pixels; frames without it are missing."""
    trust: float
    """0..1."""
    scale: tuple[float, float]

    def small(self, index: int) -> NDArray[np.uint8]:
        """The matte at analysis size, 0..255."""
        return self.plane(index)

    def matte(self, pixels: Pixels, index: int) -> Alpha:
        """The matte at the size of `pixels`, its edge laid along the picture's own."""
        height, width = pixels.shape[:2]
        small = self.small(index)
        alpha = np.zeros((height, width), np.float32)
        window = _window(small, height, width)
        if window is None:
            return alpha
        rows, columns = window
        grown = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
        rough = np.asarray(grown, np.uint8)
        alpha[rows, columns] = refine(pixels[rows, columns], rough[rows, columns], self.scale[0])
        return alpha

    def box(self, index: int) -> Box | None:
        """Its box in full-size pixels, None where it is not seen."""
        box = self.boxes.get(index)
        if box is None:
            return None
        across, down = self.scale
        return box[0] * across, box[1] * down, box[2] * across, box[3] * down


def refine(pixels: Pixels, rough: NDArray[np.uint8], scale: float) -> Alpha:
    """A soft matte 0..1 that follows the picture's edges, from one enlarged `scale` times."""
    guide = np.ascontiguousarray(pixels)
    radius = max(2, round(2.2 * scale))
    soft = cv2.ximgproc.guidedFilter(
        guide, rough.astype(np.float32) / 255, radius, 60.0, scale=0.5 if scale >= 3 else 1.0
    )
    soft = np.clip((soft - 0.22) / 0.56, 0, 1)
    return np.asarray(soft * soft * (3 - 2 * soft), np.float32)


def parts(
    chosen: Sequence[Mover], movers: Movers, likelihood: Shelf
) -> Callable[[int], NDArray[np.uint8]]:
    """The likelihood of some movers alone, per frame, 0..255."""

    def plane(index: int) -> NDArray[np.uint8]:
        wanted = np.zeros(256, bool)
        for mover in chosen:
            wanted[list(mover.labels.get(index, ()))] = True
        wanted[0] = False
        mine = wanted[movers.labels[index]].astype(np.uint8)
        region = cv2.dilate(mine, np.ones((5, 5), np.uint8))
        return np.asarray(likelihood[index] * region, np.uint8)

    return plane


def hull(chosen: Sequence[Mover]) -> dict[int, Box]:
    """The box about some movers in every frame that shows one."""
    boxes: dict[int, Box] = {}
    for mover in chosen:
        for index, box in mover.boxes.items():
            old = boxes.get(index, box)
            boxes[index] = (
                min(old[0], box[0]),
                min(old[1], box[1]),
                max(old[2], box[2]),
                max(old[3], box[3]),
            )
    return boxes


def _window(small: NDArray[np.uint8], height: int, width: int) -> tuple[slice, slice] | None:
    """The rows and columns of the full frame that the matte touches, with a margin."""
    rows, columns = np.nonzero(small > 8)
    if len(rows) == 0:
        return None
    down, across = height / small.shape[0], width / small.shape[1]
    margin = 6
    top, bottom = max(rows.min() - margin, 0) * down, (rows.max() + 1 + margin) * down
    left, right = max(columns.min() - margin, 0) * across, (columns.max() + 1 + margin) * across
    return slice(int(top), min(int(bottom), height)), slice(int(left), min(int(right), width))


def steadiness(camera: Camera) -> None:
    """Nothing, or CannotDo where camera motion could not be understood."""
    if camera.cuts:
        msg = f"The clip has {len(camera.cuts)} cut(s); this edit works within one shot. Send one shot at a time."
        raise CannotDo(msg)
    if camera.trust < 0.3:
        msg = "The camera's motion could not be followed in this clip, so subject and background cannot be told apart."
        raise CannotDo(msg)
