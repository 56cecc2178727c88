"""Lomo: cross-processed slide film in a toy camera; green shadows, yellow lights, dark corners."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.noise import gain_map, radius, shade
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Lomo(Spoken):
    """Cross-processing and a plastic lens."""

    strength: float = 1.0
    name: ClassVar[str] = "lomo"
    stage: ClassVar[Stage] = Stage.LOOK
    examples: ClassVar[tuple[str, ...]] = (
        "make it lomo style",
        "lomography look",
        "cross-processed film",
    )
    phrases: ClassVar[Phrases] = {
        "lomo": {},
        "lomography": {},
        "lomographic": {},
        "lomo (style|look|effect|camera|photo)": {},
        "cross process": {},
        "cross processed": {},
        "cross-processed": {},
        "cross processing": {},
        "cross-processed (film|look)": {},
        "xpro": {},
        "toy camera": {},
        "holga": {},
    }
    company: ClassVar[str] = "film photo analogue retro"

    def prepare(self, scene: Scene) -> Paint:
        """A table and the lens's dark corners."""
        height, width = scene.clip.height, scene.clip.width
        deep = 0.62 * min(self.strength, 1.4)
        corners = gain_map(1 - deep * tone.smoothstep(radius(height, width), 0.42, 1.02))
        table = paint_of(self._crossed)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            return shade(table(pixels, index, seconds), corners)

        return paint

    def _crossed(self, rgb: Floats) -> Floats:
        """Each channel by the curve of the wrong chemistry."""
        red = tone.curve(rgb[..., 0], ((0, 0.0), (0.25, 0.17), (0.75, 0.86), (1, 1)))
        green = tone.curve(rgb[..., 1], ((0, 0.02), (0.25, 0.23), (0.75, 0.84), (1, 0.99)))
        blue = tone.curve(rgb[..., 2], ((0, 0.13), (0.5, 0.48), (1, 0.82)))
        crossed = np.stack([red, green, blue], axis=-1)
        return tone.mix(rgb, tone.saturation(crossed, 1.22), min(self.strength, 1.0))
