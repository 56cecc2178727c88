"""Noir: hard black and white, deep shadows, falling off to the corners, a little grain."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.noise import (
    dice,
    gain_map,
    grain_bank,
    grained,
    radius,
    shade,
    window,
)
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Noir(Spoken):
    """Black and white of the 1940s' crime film."""

    strength: float = 1.0
    name: ClassVar[str] = "noir"
    stage: ClassVar[Stage] = Stage.LOOK
    label: ClassVar[str] = "film noir"
    examples: ClassVar[tuple[str, ...]] = (
        "make it film noir",
        "give it a noir look",
        "turn this into a film noir",
    )
    phrases: ClassVar[Phrases] = {
        "noir": {},
        "film noir": {},
        "noir film": {},
        "noir style": {},
        "noir look": {},
        "1940s detective film": {},
        "detective film": {},
        "crime film": {},
        "(1940s|1930s|1950s|40s|30s|50s) (detective|crime|gangster|mystery) (movie|film)": {},
        "(old|classic) (detective|crime|gangster) (movie|film)": {},
        "(detective|crime|gangster) movie": {},
        "hard boiled": {},
    }
    company: ClassVar[str] = (
        "shadowy shadows dark moody black white contrast high hard strong stark lighting 1940s 40s detective classic deep"
    )

    def prepare(self, scene: Scene) -> Paint:
        """A hard grey table, corners, and grain by frame."""
        height, width, seed = scene.clip.height, scene.clip.width, scene.seed
        table = paint_of(self._harden)
        fall = tone.smoothstep(radius(height, width), 0.25, 1.0)
        gains = gain_map(np.asarray(1 - 0.68 * min(self.strength, 1.3) * fall, np.float32))
        bank = grain_bank(height, width, height / 1150, seed)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            grey = shade(table(pixels, index, seconds), gains)
            return grained(grey, window(bank, height, width, dice(seed, 402, index)), 5.0)

        return paint

    def _harden(self, rgb: Floats) -> Floats:
        weights = np.array([0.42, 0.48, 0.10], np.float32)
        grey = np.repeat((rgb @ weights)[..., None], 3, axis=-1)
        hard = tone.curve(
            tone.contrast(grey, 0.8, 0.42), ((0, 0), (0.25, 0.16), (0.7, 0.74), (1, 1))
        )
        return tone.mix(rgb, hard, min(self.strength, 1.0))
