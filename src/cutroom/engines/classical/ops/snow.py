"""Snow: flakes in five depths, the near ones large and out of focus, all adrift in a light wind."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.air.anchor import anchor
from cutroom.engines.classical.air.particles import cover, drift, lit, soft_dots
from cutroom.engines.classical.bars import within
from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.noise import blend
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken

# count on a square frame, diameter, speed, sway, opacity: far to near
_DEPTHS = (
    (1100, 0.0030, 0.12, 0.006, 0.70),
    (480, 0.0050, 0.19, 0.012, 0.90),
    (150, 0.0088, 0.29, 0.020, 0.92),
    (36, 0.0170, 0.43, 0.030, 0.62),
    (7, 0.0430, 0.66, 0.045, 0.34),
)


@dataclass(frozen=True, slots=True)
class Snow(Spoken):
    """Falling snow; density 1 is a steady fall."""

    density: float = 1.0
    name: ClassVar[str] = "snow"
    stage: ClassVar[Stage] = Stage.WEATHER
    scaled: ClassVar[str] = "density"
    label: ClassVar[str] = "falling snow"
    examples: ClassVar[tuple[str, ...]] = ("make it snow", "add falling snow", "make it snowy")
    phrases: ClassVar[Phrases] = {
        "snow": {},
        "snowy": {},
        "snowing": {},
        "snowfall": {},
        "snows": {},
        "falling snow": {},
        "snow falling from sky": {},
        "snow falls": {},
        "snow falling down": {},
        "snow falling": {},
        "snow is falling": {},
        "snowflakes": {},
        "falling snowflakes": {},
        "snow flakes": {},
        "snowy weather": {},
        "blizzard": {"density": 2.2},
        "snowstorm": {"density": 2.2},
        "snow storm": {"density": 2.2},
        "flurries": {"density": 0.6},
        "let it snow": {},
        "(snow|snowflakes|flakes) (falling|drifting|coming|floating|swirling|dancing|tumbling|whirling|gliding) [down|slowly|gently|softly|everywhere|from the sky|through the air|in the wind]": {},
        "(snowflakes|flakes|snow) (fall|falls|drift|drifts|float) [down|slowly|gently]": {},
        "(gentle|soft|big|thick|fluffy|falling|drifting|swirling|floating|winter) (snow|snowflakes|flakes|snowfall)": {},
        "(falling|drifting) flakes": {},
        "(snowing|snows) (heavily|lightly|hard|gently|softly)": {},
        "snow (effect|weather|storm|shower|flurry|flurries|particles)": {},
        "snow (is coming|comes) down": {},
        "(start|starts|started) (snowing|to snow)": {},
        "winter snow": {},
        "(whiteout|white out)": {},
    }
    company: ClassVar[str] = (
        "big large fluffy small tiny white winter wintry gentle falling drifting swirling floating dancing down slowly softly air sky everywhere flakes from wind delicate"
    )

    def prepare(self, scene: Scene) -> Paint:
        """Throw the flakes once; a frame only asks where they are, in the world and before the lens."""
        return within(scene, self._thrown)

    def _thrown(self, scene: Scene) -> Paint:
        world = anchor(scene)
        height, width = scene.clip.height, scene.clip.width
        aspect = width / height
        gusty = 1 + max(0.0, self.density - 1.0)
        swarms = [
            (
                drift(max(2, round(count * aspect * self.density)), aspect, speed=speed * gusty**0.5,
                      wind=0.225 * gusty * speed, sway=sway, swing=0.35, key=(scene.seed, 301, n)),
                size, opacity,
            )
            for n, (count, size, speed, sway, opacity) in enumerate(_DEPTHS)
        ]  # fmt: skip
        haze = min(0.05 + 0.06 * self.density, 0.3)
        winter = paint_of(_under_clouds)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            pixels = winter(pixels, index, seconds)
            white = lit(pixels, 170, 252, 0.12)
            air = np.empty_like(pixels)  # what the far flakes scatter: the frame's own light
            air[:] = np.clip(np.array(cv2.mean(pixels)[:3]) * 1.35 + 14, 0, 225).astype(np.uint8)
            pixels = blend(pixels, air, haze)
            clear = np.ones(pixels.shape[:2], np.float32)
            for depth, (swarm, size, opacity) in enumerate(swarms):
                x, y = swarm.at(seconds, world.at(index, depth / len(swarms)))
                faint = opacity * (0.55 + 0.45 * swarm.phase)
                clear *= 1 - soft_dots(x, y, faint, size, (height, width)) * np.float32(opacity)
            return cover(pixels, white, 1 - clear)

        return paint


def _under_clouds(rgb: Floats) -> Floats:
    """Cold and dull, and no light so white that a flake would be lost before it."""
    dull = tone.curve(tone.saturation(rgb, 0.66), ((0, 0.03), (0.4, 0.38), (0.8, 0.71), (1, 0.86)))
    return tone.warmth(dull, -0.22)
