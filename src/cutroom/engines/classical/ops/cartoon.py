"""Cartoon: flat cel colours in soft steps and dark outlines."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.marks import brush
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
        "cartoon (version|film|movie|show|effect|filter|look|animation)": {},
        "animation [style|look]": {},
        "animated [style|look|film|movie]": {},
        "saturday morning cartoon": {},
        "cartoons": {},
        "toon (shading|shaded|look|style)": {},
        "(flat|bold) cartoon colours": {},
        "drawn like a cartoon": {},
    }
    company: ClassVar[str] = (
        "everybody everyone everybody's they're they were drawn hand outlines outline bold flat saturday morning kids funny"
    )

    def prepare(self, scene: Scene) -> Paint:
        """Drawn at up to 480 lines; outlines are a share of the height."""
        del scene  # nothing about the clip needs to be known
        steps = paint_of(self._cel)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            small = brush.areas(pixels, 480)
            lines = brush.sparing(brush.ink(small, max(small.shape[0] / 230, 0.9), self.strength))
            cel = steps(small, index, seconds)
            return brush.grown(brush.times(cel, 0.05 + 0.95 * lines), pixels)

        return paint

    def _cel(self, rgb: Floats) -> Floats:
        """Brightness in soft steps, shadows lifted, colour raised."""
        bright = tone.luma(rgb)
        level = np.maximum(bright, 0) ** 0.85 * 6
        base = np.floor(level)
        stepped = (base + tone.smoothstep(level - base, 0.25, 0.75)) / 6
        target = tone.mix(np.maximum(bright, 0) ** 0.85, stepped, 0.6)
        flat = rgb * ((0.03 + 0.98 * target) / np.maximum(bright, 0.03))
        return tone.saturation(np.clip(flat, 0, 1), 1 + 0.35 * min(self.strength, 1.5))
