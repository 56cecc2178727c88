"""Anime-ish: a painted cel; clean flat colours, thin lines, airy lights. It draws nobody's face anew."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.marks import brush
from cutroom.engines.classical.noise import blurred, screened
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Anime(Spoken):
    """A painted cel; strength sets lines and colour."""

    strength: float = 1.0
    name: ClassVar[str] = "anime"
    stage: ClassVar[Stage] = Stage.LOOK
    examples: ClassVar[tuple[str, ...]] = (
        "make it anime style",
        "turn it into an anime",
        "make it look like a Japanese animation",
    )
    phrases: ClassVar[Phrases] = {
        "anime": {},
        "anime style": {},
        "anime look": {},
        "anime film": {},
        "anime movie": {},
        "anime version": {},
        "anime (art|drawing|scene|cel|aesthetic|effect|filter|painting)": {},
        "japanese (animation|anime|cartoon)": {},
        "manga style": {},
        "cel anime": {},
    }
    company: ClassVar[str] = (
        "japanese style animated hand-drawn drawn beautiful colourful vivid cel"
    )

    def prepare(self, scene: Scene) -> Paint:
        """Painted at up to 480 lines; the lines are thin and take the colour of what they bound."""
        del scene  # nothing about the clip needs to be known
        cel = paint_of(self._cel)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            small = brush.areas(pixels, 480)
            rows = small.shape[0]
            lines = brush.ink(small, max(rows / 420, 0.7), 0.8 * self.strength)
            painted = cel(small, index, seconds)
            # A line is never black: it is its own colour, deep.
            deep = brush.times(painted, 0.30 + 0.70 * lines)
            lights = cv2.subtract(deep, np.full(3, 178.0))
            air = blurred(np.asarray(lights, np.uint8), max(rows / 36, 1.0))
            return brush.grown(screened(deep, air, 0.7), pixels)

        return paint

    def _cel(self, rgb: Floats) -> Floats:
        """Two soft steps of light, lifted cool shadows, clear colours."""
        bright = np.maximum(tone.luma(rgb), 0) ** 0.85
        level = bright * 4
        base = np.floor(level)
        stepped = (base + tone.smoothstep(level - base, 0.2, 0.8)) / 4
        target = 0.06 + 0.88 * tone.mix(bright, stepped, 0.45)
        flat = np.clip(rgb * (target / np.maximum(tone.luma(rgb), 0.04)), 0, 1)
        lush = tone.saturation(flat, 1 + 0.45 * min(self.strength, 1.5))
        return tone.split(lush, (-0.02, 0.02, 0.09), (0.02, 0.015, 0.0))
