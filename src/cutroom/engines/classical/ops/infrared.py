"""Infrared: infrared film; foliage white as snow, skies and water nearly black."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.op import Paint, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Infrared(Spoken):
    """Black and white infrared film."""

    name: ClassVar[str] = "infrared"
    stage: ClassVar[Stage] = Stage.LOOK
    scaled: ClassVar[str] = ""
    examples: ClassVar[tuple[str, ...]] = (
        "make it infrared film",
        "infrared photography look",
        "shot on infrared film",
    )
    phrases: ClassVar[Phrases] = {
        "infrared": {},
        "infra-red": {},
        "infrared (film|photography|photo|look|effect|style|camera)": {},
        "(shot|filmed) on infrared film": {},
        "black and white infrared": {},
        "infrared black and white": {},
    }

    def grade(self, rgb: Floats) -> Floats:
        """What is green or yellow-green glows, what is blue darkens, skin goes pale."""
        red, green, blue = rgb[..., :1], rgb[..., 1:2], rgb[..., 2:]
        leaf = np.clip(green - blue, 0, 1) * tone.smoothstep(green - 0.92 * red, -0.06, 0.10)
        sky = np.clip(blue - red, 0, 1)
        light = tone.luma(rgb) + 0.15 * np.clip(red - blue, 0, 1)
        film = light + 1.9 * leaf * (0.35 + light) - 1.15 * sky * light
        grey = tone.curve(np.clip(film, 0, 1), ((0, 0.0), (0.3, 0.26), (0.7, 0.80), (1, 1)))
        return np.repeat(np.asarray(grey), 3, axis=-1).astype(np.float32)

    def prepare(self, scene: Scene) -> Paint:
        """One table for all frames."""
        del scene
        return paint_of(self.grade)
