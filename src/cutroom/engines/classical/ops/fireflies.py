"""Fireflies: small warm lights that wander, glow and fade, each in its own time."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.air.anchor import anchor
from cutroom.engines.classical.air.particles import dots_of_light, wrapped
from cutroom.engines.classical.bars import within
from cutroom.engines.classical.noise import dice, glowing
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken

_GLOW = np.array([330, 310, 92.0])
"""Of a firefly in full glow; its core burns out to white."""
_SIZES = (0.006, 0.009, 0.014)


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
        return within(scene, self._swarming)

    def _swarming(self, scene: Scene) -> Paint:
        height, width = scene.clip.height, scene.clip.width
        aspect, world = width / height, anchor(scene)
        rng = dice(scene.seed, 304)
        count = max(3, round(24 * aspect * self.density))
        home = np.stack([rng.uniform(0, aspect, count), rng.beta(2.2, 1.6, count)])
        reach, pace = rng.uniform(0.03, 0.11, (3, 2, count)), rng.uniform(0.03, 0.16, (3, 2, count))
        start, near = rng.random((3, 2, count)), rng.random(count) ** 2
        beat, phase = rng.uniform(0.25, 0.6, count), rng.random(count)
        groups = [g for g in np.array_split(np.argsort(near), len(_SIZES)) if len(g)]

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            x, y = home + (reach * np.sin(2 * np.pi * (pace * seconds + start))).sum(axis=0)
            pulse = np.clip(np.sin(2 * np.pi * (beat * seconds + phase)) * 0.9 + 0.35, 0, 1) ** 1.5
            light = np.zeros_like(pixels)
            for depth, (group, size) in enumerate(zip(groups, _SIZES, strict=False)):
                aside = world.at(index, depth / len(_SIZES))
                at = wrapped(x[group] + aside[0], y[group] + aside[1], aspect)
                glow = pulse[group][:, None] * _GLOW
                near_dots = dots_of_light(*at, glow, size, (height, width))
                haze = dots_of_light(*at, glow * 0.22, size * 4, (height, width))
                light = np.asarray(cv2.add(light, cv2.add(near_dots, haze)), np.uint8)
            return glowing(pixels, light)

        return paint
