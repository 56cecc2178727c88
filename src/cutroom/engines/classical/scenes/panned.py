"""A backdrop as a camera that moves sees it: drawn larger than the frame, and looked at frame by frame."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.scenes.backdrop import Backdrop
from cutroom.engines.classical.sight.camera import Camera
from cutroom.engines.classical.sight.plate import canvas_of
from cutroom.errors import CannotDo

_MOST = 2.4
"""How many times a frame's area a backdrop may have; a camera that sees more moves it less."""
_LESS = (1.0, 0.7, 0.5, 0.35, 0.2, 0.1)
"""Shares of the camera's motion that are tried."""


@dataclass(frozen=True)
class Panned:
    """Where each frame lies on a backdrop."""

    to_canvas: NDArray[np.float64]
    """(frames, 3, 3): from a frame to the canvas."""
    canvas: tuple[int, int]
    """(width, height)."""
    size: tuple[int, int]
    """(width, height) of a frame."""
    share: float
    """Share of the camera's motion that the backdrop follows; less than 1 where it would leave it."""

    @property
    def still(self) -> bool:
        """Whether the backdrop fills the frame and stays."""
        return self.canvas == self.size

    def feet(self, share: float) -> float:
        """A height in the frame, as a share of it, as a share of the canvas in the middle of the clip."""
        if self.still:
            return share
        middle = self.to_canvas[len(self.to_canvas) // 2]
        spot = middle @ np.array([self.size[0] / 2, share * self.size[1], 1.0])
        return float(np.clip(spot[1] / spot[2] / self.canvas[1], 0, 1))

    def seen(self, backdrop: Backdrop, drawn: tuple[int, int]) -> Callable[[int, float], Pixels]:
        """(index, seconds) -> the frame's view of a backdrop that is drawn at the size `drawn`."""
        if self.still and drawn == self.size:
            return lambda _, seconds: backdrop(seconds)
        shrink = np.diag([drawn[0] / self.canvas[0], drawn[1] / self.canvas[1], 1.0])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP

        def view(index: int, seconds: float) -> Pixels:
            matrix = shrink @ self.to_canvas[min(index, len(self.to_canvas) - 1)]
            picture = backdrop(seconds)
            moved = cv2.warpPerspective(
                picture, matrix, self.size, flags=flags, borderMode=cv2.BORDER_REPLICATE
            )
            return np.asarray(moved, np.uint8)

        return view


def panned(camera: Camera, size: tuple[int, int], scale: tuple[float, float]) -> Panned:
    """How a backdrop for frames of `size` goes with the camera, `scale` pixels to a small one.

    What is far away goes with the turning of a camera in full, so the camera's own homographies
    hold for it.
    """
    if not camera.still:
        for share in _LESS:
            home = np.stack([np.eye(3) + share * (m / m[2, 2] - np.eye(3)) for m in camera.home])
            try:
                matrices, canvas = canvas_of(replace(camera, home=home), size, scale)
            except CannotDo:
                continue
            if canvas[0] * canvas[1] <= _MOST * size[0] * size[1]:
                return Panned(matrices, canvas, size, share)
    return Panned(
        np.stack([np.eye(3)] * len(camera.home)), size, size, 0.0 if not camera.still else 1.0
    )
