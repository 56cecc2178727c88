"""Whether pixels, or a thing, would be called by the name of a colour."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.colour import palette
from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sight.movers import Mover

if TYPE_CHECKING:
    from cutroom.engines.classical.sight import Sight


def colour_share(sight: "Sight", mover: Mover, colour: str) -> float:
    """Share of a mover's pixels that have a named colour, the median over some frames."""
    frames = sorted(mover.boxes)
    shares = []
    for index in frames[:: max(1, len(frames) // 9)]:
        region = np.isin(sight.movers.labels[index], mover.labels.get(index, ()))
        region &= sight.likelihood[index] > 160
        if region.sum() > 12:
            shares.append(float(named(colour)(sight.reel[index][region]).mean()))
    return float(np.median(shares)) if shares else 0.0


def named(colour: str) -> Callable[[Pixels], NDArray[np.bool_]]:
    """The test whether pixels (n, 3) would be called by the name of a colour."""
    wanted = _lab(palette.rgb(colour).reshape(1, 3).astype(np.uint8))[0]
    grey = colour in palette.GREYS

    def test(pixels: Pixels) -> NDArray[np.bool_]:
        lab = _lab(pixels)
        chroma = np.hypot(lab[:, 1], lab[:, 2])
        if grey:
            return np.asarray((chroma < 18) & (np.abs(lab[:, 0] - wanted[0]) < 24), np.bool_)
        hue = np.arctan2(lab[:, 2], lab[:, 1]) - np.arctan2(wanted[2], wanted[1])
        away = np.abs((hue + np.pi) % (2 * np.pi) - np.pi)
        return np.asarray((chroma > 20) & (away < 0.45), np.bool_)

    return test


def _lab(pixels: Pixels) -> NDArray[np.float32]:
    """Pixels (n, 3) as float Lab (n, 3)."""
    rgb = np.ascontiguousarray(pixels).reshape(-1, 1, 3).astype(np.float32) / 255
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB).reshape(-1, 3), np.float32)
