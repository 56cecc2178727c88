"""A thing known by its colour, as a subject."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sight.coloured import Region
from cutroom.engines.classical.sight.movers import Box
from cutroom.engines.classical.sight.subject import Alpha


@dataclass(frozen=True)
class Tinted:
    """Something of one colour that is told apart by it."""

    region: Region
    trust: float
    """0..1."""
    scale: tuple[float, float]
    """Full-size pixels per small pixel, across and down."""

    def small(self, index: int) -> NDArray[np.uint8]:
        """Where it may be at analysis size, 0..255: with a margin of two pixels."""
        return self.region.small[index]

    def matte(self, pixels: Pixels, index: int) -> Alpha:
        """The matte at the size of `pixels`: as much as each pixel has its colour, holes filled."""
        height, width = pixels.shape[:2]
        bound = self.region.small[index]
        alpha = np.zeros((height, width), np.float32)
        rows, columns = np.nonzero(bound)
        if len(rows) == 0:
            return alpha
        down, across = height / bound.shape[0], width / bound.shape[1]
        tall = slice(int(rows.min() * down), int(np.ceil((rows.max() + 1) * down)))
        wide = slice(int(columns.min() * across), int(np.ceil((columns.max() + 1) * across)))
        part = np.ascontiguousarray(pixels[tall, wide]).astype(np.float32) / 255
        share = self.region.membership(
            np.asarray(cv2.cvtColor(part, cv2.COLOR_RGB2LAB), np.float32)
        )
        near = cv2.resize(bound, (width, height), interpolation=cv2.INTER_LINEAR)[tall, wide]
        share = share * np.clip(near.astype(np.float32) / 128, 0, 1)
        # A thing is whole: highlights and prints on it are not holes.
        reach = max(3, round(0.02 * height) | 1)
        closed = cv2.morphologyEx(share, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
        alpha[tall, wide] = cv2.GaussianBlur(closed, (3, 3), 0)
        return alpha

    def box(self, index: int) -> Box | None:
        """Its box in full-size pixels, None where it is not seen."""
        rows, columns = np.nonzero(self.region.small[index] > 128)
        if len(rows) == 0:
            return None
        across, down = self.scale
        left, right = (columns.min() + 2) * across, (columns.max() - 1) * across
        top, bottom = (rows.min() + 2) * down, (rows.max() - 1) * down
        return float(left), float(top), float(max(right, left + 1)), float(max(bottom, top + 1))
