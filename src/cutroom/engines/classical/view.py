"""The picture seen through a window of its own size: nearer, to one side, turned."""

import math
from typing import NamedTuple

import cv2
import numpy as np

from cutroom.engines.classical.op import Pixels, Scene


class Window(NamedTuple):
    """What part of the picture is shown."""

    zoom: float = 1.0
    x: float = 0.5
    """Its middle, share of the width."""
    y: float = 0.5
    turn: float = 0.0
    """Degrees by which the picture turns clockwise."""

    def inside(self) -> "Window":
        """The same, moved so far that it shows nothing beyond the picture's edge (turned ones aside)."""
        half = 0.5 / self.zoom
        x, y = (min(max(at, half), 1 - half) for at in (self.x, self.y))
        return self._replace(x=x, y=y)


def seen(pixels: Pixels, window: Window) -> Pixels:
    """The picture through the window, in its own size; beyond the edge its last pixels go on."""
    height, width = pixels.shape[:2]
    angle = math.radians(window.turn)
    # From where it is shown to where it lies; pixels are counted from their middles.
    cos, sin = math.cos(angle) / window.zoom, math.sin(angle) / window.zoom
    across, down = (width - 1) / 2, (height - 1) / 2
    x, y = window.x * width - 0.5, window.y * height - 0.5
    back = np.array(
        [[cos, sin, x - cos * across - sin * down], [-sin, cos, y + sin * across - cos * down]]
    )
    shown = cv2.warpAffine(
        pixels,
        back,
        (width, height),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(shown, np.uint8)


def filling(turn: float, width: int, height: int) -> float:
    """The zoom at which a picture turned by so many degrees still fills its frame."""
    angle = abs(math.radians(turn))
    return math.cos(angle) + math.sin(angle) * max(width / height, height / width)


def way(scene: Scene, seconds: float) -> float:
    """How far a movement over the whole clip is, 0..1: it starts and ends gently."""
    step = 1 / float(scene.clip.rate)
    at = min(max(seconds / max(float(scene.clip.duration) - step, step), 0.0), 1.0)
    return at * at * (3 - 2 * at)
