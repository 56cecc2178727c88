"""Snow: flakes in four depths, the near ones large and out of focus, all adrift in a light wind."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.noise import blend
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.particles import cover, drift, lit, soft_dots
from cutroom.engines.classical.planner.phrases import Phrases, Spoken

# count on a square frame, diameter, speed, sway, opacity: far to near
_DEPTHS = (
    (520, 0.0034, 0.13, 0.006, 0.75),
    (260, 0.0062, 0.21, 0.012, 0.90),
    (80, 0.0110, 0.33, 0.022, 0.90),
    (16, 0.0260, 0.52, 0.035, 0.42),
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
    }

    def prepare(self, scene: Scene) -> Paint:
        """Throw the flakes once; a frame only asks where they are."""
        height, width = scene.clip.height, scene.clip.width
        aspect = width / height
        gusty = 1 + max(0.0, self.density - 1.0)
        swarms = [
            (
                drift(max(2, round(count * aspect * self.density)), aspect, speed * gusty**0.5,
                      0.045 * gusty * speed / 0.2, sway, 0.35, (scene.seed, 301, n)),
                size, opacity,
            )
            for n, (count, size, speed, sway, opacity) in enumerate(_DEPTHS)
        ]  # fmt: skip
        haze = min(0.06 + 0.05 * self.density, 0.3)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            del index  # snow falls by the clock, not by the frame
            white = lit(pixels, 165, 250)
            air = np.empty_like(pixels)
            air[:] = (white * 0.62).astype(np.uint8)
            pixels = blend(pixels, air, haze * float(min(cv2.mean(white)[0] / 250, 1.0)))
            clear = np.ones(pixels.shape[:2], np.float32)
            for swarm, size, opacity in swarms:
                x, y = swarm.at(seconds)
                faint = opacity * (0.55 + 0.45 * swarm.phase)
                clear *= 1 - soft_dots(x, y, faint, size, height, width) * np.float32(opacity)
            return cover(pixels, white, 1 - clear)

        return paint
