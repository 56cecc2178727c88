"""Another colour for a thing, its light and shade kept."""

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Pixels

Float = NDArray[np.float32]


def toned(lightness: Float, colour: Float, middle: float, spread: float) -> Pixels:
    """Surface of `colour` (RGB) whose light and shade follow `lightness` (code values, any shape).

    `middle` is the lightness that becomes the colour itself; what is darker by `spread` is in deep
    shade, what is lighter by it in highlight.
    """
    x = np.clip((lightness - middle) / max(spread, 1.0), -1.6, 2.2)[..., None]
    shade = colour * (1 + 0.50 * np.minimum(x, 0))
    light = shade + np.clip(x, 0, None) * 0.30 * (255 - 0.55 * colour)
    return np.asarray(np.clip(light, 0, 255), np.uint8)


def lightness_of(pixels: Pixels) -> Float:
    """Lightness, 0..255, (height, width)."""
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB)[..., 0], np.float32)
