"""The part of a place that does not move, laid over the sky that does."""

import cv2
import numpy as np

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.scenes.backdrop import Canvas


class Scenery:
    """A picture with coverage, laid over whatever sky is given; prepared once."""

    def __init__(self, canvas: Canvas, layer: tuple[Pixels, np.ndarray]) -> None:
        picture, cover = layer
        self._canvas = canvas
        alpha = np.clip(cover * 255 + 0.5, 0, 255).astype(np.uint8)
        wide = cv2.cvtColor(alpha, cv2.COLOR_GRAY2RGB)
        self._front = cv2.multiply(picture, wide, scale=1 / 255)
        self._keep = 255 - wide
        bare = np.flatnonzero(alpha.min(axis=1) < 255)
        self._last = int(bare.max()) + 1 if len(bare) else 0

    def __call__(self, sky: Pixels) -> Pixels:
        """A new frame: the layer over `sky`, whose rows begin at the top."""
        frame = np.array(self._front, np.uint8)
        rows = min(self._last, len(sky))
        behind = cv2.multiply(sky[:rows], self._keep[:rows], scale=1 / 255)
        frame[:rows] = cv2.add(frame[:rows], behind)
        return frame
