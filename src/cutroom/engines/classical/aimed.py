"""Where an effect that is aimed at something falls: its mattes, and pictures laid by them."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Pixels, Scene
from cutroom.engines.classical.planner.aim import Aimed, parts
from cutroom.engines.classical.sight.subject import Subject
from cutroom.engines.classical.target import understand

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Aim:
    """What was found in the clip of what an effect is aimed at."""

    subjects: tuple[Subject, ...]
    around: bool
    """Whether the effect falls on all but them."""

    def inside(self, pixels: Pixels, index: int) -> Floats:
        """How much of each pixel is theirs, (height, width), 0..1."""
        mattes = [subject.matte(pixels, index) for subject in self.subjects]
        return np.asarray(np.maximum.reduce(mattes), np.float32)


def found(op: Aimed, scene: Scene) -> Aim:
    """What the op is aimed at. Raises CannotDo where it is not found, or not surely enough."""
    sight = scene.sight
    if not op.what:
        return Aim((sight.foreground(),), op.around)
    return Aim(tuple(sight.find(understand(what)) for what in parts(op.what)), op.around)


def grown(matte: Floats, by: float, soft: float = 0.0) -> Floats:
    """The matte `by` pixels larger, its edge softened over `soft`; nothing further out is touched."""
    reach = max(0, round(by + soft))
    wider = matte
    if reach:
        element = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2)
        wider = np.asarray(cv2.dilate(matte, element), np.float32)
    if round(soft):
        wider = np.asarray(cv2.blur(wider, (2 * round(soft) + 1,) * 2), np.float32)
    return np.maximum(wider, matte)


def laid(pixels: Pixels, other: Pixels, share: Floats) -> Pixels:
    """`other` over the frame by `share` (height, width), 0..1; where that is 0 nothing changes."""
    mixed = cv2.blendLinear(other, pixels, share, 1 - share)
    return np.where((share > 0)[..., None], mixed, pixels).astype(np.uint8)
