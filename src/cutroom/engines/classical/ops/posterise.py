"""Posterise: smooth tones fall into a few flat steps of colour."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cutroom.engines.classical import tone
from cutroom.engines.classical.grade import Floats, paint_of
from cutroom.engines.classical.op import Paint, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Posterise(Spoken):
    """A few flat tones."""

    strength: float = 1.0
    name: ClassVar[str] = "posterise"
    stage: ClassVar[Stage] = Stage.LOOK
    examples: ClassVar[tuple[str, ...]] = (
        "posterize the video",
        "make it look like a screen print",
        "turn it into a poster",
    )
    phrases: ClassVar[Phrases] = {
        "posterise": {},
        "posterised": {},
        "posterisation": {},
        "poster": {},
        "poster art": {},
        "screen print": {},
        "screenprint": {},
        "silkscreen": {},
        "serigraph": {},
        "poster style": {},
        "poster print": {},
    }

    def grade(self, rgb: Floats) -> Floats:
        """Brightness in steps, hue kept."""
        steps = np.float32(max(2.0, 6.0 - 2.0 * self.strength))
        bright = tone.luma(rgb)
        flat = tone.mix(np.round(bright * steps) / steps, bright, 0.08)
        return tone.saturation(np.clip(rgb * (flat / np.maximum(bright, 0.02)), 0, 1), 1.35)

    def prepare(self, scene: Scene) -> Paint:
        """One table for all frames."""
        del scene
        return paint_of(self.grade)
