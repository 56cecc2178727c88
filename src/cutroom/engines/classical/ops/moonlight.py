"""Moonlight: a silver-blue night, brighter than night, lit from above to one side."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.exposure import brightness
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.marks import brush
from cutroom.engines.classical.noise import gain_map, radius, screened, shade
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Moonlight(Spoken):
    """Full moon; strength sets how deep the night is."""

    strength: float = 1.0
    name: ClassVar[str] = "moonlight"
    stage: ClassVar[Stage] = Stage.LIGHT
    examples: ClassVar[tuple[str, ...]] = (
        "make it moonlit",
        "add moonlight",
        "moonlit night",
    )
    phrases: ClassVar[Phrases] = {
        "moonlight": {},
        "moonlit": {},
        "moonlit night": {},
        "moonlight night": {},
        "moon light": {},
        "full moon light": {},
        "in moonlight": {},
        "by moonlight": {},
        "silvery moonlight": {},
        "moonlit scene": {},
        "night with moonlight": {},
        "moonlight at night": {},
        "(moonlight|moonlit|full moon|moon) (night|scene|look|glow|mood|lighting|atmosphere)": {},
        "(lit|illuminated|lighted) (by|only by) (moon|moonlight|the full moon|a full moon)": {},
        "(light|glow|shine) of the [full] moon": {},
        "under (the|a) (moon|full moon|moonlight)": {},
        "(silver|silvery|pale|cold|blue|bright|soft) moonlight": {},
        "moonshine": {},
        "moonlight falls": {},
    }
    company: ClassVar[str] = "pale silver silvery bright blue cold soft light glow full"

    def prepare(self, scene: Scene) -> Paint:
        """Exposed for the clip's own brightness; the moon stands above the left third."""
        middle, _ = brightness(scene)
        height, width = scene.clip.height, scene.clip.width
        table = paint_of(lambda rgb: _silver(rgb, middle, self.strength))
        away = radius(height, width, 0.3, -0.05)
        gains = gain_map(np.asarray(1 - 0.62 * tone.smoothstep(away, 0.25, 1.0), np.float32))
        beam = np.exp(-((away / 0.45) ** 2))[..., None] * np.array([26, 36, 54], np.float32)
        light = brush.bytes_of(np.asarray(beam, np.float32))

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            return screened(shade(table(pixels, index, seconds), gains), light)

        return paint


def _silver(rgb: Floats, middle: float, strength: float) -> Floats:
    """Nearly grey, blue, with lights that still read as lights."""
    light = tone.linear(rgb)
    bright = tone.luma(light)
    deep = np.float32(np.clip(0.085 / max(middle, 0.01), 0.2, 1.0) / strength**0.8)
    gain = deep / (1 + bright * deep / np.float32(0.6))
    silver = bright * gain * np.array([0.50, 0.84, 1.48], np.float32)
    night = tone.mix(light * gain, silver, np.float32(0.8))
    return tone.contrast(
        tone.shown(night + np.array([0.0012, 0.002, 0.004], np.float32)), 0.12, 0.3
    )
