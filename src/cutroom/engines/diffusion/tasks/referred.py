"""References as a model sees them."""

from pathlib import Path

import cv2
import numpy as np

from cutroom.engines import still
from cutroom.engines.diffusion.family import Pixels
from cutroom.media.images import load

_LARGER = 2
"""Longest side of a reference, in those of the film: more is not seen."""


def referred(path: Path, film: tuple[int, int]) -> Pixels:
    """The image, what is transparent on white, no larger than is seen of it beside a film of that size.

    Raises InvalidMedia.
    """
    pixels = still.opaque(load(path))[0]
    scale = min(1.0, _LARGER * max(film) / max(pixels.shape[:2]))
    height, width = (max(1, round(length * scale)) for length in pixels.shape[:2])
    seen = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(seen, np.uint8)
