"""Tilt-shift: sharp only in a band across, blurred above and below, bright colours: a model of the place."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import paint_of
from cutroom.engines.classical.noise import blurred
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class TiltShift(Spoken):
    """A miniature; strength sets the blur."""

    strength: float = 1.0
    name: ClassVar[str] = "tilt_shift"
    stage: ClassVar[Stage] = Stage.LOOK
    label: ClassVar[str] = "tilt-shift miniature"
    examples: ClassVar[tuple[str, ...]] = (
        "add a tilt-shift effect",
        "make it look like a miniature",
        "tilt shift",
    )
    phrases: ClassVar[Phrases] = {
        "tilt-shift": {},
        "tilt shift": {},
        "tilt-shift (effect|look|lens|photography|blur|style|filter|miniature)": {},
        "tiltshift": {},
        "miniature": {},
        "miniature (effect|look|world|model|style|faking)": {},
        "(like|as) a (miniature|toy town|model village|model railway)": {},
        "toy town": {},
        "diorama": {},
        "diorama (look|effect|style)": {},
    }
    company: ClassVar[str] = "miniature toy tiny small world model photography"

    def prepare(self, scene: Scene) -> Paint:
        """Two blurs, and how much of each there is on every row."""
        height, width = scene.clip.height, scene.clip.width
        rows = np.linspace(0, 1, height, dtype=np.float32)[:, None]
        away = np.abs(rows - 0.58) * np.ones((1, width), np.float32)
        some, much = tone.smoothstep(away, 0.11, 0.26), tone.smoothstep(away, 0.24, 0.55)
        near, far = 0.007 * height * self.strength, 0.018 * height * self.strength
        toy = paint_of(
            lambda rgb: tone.saturation(tone.contrast(tone.exposure(rgb, 0.12), 0.22), 1.42)
        )

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            bright = toy(pixels, index, seconds)
            soft = blurred(bright, max(near, 0.6))
            softer = blurred(bright, max(far, 1.2))
            mixed = np.asarray(cv2.blendLinear(bright, soft, 1 - some, some), np.uint8)
            return np.asarray(cv2.blendLinear(mixed, softer, 1 - much, much), np.uint8)

        return paint
