"""How the colours of one film differ from those of another that shows the same, and the way back."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.diffusion.family import Film, Pixels

_SIDE = 96
"""Pixels of the longer side at which films are compared."""
_ROUNDS = 8
_SAME = 0.3
"""Share of the pixels that must agree after all, for pixels to be compared rather than whole pictures."""
_GAIN = (0.8, 1.25)
"""How far one film's contrast can be from another's and still be shade."""
_FLAT = 2.0
"""Grey levels of spread below which a channel tells nothing of contrast."""


@dataclass(frozen=True)
class Shade:
    """What brings each channel of one film to another's: times a gain, plus an offset in grey levels."""

    gain: tuple[float, float, float] = (1.0, 1.0, 1.0)
    offset: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @classmethod
    def between(cls, film: Film, other: Film) -> Self:
        """From one film to another of the same frames, of which a part may show something else.

        Gains are ratios of spread, not slopes of a regression: noise in the pixels makes every slope
        too small, and over ten windows the contrast would be gone.
        """
        mine, theirs = _few(film), _few(other)
        fits = [_fit(mine[:, channel], theirs[:, channel]) for channel in range(3)]
        (r, i), (g, j), (b, k) = fits
        return cls((r, g, b), (i, j, k))

    def __call__(self, pixels: Pixels) -> Pixels:
        """A frame of the first film in the other's colours."""
        if self._table is None:
            return pixels
        return np.asarray(cv2.LUT(pixels, self._table), np.uint8)

    @cached_property
    def _table(self) -> Pixels | None:
        levels = np.arange(256.0)[:, None]
        table = np.clip(np.rint(levels * np.array(self.gain) + np.array(self.offset)), 0, 255)
        if (table == levels).all():
            return None
        return np.asarray(table[None], np.uint8)


def _few(film: Film) -> NDArray[np.float32]:
    """The pixels of a film made small, (pixels, 3)."""
    height, width = film.shape[1:3]
    scale = min(1.0, _SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = [cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in film]
    return np.stack(small).reshape(-1, 3).astype(np.float32)


def _fit(mine: NDArray[np.float32], theirs: NDArray[np.float32]) -> tuple[float, float]:
    """Gain and offset of one channel; pixels that clip or show something else do not count."""
    inside = (np.minimum(mine, theirs) > 2) & (np.maximum(mine, theirs) < 253)
    if inside.mean() < _SAME:
        inside[:] = True
    mine, theirs = mine[inside], theirs[inside]
    gain, offset = 1.0, float(np.median(theirs - mine))
    for _ in range(_ROUNDS):
        off = np.abs(theirs - gain * mine - offset)
        near = np.clip(1 - np.square(off / (4.7 * max(1.5 * float(np.median(off)), 1.0))), 0, 1)
        counts = near * near
        if (counts > 0).mean() < _SAME:
            counts = np.ones_like(counts)
        gain, offset = _spread(mine, theirs, counts)
    return gain, offset


def _spread(
    mine: NDArray[np.float32], theirs: NDArray[np.float32], counts: NDArray[np.float32]
) -> tuple[float, float]:
    middle, goal = (float(np.average(one, weights=counts)) for one in (mine, theirs))
    wide, want = (
        float(np.sqrt(np.average(np.square(one - mean), weights=counts)))
        for one, mean in ((mine, middle), (theirs, goal))
    )
    gain = min(max(want / wide, _GAIN[0]), _GAIN[1]) if min(wide, want) > _FLAT else 1.0
    return gain, goal - gain * middle
