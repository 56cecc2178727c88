"""All of a picture but a subject."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sight.movers import Box
from cutroom.engines.classical.sight.subject import Alpha, Subject


@dataclass(frozen=True)
class Rest:
    """All but a subject: the background."""

    of: Subject
    size: tuple[int, int]
    """(width, height) of a full-size frame."""

    @property
    def trust(self) -> float:
        """That of the subject's matte."""
        return self.of.trust

    def small(self, index: int) -> NDArray[np.uint8]:
        """The matte at analysis size, 0..255."""
        return np.asarray(255 - self.of.small(index), np.uint8)

    def matte(self, pixels: Pixels, index: int) -> Alpha:
        """The matte at the size of `pixels`, 0..1."""
        return np.asarray(1 - self.of.matte(pixels, index), np.float32)

    def box(self, index: int) -> Box | None:
        """The whole frame."""
        del index
        return 0.0, 0.0, float(self.size[0]), float(self.size[1])
