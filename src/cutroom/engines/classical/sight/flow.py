"""Optical flow between two frames, and how far each vector can be believed."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Pixels

Float = NDArray[np.float32]


@dataclass(frozen=True)
class Flow:
    """Where every pixel of one frame went in another, small pixels."""

    vectors: Float
    """(height, width, 2): to the right and down."""
    trust: Float
    """(height, width), 0..1: whether going there and back again ends where it began."""


def flow(here: Pixels, there: Pixels) -> Flow:
    """Dense inverse search (Kroeger and others, 2016) both ways; what one frame hides is not trusted."""
    greys = [cv2.cvtColor(p, cv2.COLOR_RGB2GRAY) for p in (here, there)]
    out = _search(greys[0], greys[1])
    back = _search(greys[1], greys[0])
    rows, columns = np.indices(out.shape[:2], np.float32)
    x, y = columns + out[..., 0], rows + out[..., 1]
    returned = cv2.remap(back, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    astray = np.hypot(out[..., 0] + returned[..., 0], out[..., 1] + returned[..., 1])
    # Half a pixel is the search's own error; a tenth of a long way is too.
    allowed = 0.5 + 0.1 * np.hypot(out[..., 0], out[..., 1])
    trust = np.exp(-0.5 * (astray / (2 * allowed)) ** 2)
    height, width = out.shape[:2]
    trust[(x < 0) | (y < 0) | (x > width - 1) | (y > height - 1)] = 0
    return Flow(out, np.asarray(trust, np.float32))


def _search(a: NDArray[np.generic], b: NDArray[np.generic]) -> Float:
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    still = np.zeros((*a.shape[:2], 2), np.float32)
    return np.asarray(
        search.calc(np.asarray(a, np.uint8), np.asarray(b, np.uint8), still), np.float32
    )
