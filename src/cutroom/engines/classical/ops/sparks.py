"""Sparks: glowing embers that rise on hot air, flicker, cool from yellow to red and go out."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.air.anchor import anchor
from cutroom.engines.classical.air.particles import Reals, dots_of_light, wrapped
from cutroom.engines.classical.bars import within
from cutroom.engines.classical.noise import dice, glowing
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken

# count on a square frame, diameter, how fast they rise: far to near
_DEPTHS = ((150, 0.0040, 0.30), (80, 0.0072, 0.44), (20, 0.0150, 0.66))
_BEADS = (-0.5, 0.0, 0.5)
_HOT, _COOL = np.array([255, 226, 130.0]), np.array([255, 74, 12.0])


@dataclass(frozen=True, slots=True)
class Sparks(Spoken):
    """Sparks in the air; density 1 is a camp fire's."""

    density: float = 1.0
    name: ClassVar[str] = "sparks"
    stage: ClassVar[Stage] = Stage.WEATHER
    label: ClassVar[str] = "flying sparks"
    scaled: ClassVar[str] = "density"
    alters: ClassVar[frozenset[str]] = frozenset()
    examples: ClassVar[tuple[str, ...]] = (
        "add flying sparks",
        "add glowing embers",
        "embers floating in the air",
    )
    phrases: ClassVar[Phrases] = {
        "sparks": {},
        "flying sparks": {},
        "sparks flying": {},
        "sparks flying around": {},
        "rising sparks": {},
        "fire sparks": {},
        "glowing sparks": {},
        "embers": {},
        "ember": {},
        "fire embers": {},
        "glowing embers": {},
        "floating embers": {},
        "embers floating": {},
        "embers floating in the air": {},
        "embers in the air": {},
        "sparks in the air": {},
        "rising embers": {},
        "flying embers": {},
        "embers rising": {},
        "shower of sparks": {"density": 1.8},
    }
    company: ClassVar[str] = (
        "flying glowing fire hot rising through air around everywhere small tiny bright floating drifting from below and"
    )

    def prepare(self, scene: Scene) -> Paint:
        """Each has a life of its own and begins again elsewhere; a frame only asks how old it is."""
        return within(scene, self._kindled)

    def _kindled(self, scene: Scene) -> Paint:
        height, width = scene.clip.height, scene.clip.width
        aspect, world = width / height, anchor(scene)
        swarms = []
        for n, (count, size, rise) in enumerate(_DEPTHS):
            many = max(2, round(count * aspect * self.density))
            swarms.append((dice(scene.seed, 308, n).random((many, 8)), size, rise))

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            light = np.zeros_like(pixels)
            for depth, (own, size, rise) in enumerate(swarms):
                aside = world.at(index, depth / len(swarms))
                x, y, colour, beam = _burning(own, rise, seconds)
                x, y = wrapped(x + aside[0], y + aside[1], aspect)
                # The streak that a shutter of a fiftieth of a second leaves.
                xs = np.concatenate([x + bead * beam[0] for bead in _BEADS])
                ys = np.concatenate([y + bead * beam[1] for bead in _BEADS])
                colours = np.tile(colour / len(_BEADS), (len(_BEADS), 1))
                dots = dots_of_light(xs, ys, colours, size, (height, width))
                light = np.asarray(cv2.add(light, dots), np.uint8)
            return glowing(pixels, light)

        return paint


def _burning(
    own: Reals, rise: float, seconds: float
) -> tuple[Reals, Reals, Reals, tuple[Reals, Reals]]:
    """(x, y) in heights, colours (n, 3), and the way gone while the shutter is open, of each spark."""
    life = 1.6 + 1.8 * own[:, 0]
    lives = seconds / life + own[:, 1]
    turn, age = np.floor(lives), np.mod(lives, 1.0)
    start = np.mod(own[:, 2] + turn * 0.754877666, 1.0), np.mod(own[:, 3] + turn * 0.569840291, 1.0)
    speed = rise * (0.6 + 0.8 * own[:, 4])
    gone = age * life
    waver = 0.05 * (0.5 + own[:, 5])
    pace = 2 * np.pi * (0.4 + 0.9 * own[:, 6])
    swing = 2 * np.pi * own[:, 7]
    x = start[0] * 4.0 + waver * np.sin(pace * gone + swing) + 0.10 * gone
    y = 1.0 - start[1] * 0.95 - speed * gone
    glow = np.clip(age / 0.08, 0, 1) * np.clip((1 - age) / 0.5, 0, 1) ** 1.2
    glow *= 0.72 + 0.28 * np.sin(2 * np.pi * (3 + 5 * own[:, 6]) * seconds + swing)
    heat = np.clip(1.15 - 1.3 * age, 0, 1)[:, None]
    colour = (heat * _HOT + (1 - heat) * _COOL) * glow[:, None] * 1.7
    beam = (waver * pace * np.cos(pace * gone + swing) + 0.10) / 50, -speed / 50
    return x, y, colour, beam
