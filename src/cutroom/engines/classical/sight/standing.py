"""A matte of dark slender things before a smooth background: birds, their wire, its pole."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engine import Tick
from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sight.reel import Reel
from cutroom.engines.classical.sight.subject import Alpha
from cutroom.engines.classical.sight.things import Perch, darkness, stand_out
from cutroom.errors import CannotDo


@dataclass(frozen=True)
class Standing:
    """What stands before a smooth background throughout the clip."""

    region: NDArray[np.uint8]
    """Small plane: 255 where it may be, with a margin."""
    low: float
    high: float
    """Grey levels darker than the surroundings: surely not it below, surely it above."""
    trust: float

    def matte(self, pixels: Pixels, index: int) -> Alpha:
        """Its matte in a frame, 0..1, at the size of the frame."""
        del index  # it is read from the frame itself
        height, width = pixels.shape[:2]
        steps = np.clip((np.arange(256) - self.low) / (self.high - self.low), 0, 1) * 255
        alpha = cv2.LUT(darkness(pixels), steps.astype(np.uint8))
        region = cv2.resize(self.region, (width, height), interpolation=cv2.INTER_LINEAR)
        whole = cv2.multiply(alpha, region, scale=1 / 255)
        return np.asarray(whole * np.float32(1 / 255), np.float32)


def stand(reel: Reel, perch: Perch, tick: Tick) -> Standing:
    """The things of a perch and all dark things joined to them. Raises CannotDo where there are none."""
    if not perch.things or not all(t.dark for t in perch.things) or perch.trust < 0.5:
        raise CannotDo(
            "Nothing that moves was found in the clip, and nothing that clearly stands out before a smooth"
            " background, so subject and background cannot be told apart."
        )
    union = np.zeros((reel.height, reel.width), np.uint8)
    contrast = min(t.contrast for t in perch.things)
    low, high = max(7.0, 0.16 * contrast), 0.55 * contrast
    across, down = reel.scale
    for index in reel.sample(9):
        _, darker = stand_out(reel[index])
        mask = (darker > 0.5 * (low + high)).astype(np.uint8)
        count, labels = cv2.connectedComponents(mask)
        keep = np.zeros(count, bool)
        for thing in perch.things:
            x0, y0, x1, y1 = thing.box
            inside = labels[
                int(y0 / down) : int(y1 / down) + 1, int(x0 / across) : int(x1 / across) + 1
            ]
            keep[np.unique(inside)] = True
        keep[0] = False
        union |= keep[labels].astype(np.uint8)
        tick(0.0)
    share = float(union.mean())
    if share > 0.3:
        raise CannotDo(
            "What stands out in this clip covers too much of it to be told apart from its background."
        )
    region = cv2.GaussianBlur(cv2.dilate(union * 255, np.ones((7, 7), np.uint8)), (5, 5), 0)
    return Standing(np.asarray(region, np.uint8), low, high, perch.trust)
