"""Candlelight: a small warm flame's light, dim towards the edges, never quite still."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.noise import dice, gain_map, radius, shade
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken

_PACES = (0.7, 1.3, 2.1, 3.4)
"""Of the waver, in beats a second."""


@dataclass(frozen=True, slots=True)
class Candlelight(Spoken):
    """A flame's light."""

    strength: float = 1.0
    name: ClassVar[str] = "candlelight"
    stage: ClassVar[Stage] = Stage.LIGHT
    examples: ClassVar[tuple[str, ...]] = (
        "make it candlelight",
        "candlelit",
        "lit by candles",
    )
    phrases: ClassVar[Phrases] = {
        "candlelight": {},
        "candle light": {},
        "candlelit": {},
        "candle lit": {},
        "(lit|lighted|illuminated) by (candles|candlelight|a candle|candle light|firelight|a fire|a campfire|a fireplace)": {},
        "by (candlelight|candle light|firelight)": {},
        "firelight": {},
        "fire light": {},
        "(candlelight|candle|firelight|campfire|fireplace) (lighting|glow|mood|atmosphere|ambience|light)": {},
    }
    company: ClassVar[str] = "warm soft dim cosy flickering romantic"

    def prepare(self, scene: Scene) -> Paint:
        """A table and a pool of light whose strength wavers, slowly and a little."""
        height, width, seed = scene.clip.height, scene.clip.width, scene.seed
        pool = 1 - 0.80 * tone.smoothstep(radius(height, width, 0.5, 0.56), 0.18, 0.92)
        gains = gain_map(np.asarray(pool, np.float32))
        table = paint_of(lambda rgb: _flame(rgb, self.strength))
        beats = dice(seed, 424).uniform(0, 1, 4)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            lit = shade(table(pixels, index, seconds), gains)
            waver = sum(
                np.sin(2 * np.pi * (pace * seconds + b))
                for pace, b in zip(_PACES, beats, strict=True)
            )
            return np.asarray(cv2.convertScaleAbs(lit, alpha=1 + 0.011 * float(waver)), np.uint8)

        return paint


def _flame(rgb: Floats, strength: float) -> Floats:
    """1900 kelvin: no blue to speak of, half the light, warm shadows."""
    dim = tone.exposure(tone.saturation(rgb, 0.75), -0.75 * strength)
    warm = tone.linear(dim) * np.array([1.55, 0.86, 0.34], np.float32)
    return tone.split(
        tone.contrast(np.clip(tone.shown(warm), 0, 1), 0.12), (0.03, 0.005, 0.0), (0, 0, 0)
    )
