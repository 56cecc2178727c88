"""Posterise: smooth tones fall into a few flat steps of colour."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.marks import brush
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
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
        "posterise (effect|filter|colours|it)": {},
        "(flat|few|limited|a few|a handful of|only a few|handful of) [flat] (tones|colours|shades|colour steps)": {},
        "(reduce|limit) [it|colours|the colours] to a (few|handful of) [flat] (colours|tones|shades)": {},
        "(silk screen|silkscreen|screen printed|risograph|obama hope) (print|poster|style|look)": {},
        "travel poster": {},
        "propaganda poster": {},
    }
    company: ClassVar[str] = (
        "flat bold few limited tones colours shades steps reduce handful print printed"
    )

    def prepare(self, scene: Scene) -> Paint:
        """Textures are smoothed away first, or the steps would break up into specks."""
        del scene  # nothing about the clip needs to be known
        table = paint_of(self._steps)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            calm = brush.flattened(brush.reduced(pixels, 480), 3, 36)
            return table(brush.grown(calm, pixels), index, seconds)

        return paint

    def _steps(self, rgb: Floats) -> Floats:
        """Brightness in steps with soft edges, hue kept, colours loud."""
        steps = np.float32(max(2.0, 5.5 - 1.5 * self.strength))
        bright = tone.luma(rgb)
        level = bright * steps
        base = np.floor(level)
        flat = (base + tone.smoothstep(level - base, 0.42, 0.58)) / steps
        return tone.saturation(np.clip(rgb * (flat / np.maximum(bright, 0.04)), 0, 1), 1.35)
