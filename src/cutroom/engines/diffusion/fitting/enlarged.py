"""A model's frame at the clip's size, as sharp as the clip where the model kept what the clip shows."""

from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.diffusion.family import Pixels

Plane: TypeAlias = NDArray[np.float32]
Picture: TypeAlias = NDArray[np.float32]

_COARSE = 2.5
"""Radius of the blur below which structure is compared, in the model's pixels."""
_ABOUT = 4.0
"""Radius of the neighbourhood over which it is."""
_FLAT = 6.0
"""Variance of luma below which there is no structure."""
_ALIKE = (0.5, 0.85)
"""Correlation from which the clip's detail is believed to belong, and from which all of it does."""


def enlarged(made: Pixels, here: Pixels, pixels: Pixels) -> Picture:
    """The made frame as large as `pixels`, the clip's frame, of which `here` is what the model saw; floats.

    A model's size has no room for the clip's finest detail. Where the made frame has the structure of the
    clip's, in whatever colour, that detail is laid on it again, as strong as the structure became.
    """
    height, width = pixels.shape[:2]
    if (height, width) == made.shape[:2]:
        return made.astype(np.float32)
    large = resized(made, (width, height)).astype(np.float32)
    if width * height <= made.shape[0] * made.shape[1]:
        return large
    kept = cv2.resize(
        _kept(_luma(made), _luma(here)), (width, height), interpolation=cv2.INTER_LINEAR
    )
    fine = _luma(pixels) - _luma(resized(here, (width, height)))
    return np.asarray(large + (fine * kept)[..., None], np.float32)


def resized(frame: Pixels, size: tuple[int, int]) -> Pixels:
    """A frame in another size (width, height): averaged where it shrinks, by cubic splines where it grows."""
    if size == (frame.shape[1], frame.shape[0]):
        return frame
    shrinks = size[0] * size[1] < frame.shape[0] * frame.shape[1]
    way = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(frame, size, interpolation=way), np.uint8)


def _kept(made: Plane, here: Plane) -> Plane:
    """How strong the clip's structure is in the made frame, from 0, where it is another, to 1 and a little more."""
    new, old = (luma - _mean(luma, _COARSE) for luma in (made, here))
    common, varies, varied = (_mean(one, _ABOUT) for one in (new * old, old * old, new * new))
    alike = common / np.sqrt((varies + _FLAT) * (varied + _FLAT))
    least, most = _ALIKE
    believed = np.clip((alike - least) / (most - least), 0, 1)
    return np.asarray(believed * np.clip(common / (varies + 1), 0, 1.25), np.float32)


def _mean(plane: NDArray[Any], radius: float) -> Plane:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), radius), np.float32)


def _luma(frame: Pixels) -> Plane:
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.float32)
