"""Fireflies: small warm lights that wander, glow and fade, each in its own time."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.noise import dice, screened
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.particles import soft_dots
from cutroom.engines.classical.planner.phrases import Phrases, Spoken

_CORE = np.array([255, 244, 170], np.float32)
_HALO = np.array([150, 138, 34], np.float32)


@dataclass(frozen=True, slots=True)
class Fireflies(Spoken):
    """Fireflies; density 1 is about forty on a wide frame."""

    density: float = 1.0
    name: ClassVar[str] = "fireflies"
    stage: ClassVar[Stage] = Stage.WEATHER
    scaled: ClassVar[str] = "density"
    alters: ClassVar[frozenset[str]] = frozenset()
    examples: ClassVar[tuple[str, ...]] = (
        "add fireflies",
        "add glowing fireflies",
        "add a lot of fireflies",
    )
    phrases: ClassVar[Phrases] = {
        "fireflies": {},
        "firefly": {},
        "lightning bugs": {},
        "glow worms": {},
        "glowworms": {},
        "floating lights": {},
        "glowing fireflies": {},
        "glowing particles": {},
        "floating glowing particles": {},
        "magic particles": {},
        "fairy dust": {},
        "fairy lights": {},
        "magical lights": {},
        "glowing lights": {},
        "floating sparks": {},
        "(little|small|tiny|floating|glowing|drifting|warm|magical|blinking|flickering|dancing|golden) (fireflies|glow worms|lights|glowing lights|sparkles|lightning bugs)": {},
        "(fireflies|glow worms|lightning bugs) (dancing|floating|flying|glowing|blinking|drifting|flickering|buzzing) [around|everywhere|in the air|in the dark|through the air|in the night]": {},
        "(fairy|magic|pixie) (dust|lights|sparkles)": {},
        "will o the wisps": {},
        "glowing (bugs|insects|particles|specks|orbs)": {},
        "glow bugs": {},
    }
    company: ClassVar[str] = (
        "little small tiny floating glowing dancing flying blinking drifting around everywhere in dark air warm golden magical over grass swarm of hundreds many"
    )

    def prepare(self, scene: Scene) -> Paint:
        """Every firefly's path is a sum of slow swings around its home."""
        height, width = scene.clip.height, scene.clip.width
        rng = dice(scene.seed, 304)
        count = max(3, round(24 * width / height * self.density))
        home = np.stack([rng.uniform(0, width / height, count), rng.beta(2.2, 1.6, count)])
        reach, pace = rng.uniform(0.03, 0.11, (3, 2, count)), rng.uniform(0.03, 0.16, (3, 2, count))
        start, near = rng.random((3, 2, count)), rng.random(count) ** 2
        beat, phase = rng.uniform(0.25, 0.6, count), rng.random(count)
        order = np.argsort(near)
        groups = [g for g in np.array_split(order, 3) if len(g)]

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            del index  # they fly by the clock
            x, y = home + (reach * np.sin(2 * np.pi * (pace * seconds + start))).sum(axis=0)
            pulse = np.clip(np.sin(2 * np.pi * (beat * seconds + phase)) * 0.9 + 0.35, 0, 1) ** 1.5
            lights = np.zeros((height, width, 3), np.float32)
            for group, size in zip(groups, (0.006, 0.009, 0.014), strict=False):
                core = soft_dots(
                    x[group], y[group], pulse[group], size, (height, width), hardness=2.4
                )
                halo = soft_dots(
                    x[group], y[group], pulse[group], size * 7, (height, width), hardness=1.0
                )
                lights += core[..., None] * _CORE + halo[..., None] * _HALO
            return screened(pixels, np.asarray(cv2.convertScaleAbs(lights), np.uint8))

        return paint
