"""How much one frame differs from another beyond what making it anew does to every pixel."""

from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.diffusion.family import Pixels
from cutroom.engines.diffusion.fitting.shade import Shade

Plane: TypeAlias = NDArray[np.float32]

STEPS = 4
"""Steps that evidence has to a grey level."""

_SEEN = np.array([1.0, 1.6, 1.6], np.float32)
"""Weights of luma and the colour differences: these are smooth, so that a little of them tells much."""
_SOFT = 1.2
"""Radius of the blur within which detail does not count as tone, in pixels."""
_TEXTURE = 3.0
"""Radius within which texture is compared."""
_FLOOR = 4.0
"""Variance of luma below which there is no texture."""


def evidence(source: Pixels, made: Pixels, shade: Shade) -> NDArray[np.uint8]:
    """Of each 2x2 pixels how much they differ, (height, width) of half the size, in steps of a quarter grey level.

    Tone: how far the made pixel lies outside what the source has about that place, so that neither a
    blur nor a shift by a pixel counts. Texture: what of the made one's is not the source's made
    stronger or weaker, less half of what the source has; and the source's that is gone, less three quarters.
    """
    old, new = (_luma_first(_half(one)) for one in (source, shade(made)))
    calm, calmed = (cv2.GaussianBlur(one, (0, 0), _SOFT) for one in (old, new))
    about = np.ones((3, 3), np.uint8)
    outside = np.maximum(cv2.erode(calm, about) - calmed, calmed - cv2.dilate(calm, about))
    tone = np.sqrt(np.square(np.maximum(outside, 0) * _SEEN).sum(axis=-1))
    found = np.maximum(tone, 2 * _texture(old[..., 0], new[..., 0]))
    return np.asarray(np.clip(np.rint(found * STEPS), 0, 255), np.uint8)


def _texture(old: Plane, new: Plane) -> Plane:
    """What of the texture is new or gone, in grey levels."""
    middle, middled = _mean(old), _mean(new)
    varies = np.maximum(_mean(old * old) - middle * middle, 0)
    varied = np.maximum(_mean(new * new) - middled * middled, 0)
    common = np.square(_mean(old * new) - middle * middled)
    added = np.sqrt(np.maximum(varied - common / (varies + _FLOOR), 0))
    lost = np.sqrt(np.maximum(varies - common / (varied + _FLOOR), 0))
    spread = np.sqrt(varies)
    return np.asarray(
        np.maximum(np.maximum(added - spread / 2, lost - spread * 0.75), 0), np.float32
    )


def _mean(plane: NDArray[Any]) -> Plane:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), _TEXTURE), np.float32)


def _half(frame: Pixels) -> Pixels:
    size = max(frame.shape[1] // 2, 1), max(frame.shape[0] // 2, 1)
    return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)


def _luma_first(frame: Pixels) -> NDArray[np.float32]:
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2YCrCb), np.float32)
