"""Dawn: thin rosy light, cool shadows, a little mist over everything."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.marks import brush
from cutroom.engines.classical.noise import screened, where_bright
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Dawn(Spoken):
    """Light of the first minutes of the day."""

    strength: float = 1.0
    name: ClassVar[str] = "dawn"
    stage: ClassVar[Stage] = Stage.LIGHT
    label: ClassVar[str] = "dawn light"
    examples: ClassVar[tuple[str, ...]] = (
        "make it dawn",
        "early morning light",
        "change the lighting to sunrise",
    )
    phrases: ClassVar[Phrases] = {
        "dawn": {},
        "at dawn": {},
        "sunrise": {},
        "at sunrise": {},
        "sunrise light": {},
        "sunrise lighting": {},
        "daybreak": {},
        "early morning": {},
        "early morning light": {},
        "morning light": {},
        "morning": {},
        "in the morning": {},
        "first light": {},
        "dawn light": {},
        "dawn lighting": {},
        "break of dawn": {},
        "(dawn|sunrise|daybreak|morning|early morning|first) (light|lighting|glow|look|mood|atmosphere|colours|scene|sun|time|vibe)": {},
        "(early|fresh|soft|pale) morning [light|sun|sunlight]": {},
        "(at|around|during) (daybreak|sunrise|dawn|first light)": {},
        "sun (rising|coming up|is rising|comes up|rises)": {},
        "rising sun": {},
        "early in the morning": {},
        "crack of dawn": {},
        "(just before|right at|just after) (sunrise|dawn)": {},
    }
    company: ClassVar[str] = "early fresh soft pale pink peach light glow glowing rays sunrise"

    def prepare(self, scene: Scene) -> Paint:
        """A pale table, and a rosy light from the horizon upwards."""
        height, width = scene.clip.height, scene.clip.width
        strength = min(self.strength, 1.6)
        table = paint_of(lambda rgb: _first_light(rgb, strength))
        down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
        rose = np.exp(-(((down - 0.40) / 0.26) ** 2)) * np.array([104, 58, 44], np.float32)
        light = brush.bytes_of(
            np.asarray(rose * strength * np.ones((1, width, 1), np.float32), np.float32)
        )

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            lit = table(pixels, index, seconds)
            return screened(lit, where_bright(lit, light))

        return paint


def _first_light(rgb: Floats, strength: float) -> Floats:
    """Blue shadows, peach lights, less contrast and colour."""
    pale = tone.saturation(tone.exposure(rgb, -0.30 * strength), 1 - 0.10 * strength)
    toned = tone.split(pale, (-0.045, -0.005, 0.12), (0.15, 0.01, -0.07), strength)
    soft = tone.curve(toned, ((0, 0.05), (0.3, 0.31), (0.7, 0.68), (1, 0.96)))
    return tone.mix(toned, soft, min(strength, 1.0))
