"""Night: day for night. Dim, cool and low in colour, the sky darkest, the frame's middle readable."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cutroom.engines.classical.air.heavens import found, under
from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.exposure import brightness
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.noise import gain_map, radius, shade
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Night(Spoken):
    """Day for night; strength sets how deep the night is."""

    strength: float = 1.0
    name: ClassVar[str] = "night"
    stage: ClassVar[Stage] = Stage.LIGHT
    examples: ClassVar[tuple[str, ...]] = (
        "make it night",
        "change the time of day to night",
        "turn day into night",
    )
    phrases: ClassVar[Phrases] = {
        "night": {},
        "nighttime": {},
        "night time": {},
        "night-time": {},
        "at night": {},
        "by night": {},
        "nocturnal": {},
        "midnight": {"strength": 1.3},
        "day for night": {},
        "day to night": {},
        "day into night": {},
        "time of day to night": {},
        "time of day to be night": {},
        "night scene": {},
        "dark night": {"strength": 1.2},
        "evening": {"strength": 0.7},
        "in the evening": {"strength": 0.7},
        "(night|nighttime|night time) (scene|shot|look|version|sky light|lighting|mood|atmosphere|setting|effect|grade)": {},
        "(day|daytime|daylight) (to|into|for|with) (night|nighttime|night time)": {},
        "(dark|deep|black) of night": {},
        "(in|during|late in) the (night|night time)": {},
        "(after|past) (dark|nightfall|sundown)": {},
        "nightfall": {},
        "(late|deep) night": {},
        "late at night": {},
        "(like|as) (night|nighttime)": {},
        "american night": {},
        "time of (night|day) (to|is|be) (night|nighttime)": {},
        "middle of the night": {},
        "dead of night": {},
    }
    company: ClassVar[str] = "dark deep late whole"

    def prepare(self, scene: Scene) -> Paint:
        """Expose for the clip's own brightness; where a sky is found, it gets a moon and stars."""
        land = self.dark(scene)
        sky = found(scene)
        return under(scene, sky, "night", land) if sky else land

    def dark(self, scene: Scene) -> Paint:
        """The night's light: the clip's own brightness brought down, darkest at the top and in the corners."""
        middle, bright = brightness(scene)
        table = paint_of(lambda rgb: _grade(rgb, middle, bright, self.strength))
        clip = scene.clip
        height = np.linspace(0, 1, clip.height, dtype=np.float32)[:, None]
        sky = 1 - 0.42 * self.strength * (1 - tone.smoothstep(height, 0.0, 0.55))
        corners = 1 - 0.45 * tone.smoothstep(radius(clip.height, clip.width, 0.5, 0.58), 0.35, 1.0)
        gains = gain_map(np.asarray(sky * corners, np.float32))

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            return shade(table(pixels, index, seconds), gains)

        return paint


def _grade(rgb: Floats, middle: float, bright: float, strength: float) -> Floats:
    """Eyes at night: blue-shifted greys, a long toe, lights that roll off instead of clipping."""
    light = tone.linear(rgb)
    luma = tone.luma(light)
    # The clip's middle grey lands at about 0.045 of white, its lights at about 0.3.
    stops = np.float32(np.clip(0.066 / max(middle, 0.01), 0.125, 0.7))
    deep = np.float32(stops / strength**0.8)
    rolled = luma * deep / (1 + luma * deep / np.float32(0.42))
    gain = rolled / np.maximum(luma, 1e-4)
    cool = np.array([0.42, 0.80, 1.75], np.float32)
    greys = rolled * cool
    coloured = light * gain * np.array([0.72, 0.90, 1.30], np.float32)
    night = tone.mix(coloured, greys, np.float32(0.66))
    # Lamps: what is warm, saturated and brighter than the clip's lights keeps its own colour.
    spread = rgb.max(axis=-1, keepdims=True) - rgb.min(axis=-1, keepdims=True)
    warm = tone.smoothstep(rgb[..., :1] - rgb[..., 2:], 0.15, 0.45)
    lamp = warm * tone.smoothstep(tone.luma(rgb), min(bright, 0.9), 1.0) * (spread > 0.1)
    night = tone.mix(night, light * np.float32(0.55), lamp * np.float32(0.7))
    floor = np.array([0.0012, 0.0022, 0.0050], np.float32)  # the darkest tones stay blue, not dead
    return tone.shown(night + floor)
