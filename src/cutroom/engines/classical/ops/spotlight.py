"""Spotlight: a pool of light from above in the middle, the surroundings in the dark."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cutroom.engines.classical import brush, tone
from cutroom.engines.classical.grade import paint_of
from cutroom.engines.classical.noise import gain_map, screened, shade
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Spotlight(Spoken):
    """A stage light on the middle of the frame."""

    strength: float = 1.0
    name: ClassVar[str] = "spotlight"
    stage: ClassVar[Stage] = Stage.LIGHT
    examples: ClassVar[tuple[str, ...]] = (
        "add spotlight effect.",
        "add a spotlight",
        "stage lighting",
    )
    phrases: ClassVar[Phrases] = {
        "spotlight": {},
        "spot light": {},
        "stage light": {},
        "stage lighting": {},
        "spotlight effect": {},
        "spotlights": {},
        "theatre light": {},
        "theatre lighting": {},
        "spotlight lighting": {},
        "spotlit": {},
        "(spotlight|stage light|stage spotlight|theatre spotlight|single spotlight) (effect|from above|on the middle|in the middle|look|lighting)": {},
        "(shine|point|put|throw|cast) a spotlight [from above]": {},
        "(lit|illuminated) by a [single] spotlight": {},
        "pool of light [in the middle]": {},
        "(like|as) on (a|the) stage": {},
        "theatrical (lighting|light)": {},
        "stage lights": {},
    }
    company: ClassVar[str] = (
        "shine shining from above single round middle centre everything around it in darkness dark surroundings else beam theatrical"
    )

    def prepare(self, scene: Scene) -> Paint:
        """A cone from the top and the pool it makes; the dark is cool, the light is warm."""
        height, width = scene.clip.height, scene.clip.width
        rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
        x, y = (columns + 0.5 - width / 2) / height, (rows + 0.5) / height
        pool = 1 - tone.smoothstep(
            np.hypot(x / 0.46, (y - 0.56) / 0.56).astype(np.float32), 0.55, 1.1
        )
        across = np.abs(x) / (0.05 + 0.42 * y)
        cone = (1 - tone.smoothstep(across.astype(np.float32), 0.55, 1.0)) * (1 - 0.75 * y)
        dark = 0.86 * min(self.strength, 1.12)
        gains = gain_map(np.asarray(1 - dark * (1 - pool), np.float32))
        haze = brush.bytes_of(
            np.asarray(cone[..., None] * np.array([46, 42, 33], np.float32), np.float32)
        )
        table = paint_of(lambda rgb: tone.contrast(tone.warmth(rgb, 0.12), 0.2))

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            return screened(shade(table(pixels, index, seconds), gains), haze)

        return paint
