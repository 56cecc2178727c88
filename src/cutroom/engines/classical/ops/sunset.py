"""Sunset: low sun; orange from the horizon, violet from the zenith, the ground darker."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cutroom.engines.classical.air.heavens import found, under
from cutroom.engines.classical.bars import within
from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.marks import brush
from cutroom.engines.classical.noise import gain_map, radius, screened, shade, where_bright
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Sunset(Spoken):
    """Light of the last minutes of the day."""

    strength: float = 1.0
    name: ClassVar[str] = "sunset"
    stage: ClassVar[Stage] = Stage.LIGHT
    label: ClassVar[str] = "sunset light"
    examples: ClassVar[tuple[str, ...]] = (
        "make it sunset",
        "change the lighting to sunset",
        "at dusk",
    )
    phrases: ClassVar[Phrases] = {
        "sunset": {},
        "at sunset": {},
        "sunset light": {},
        "sunset lighting": {},
        "sunset glow": {},
        "setting sun": {},
        "dusk": {},
        "at dusk": {},
        "twilight": {},
        "sundown": {},
        "sunset colours": {},
        "time of day to sunset": {},
        "during sunset": {},
        "evening sun": {},
        "warm sunset": {},
        "evening light": {},
        "sunset atmosphere": {},
        "(sunset|sundown|dusk|twilight|evening) (light|lighting|glow|look|mood|atmosphere|colours|scene|tones|hour|vibe|feel|time|version)": {},
        "(light|glow|colours) of (a|the) (setting sun|sunset|evening sun|low sun)": {},
        "(setting|sinking|low evening|low|red evening) sun": {},
        "sun (setting|going down|is setting|is going down|sets|low on the horizon)": {},
        "(right before|just before|shortly before) (sunset|dusk|dark)": {},
        "nightfall glow": {},
        "evening glow": {},
        "(at|around|during) (sundown|twilight)": {},
    }
    company: ClassVar[str] = (
        "bathe bathed bathing soaked flooded orange red warm golden purple pink light glow glowing rays low"
    )

    def prepare(self, scene: Scene) -> Paint:
        """The low sun's light; where a sky is found, its clouds and the sun itself."""
        sky = found(scene)
        land = self.light(scene)
        return under(scene, sky, "sunset", land) if sky else land

    def light(self, scene: Scene) -> Paint:
        """The light alone, off black bars."""
        return within(scene, self._lit)

    def _lit(self, scene: Scene) -> Paint:
        """A warm table, a sky that reddens towards the horizon, and a glow on it."""
        height, width = scene.clip.height, scene.clip.width
        strength = min(self.strength, 1.6)
        table = paint_of(lambda rgb: _dusk(rgb, strength))
        down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
        horizon = np.exp(-(((down - 0.42) / 0.24) ** 2))
        aside = 1 - 0.45 * radius(height, width, 0.5, 0.42)[..., None]
        glow = horizon * aside * np.array([105, 46, 8], np.float32)
        zenith = np.clip(0.5 - down, 0, 1) * np.array([16, 0, 26], np.float32)
        light = brush.bytes_of(np.asarray((glow + zenith) * strength, np.float32))
        ground = gain_map(
            np.asarray(1 - 0.38 * strength * tone.smoothstep(down[..., 0], 0.5, 1.0), np.float32)
            * np.ones((1, width), np.float32)
        )

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            lit = table(pixels, index, seconds)
            return screened(shade(lit, ground), where_bright(lit, light))

        return paint


def _dusk(rgb: Floats, strength: float) -> Floats:
    """Warm lights, violet shadows, half a stop less."""
    warm = tone.warmth(tone.exposure(rgb, -0.55 * strength), 0.62 * strength)
    toned = tone.split(warm, (0.025, -0.012, 0.055), (0.10, -0.005, -0.10), strength)
    return tone.saturation(tone.contrast(toned, 0.12 * strength), 1 + 0.15 * strength)
