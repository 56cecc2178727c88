"""Of what size a film of a still is, and which part of the picture it shows."""

import math
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.errors import CannotDo
from cutroom.media.images import load

Pixels = NDArray[np.uint8]

RATE = 24
"""Frames a second of every film made of a still."""
_AREA = 1280 * 720
"""Pixels of a frame, where the image has them."""
_LARGER = 2.0
"""Most times that a small image is enlarged."""
_SPARE = 1.5
"""Most pixels of the picture that are kept per pixel of the frame, for the camera to move in on."""
_KEPT = 0.5
"""Share of the image that a crop has to leave; else the whole image is shown on a blurred ground."""
_LONGEST = 1920
ASPECTS = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1)}


@dataclass(frozen=True)
class Fit:
    """A still prepared for a frame."""

    picture: Pixels
    """(height, width, 3), RGB; covers the frame and, along one side, may be longer."""
    size: tuple[int, int]
    """(width, height) of the film; even."""
    grain: float
    """Pixels of the picture for one pixel of the frame, when the frame is filled."""
    notes: tuple[str, ...]


def _size(width: int, height: int, aspect: str | None) -> tuple[int, int]:
    across, down = ASPECTS[aspect] if aspect else (width, height)
    if max(across, down) > 4 * min(across, down):
        raise CannotDo(
            f"The image is {width}x{height}, longer than four times its other side; ask for an aspect_ratio."
        )
    ratio = across / down
    tall = math.sqrt(_AREA / ratio)
    covers = max(tall * ratio / width, tall / height)
    if min(ratio, width / height) / max(ratio, width / height) < _KEPT:  # shown whole, see `fit`
        covers = min(tall * ratio / width, tall / height)
    tall *= min(1.0, _LARGER / covers, _LONGEST / max(tall * ratio, tall))
    return max(2, 2 * round(tall * ratio / 2)), max(2, 2 * round(tall / 2))


def fit(path: Path, aspect: str | None, size: tuple[int, int] | None = None) -> Fit:
    """The image prepared for a frame of its own size, or of `size`. Raises InvalidMedia, CannotDo."""
    pixels, notes = opaque(load(path))
    height, width = pixels.shape[:2]
    size = size or _size(width, height, aspect)
    covers = max(size[0] / width, size[1] / height)
    kept = (size[0] / covers / width) * (size[1] / covers / height)
    if kept < _KEPT:
        pixels = _padded(pixels, size)
        height, width = pixels.shape[:2]
        covers = max(size[0] / width, size[1] / height)
        notes += ("The image's shape is far from the frame's, so it is shown whole on a blurred ground.",)  # fmt: skip
    elif kept < 0.985:
        notes += (f"The image is cropped to the frame's shape; {kept:.0%} of it is shown.",)
    if covers > 1.05:
        notes += (f"The image is small: it is enlarged {covers:.1f} times.",)
    grain = float(np.clip(1 / covers, 1.0, _SPARE))
    scale = covers * grain
    want = (max(math.ceil(width * scale), round(size[0] * grain)), max(math.ceil(height * scale), round(size[1] * grain)))  # fmt: skip
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    picture = pixels if want == (width, height) else cv2.resize(pixels, want, interpolation=way)
    return Fit(np.ascontiguousarray(picture, np.uint8), size, grain, notes)


def opaque(rgba: Pixels) -> tuple[Pixels, tuple[str, ...]]:
    """RGB; what is transparent lies on white."""
    pixels = np.ascontiguousarray(rgba[..., :3])
    if rgba[..., 3].min() == 255:
        return pixels, ()
    alpha = rgba[..., 3:].astype(np.float32) / 255
    laid = pixels * alpha + 255 * (1 - alpha)
    return np.asarray(laid + 0.5, np.uint8), ("The image's transparent parts are shown white.",)


def _padded(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """The whole image in the middle of itself, enlarged, blurred and darkened, in the frame's shape."""
    height, width = pixels.shape[:2]
    ratio = size[0] / size[1]
    wide, tall = (round(height * ratio), height) if width < height * ratio else (width, round(width / ratio))  # fmt: skip
    scale = max(wide / width, tall / height)
    large = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    top, left = (large.shape[0] - tall) // 2, (large.shape[1] - wide) // 2
    ground = cv2.GaussianBlur(large[top : top + tall, left : left + wide], (0, 0), tall / 28)
    ground = np.asarray(ground * 0.6, np.uint8)
    ground = cv2.resize(ground, (wide, tall)) if ground.shape[:2] != (tall, wide) else ground
    top, left = (tall - height) // 2, (wide - width) // 2
    ground[top : top + height, left : left + width] = pixels
    return np.asarray(ground, np.uint8)
