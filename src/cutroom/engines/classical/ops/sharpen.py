"""Sharpen: fine contrast at edges, noise left alone."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.noise import blurred
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Sharpen(Spoken):
    """An unsharp mask that spares flat areas."""

    strength: float = 1.0
    name: ClassVar[str] = "sharpen"
    stage: ClassVar[Stage] = Stage.LOOK
    examples: ClassVar[tuple[str, ...]] = (
        "sharpen the video",
        "make it crisper",
        "increase the sharpness",
    )
    phrases: ClassVar[Phrases] = {
        "sharpen": {},
        "sharper": {},
        "sharp": {},
        "sharpened": {},
        "sharpness": {},
        "more sharpness": {},
        "increase sharpness": {},
        "crisp": {},
        "crisper": {},
        "more detail": {},
        "enhance details": {},
        "enhance detail": {},
        "more clarity": {},
        "clarity": {},
        "increase clarity": {},
        "clearer": {},
        "(sharpness|clarity) (up|higher)": {},
        "(crisp|crispen|sharpen) (up|it|it up) [details|edges]": {},
        "crisp up [details|edges|it]": {},
        "(bring|draw) out (details|detail|texture|fine detail)": {},
        "(sharper|crisper|clearer|finer) (details|detail|edges|lines|picture|image|video)": {},
        "(sharpen|enhance|emphasise) (details|edges|outlines|textures)": {},
        "(sharpening|sharpened) (filter|effect|mask)": {},
        "unsharp mask": {},
        "(it's|it is|this is|the (video|picture|image|clip|footage) is) [a bit|a little|too|rather|slightly|quite|very] (soft|unsharp|fuzzy) ,": {},
        "too soft": {},
        "tack sharp": {},
        "more (crispness|clarity|sharpness) and (detail|details|definition)": {},
        "razor sharp": {},
        "more in focus": {},
    }
    company: ClassVar[str] = "crisp details detail edges fine texture"

    def prepare(self, scene: Scene) -> Paint:
        """Two scales: fine detail, and a wider one for clarity."""
        sigma = max(scene.clip.height / 720 * 1.2, 0.6)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            del index, seconds  # the same at all times
            soft = cv2.GaussianBlur(pixels, (0, 0), sigma)
            wide = blurred(pixels, sigma * 7)
            crisp = cv2.addWeighted(
                pixels, 1 + 0.85 * self.strength, soft, -0.85 * self.strength, 0
            )
            clear = cv2.addWeighted(crisp, 1 + 0.16 * self.strength, wide, -0.16 * self.strength, 0)
            return np.asarray(clear, np.uint8)

        return paint
