"""Chromatic aberration: colours part towards the corners, as through a cheap lens."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class ChromaticAberration(Spoken):
    """Fringes of colour; strength sets how wide."""

    strength: float = 1.0
    name: ClassVar[str] = "chromatic_aberration"
    stage: ClassVar[Stage] = Stage.LOOK
    label: ClassVar[str] = "chromatic aberration"
    examples: ClassVar[tuple[str, ...]] = (
        "add chromatic aberration",
        "rgb split effect",
        "add color fringing",
    )
    phrases: ClassVar[Phrases] = {
        "chromatic aberration": {},
        "chromatic aberrations": {},
        "rgb (split|shift|separation)": {},
        "(colour|color) fringing": {},
        "colour fringes": {},
        "lens aberration": {},
        "chromatic (fringing|distortion)": {},
        "prism effect": {},
    }
    company: ClassVar[str] = "at edges edge corners borders subtle lens"

    def prepare(self, scene: Scene) -> Paint:
        """Red a little larger than green, blue a little smaller, about the middle."""
        height, width = scene.clip.height, scene.clip.width
        spread = 0.0075 * self.strength
        middle = (width / 2, height / 2)
        sizes = [cv2.getRotationMatrix2D(middle, 0, 1 + way * spread) for way in (1.0, -1.0)]

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            del index, seconds
            red, green, blue = cv2.split(pixels)
            red, blue = (
                cv2.warpAffine(
                    plane,
                    size,
                    (width, height),
                    flags=cv2.INTER_LINEAR,
                    borderMode=cv2.BORDER_REPLICATE,
                )
                for plane, size in zip((red, blue), sizes, strict=True)
            )
            return np.asarray(cv2.merge([red, green, blue]), np.uint8)

        return paint
