"""Bleach bypass: silver left in the print; hard, dense, half drained of colour."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.op import Paint, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class BleachBypass(Spoken):
    """Silver over colour."""

    strength: float = 1.0
    name: ClassVar[str] = "bleach_bypass"
    stage: ClassVar[Stage] = Stage.LOOK
    examples: ClassVar[tuple[str, ...]] = (
        "apply a bleach bypass look",
        "bleach bypass",
        "desaturated gritty war film look",
    )
    phrases: ClassVar[Phrases] = {
        "bleach bypass": {},
        "bleach bypass (look|effect|grade|film)": {},
        "skip bleach": {},
        "silver retention": {},
        "gritty": {},
        "gritty (look|film|grade|war film|war movie|realism)": {},
        "(saving private ryan|war movie|war film) (look|style|grade)": {},
        "desaturated gritty (look|film|war film look|war film)": {},
        "gritty desaturated (look|film)": {},
    }
    company: ClassVar[str] = "gritty desaturated war film movie dark"

    def grade(self, rgb: Floats) -> Floats:
        """A hard grey print laid over the colours, as light through both."""
        strength = min(self.strength, 1.6)
        grey = tone.contrast(tone.luma(rgb), 0.2)
        over = np.where(grey < 0.5, 2 * rgb * grey, 1 - 2 * (1 - rgb) * (1 - grey))
        mixed = tone.mix(rgb, over.astype(np.float32), min(0.75 * strength, 1.0))
        return tone.warmth(tone.saturation(mixed, 1 - 0.45 * min(strength, 1.4)), -0.08)

    def prepare(self, scene: Scene) -> Paint:
        """One table for all frames."""
        del scene
        return paint_of(self.grade)
