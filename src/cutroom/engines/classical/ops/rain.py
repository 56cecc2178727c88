"""Rain: streaks in three depths at one slant, over a wet, dimmer, cooler picture."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.air.anchor import anchor
from cutroom.engines.classical.air.particles import Reals, Swarm, cover, drift, lit, splat
from cutroom.engines.classical.air.puddles import Puddles
from cutroom.engines.classical.bars import within
from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.noise import blend
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken

# count on a square frame, speed, length, thickness, opacity: far to near
_DEPTHS = (
    (900, 1.5, 0.038, 0.0012, 0.55),
    (330, 2.2, 0.068, 0.0018, 0.62),
    (80, 3.1, 0.125, 0.0028, 0.50),
)
_SLANT = 0.10


@dataclass(frozen=True, slots=True)
class Rain(Spoken):
    """Falling rain; density 1 is steady rain."""

    density: float = 1.0
    name: ClassVar[str] = "rain"
    stage: ClassVar[Stage] = Stage.WEATHER
    label: ClassVar[str] = "rain"
    scaled: ClassVar[str] = "density"
    examples: ClassVar[tuple[str, ...]] = (
        "make it rain",
        "add rain",
        "a rainy day look",
    )
    phrases: ClassVar[Phrases] = {
        "rain": {},
        "rainy": {},
        "raining": {},
        "rainfall": {},
        "rainy day": {},
        "rainy weather": {},
        "falling rain": {},
        "rain falling from sky": {},
        "rain falls": {},
        "rain falling down": {},
        "rain falling": {},
        "rain drops": {},
        "raindrops": {},
        "it is raining": {},
        "drizzle": {"density": 0.5},
        "drizzling": {"density": 0.5},
        "downpour": {"density": 2.0},
        "pouring rain": {"density": 2.0},
        "rainstorm": {"density": 2.0},
        "rain storm": {"density": 2.0},
        "torrential rain": {"density": 2.2},
        "light rain": {"density": 0.6},
        "heavy rain": {"density": 1.8},
        "(rain|raindrops) (falling|pouring|coming|pelting|streaming|lashing|hammering) [down|from the sky|heavily|hard]": {},
        "(pouring|falling|gentle|steady|soft|streaming|summer|autumn|cold) rain": {},
        "(rains|raining) (heavily|lightly|hard|gently|cats and dogs)": {},
        "(pour|pours|pouring) (with rain|down)": {},
        "rain (effect|shower|showers|weather|drops|streaks|drizzle|storm|is falling|pours down|comes down|pours)": {},
        "(start|starts|started) (raining|to rain)": {},
        "rainy (weather|mood|atmosphere|afternoon|look|scene)": {},
        "let it rain": {},
        "wet weather": {},
        "(in|under) the rain": {},
        "cloudburst": {},
        "thunderstorm rain": {},
    }
    company: ClassVar[str] = (
        "wet falling pouring coming down drops streaks sky from steady everywhere grey pour"
    )

    def prepare(self, scene: Scene) -> Paint:
        """Throw the drops once; a frame only asks where they are, in the world and before the lens."""
        return within(scene, self._falling)

    def _falling(self, scene: Scene) -> Paint:
        height, width, seed = scene.clip.height, scene.clip.width, scene.seed
        aspect, world = width / height, anchor(scene)
        heavy = self.density**0.5
        swarms = [
            (drift(max(2, round(count * aspect * self.density)), aspect, speed=speed,
                   wind=_SLANT * speed, sway=0.0, swing=0.0, key=(seed, 302, n)),
             length, thick, opacity)
            for n, (count, speed, length, thick, opacity) in enumerate(_DEPTHS)
        ]  # fmt: skip
        ground = Puddles(aspect, self.density, (seed, 314))
        table = paint_of(lambda rgb: _wet(rgb, min(0.8 * heavy, 1.4)))
        haze = min(0.05 + 0.05 * self.density, 0.25)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            wet = ground.sheen(table(pixels, index, seconds), min(heavy, 1.4))
            bright = lit(wet, 95, 228, 0.1)
            air = np.empty_like(wet)
            air[:] = (bright * 0.7).astype(np.uint8)
            wet = blend(wet, air, haze)
            share = ground.splashes(seconds, world.at(index, 0.3), (height, width))
            for depth, (swarm, length, thick, opacity) in enumerate(swarms):
                x, y = swarm.at(seconds, world.at(index, depth / len(swarms)))
                share += _streaks(
                    swarm, x, y, (height, width), length=length, thick=thick, opacity=opacity
                )
            return cover(wet, bright, np.minimum(share, 0.8))

        return paint


def _streaks(
    swarm: Swarm,
    x: Reals,
    y: Reals,
    shape: tuple[int, int],
    *,
    length: float,
    thick: float,
    opacity: float,
) -> Floats:
    """Each drop as the line it draws while the shutter is open, faint at both ends."""
    height, width = shape
    beads = int(np.clip(length * height / 1.6, 3, 48))
    along = (np.arange(beads) + 0.5) / beads
    faded = np.sin(np.pi * along) ** 0.8
    drop = 0.5 + 0.5 * swarm.phase
    reach = length * (0.7 + 0.6 * swarm.phase)
    xs = (x[:, None] + _SLANT * reach[:, None] * along) * height
    ys = (y[:, None] + reach[:, None] * along) * height
    weights = (drop[:, None] * faded) * (opacity * reach[:, None] * height / beads)
    light = splat(xs.ravel(), ys.ravel(), weights.ravel(), height, width)
    sigma = thick * height * 0.55
    if sigma > 0.45:
        light = np.asarray(cv2.GaussianBlur(light, (0, 0), sigma), np.float32)
        return light * np.float32(sigma * 2.2)
    return light * np.float32(min(1.0, sigma * 2.2))  # thinner than a pixel: fainter instead


def _wet(rgb: Floats, strength: float) -> Floats:
    """Under rain clouds: dimmer, cooler, less colour, softer lights."""
    dim = tone.saturation(tone.exposure(rgb, -0.55 * strength), 1 - 0.35 * strength)
    flat = tone.curve(dim, ((0, 0.02), (0.4, 0.38), (0.8, 0.70), (1, 0.85)))
    return tone.warmth(tone.mix(dim, flat, min(strength, 1.0)), -0.22 * strength)
