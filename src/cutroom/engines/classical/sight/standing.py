"""A matte of dark slender things before a smooth background: birds, their wire, its pole."""

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engine import Tick
from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sight.reel import Reel
from cutroom.engines.classical.sight.subject import Alpha
from cutroom.engines.classical.sight.things import Perch, darkness, stand_out
from cutroom.errors import CannotDo

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom; small pixels."""

_LEFT_OVER = 0.12
"""Most of the clear edges round about the things that a whole matte may miss."""


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
    boxes = [
        (t.box[0] / across, t.box[1] / down, t.box[2] / across, t.box[3] / down)
        for t in perch.things
    ]
    missed: list[float] = []
    for index in reel.sample(9):
        _, darker = stand_out(reel[index])
        mask = (darker > 0.5 * (low + high)).astype(np.uint8)
        count, labels = cv2.connectedComponents(mask)
        keep = np.zeros(count, bool)
        for x0, y0, x1, y1 in boxes:
            keep[np.unique(labels[int(y0) : int(y1) + 1, int(x0) : int(x1) + 1])] = True
        keep[0] = False
        dark = keep[labels].astype(np.uint8)
        missed.append(_left_over(reel[index], dark, boxes, contrast))
        union |= dark
        tick(0.0)
    if (left := float(np.median(missed))) > _LEFT_OVER:
        raise CannotDo(
            "What stands out in this clip is dark in parts only, as glass is, so it cannot be cut out whole"
            f" ({left:.0%} of the outlines about it would be lost, {_LEFT_OVER:.0%} allowed)."
        )
    share = float(union.mean())
    if share > 0.3:
        raise CannotDo(
            "What stands out in this clip covers too much of it to be told apart from its background."
        )
    region = cv2.GaussianBlur(cv2.dilate(union * 255, np.ones((7, 7), np.uint8)), (5, 5), 0)
    return Standing(np.asarray(region, np.uint8), low, high, perch.trust)


def _left_over(
    picture: Pixels, dark: NDArray[np.uint8], boxes: list[Box], contrast: float
) -> float:
    """Share of the clear edges round about the things that the matte does not reach.

    Near 0 for birds before the sky; much for glass, of which only caps and rims are dark.
    """
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    steep = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    edges = steep > 0.3 * contrast
    near = np.zeros_like(dark)
    for x0, y0, x1, y1 in boxes:
        wide, tall = x1 - x0, y1 - y0
        left, top = max(int(x0 - 0.5 * wide), 0), max(int(y0 - tall), 0)
        near[top : int(y1 + tall) + 1, left : int(x1 + 0.5 * wide) + 1] = 1
    edges &= near > 0
    reached = cv2.dilate(dark, np.ones((7, 7), np.uint8)) > 0
    return float((edges & ~reached).sum()) / max(float(edges.sum()), 1.0)
