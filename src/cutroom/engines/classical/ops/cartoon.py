"""Cartoon: flat cel colours in soft steps and dark outlines."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical import brush, tone
from cutroom.engines.classical.grade import Floats, paint_of
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Cartoon(Spoken):
    """A drawn cel; strength sets line and colour."""

    strength: float = 1.0
    name: ClassVar[str] = "cartoon"
    stage: ClassVar[Stage] = Stage.LOOK
    examples: ClassVar[tuple[str, ...]] = (
        "turn it into a cartoon",
        "make it cartoonish",
        "cel-shaded style",
    )
    phrases: ClassVar[Phrases] = {
        "cartoon": {},
        "cartoonish": {},
        "cartoon like": {},
        "cartoon style": {},
        "toon": {},
        "cel shaded": {},
        "cel shading": {},
        "cel-shaded": {},
        "cartoonise": {},
        "cartoonised": {},
        "cartoonify": {},
        "cartoony": {},
        "animated cartoon": {},
        "cartoon drawing": {},
        "comic strip cartoon": {},
    }

    def prepare(self, scene: Scene) -> Paint:
        """Drawn at up to 540 lines; outlines are a share of the height."""
        del scene  # nothing about the clip needs to be known
        steps = paint_of(self._cel)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            small = brush.flattened(brush.reduced(pixels, 480), 3, 38)
            cel = brush.grown(steps(small, index, seconds), pixels)
            height = pixels.shape[0]
            base = brush.grown(brush.flattened(small, 1), pixels, cv2.INTER_LINEAR)
            lines = brush.ink(base, max(height / 420, 0.8), 1.1 * self.strength)
            return brush.times(cel, 0.06 + 0.94 * lines)

        return paint

    def _cel(self, rgb: Floats) -> Floats:
        """Brightness in five soft steps, colour raised."""
        bright = tone.luma(rgb)
        level = bright * 5.5
        base = np.floor(level)
        stepped = (base + tone.smoothstep(level - base, 0.3, 0.7)) / 5.5
        target = tone.mix(bright, stepped, 0.75)
        flat = rgb * ((0.05 + 0.97 * target) / np.maximum(bright, 0.03))
        return tone.saturation(np.clip(flat, 0, 1), 1 + 0.45 * min(self.strength, 1.5))
