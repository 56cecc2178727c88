"""Fireworks: shells that climb, burst into chrysanthemums, rings and willows, and rain down; behind the roofs where a sky is found."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cutroom.engines.classical.air.anchor import anchor
from cutroom.engines.classical.air.particles import Reals, dots_of_light
from cutroom.engines.classical.air.skyline import SURE, skyline
from cutroom.engines.classical.bars import within
from cutroom.engines.classical.colour.grade import Floats
from cutroom.engines.classical.noise import dice, glowing
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken

_LIFE = 2.3
_CLIMB = 0.9
_TAIL = 9
_COLOURS = np.array(
    [(255, 96, 72), (255, 196, 84), (120, 255, 140), (110, 170, 255), (255, 120, 230), (255, 240, 200), (170, 120, 255)],
    float,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fireworks(Spoken):
    """A display; density 1 is a shell about every half second."""

    density: float = 1.0
    name: ClassVar[str] = "fireworks"
    stage: ClassVar[Stage] = Stage.WEATHER
    scaled: ClassVar[str] = "density"
    alters: ClassVar[frozenset[str]] = frozenset()
    examples: ClassVar[tuple[str, ...]] = (
        "add fireworks",
        "add a fireworks display in the background.",
        "fireworks in the sky",
    )
    phrases: ClassVar[Phrases] = {
        "fireworks": {},
        "firework": {},
        "fireworks display": {},
        "firework display": {},
        "fireworks display in the background": {},
        "fireworks in the background": {},
        "fireworks in the sky": {},
        "fireworks show": {},
        "firework show": {},
        "fireworks going off": {},
        "fireworks exploding": {},
        "fireworks exploding in the sky": {},
        "fireworks display in the sky": {},
        "colourful fireworks": {},
        "colourful fireworks display": {},
        "colourful fireworks in the sky": {},
        "exploding fireworks": {},
    }
    company: ClassVar[str] = (
        "show display sky night colourful exploding going off in big huge bursting bright over above background"
    )

    def prepare(self, scene: Scene) -> Paint:
        """Behind what stands before the sky; without a sky before the picture, which a note says."""
        sky = skyline(scene)
        if sky.score < SURE:
            scene.tick.note("No clear sky was found, so the fireworks are in front of the picture.")
        matte = sky.matte if sky.score >= SURE else None
        return within(scene, lambda inner: self._fired(inner, matte))

    def _fired(self, scene: Scene, matte: Callable[[Pixels], Floats] | None) -> Paint:
        height, width = scene.clip.height, scene.clip.width
        aspect, world, every = width / height, anchor(scene), 0.55 / max(self.density, 0.1)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            aside = world.at(index)
            first = int(np.floor((seconds - _LIFE - _CLIMB) / every))
            shells = [
                lights
                for n in range(first, int(np.floor(seconds / every)) + 1)
                if (lights := _shell(n, (n + 1) * every, seconds, aspect, scene.seed)) is not None
            ]
            if not shells:
                return pixels.copy()
            x, y, colours = (np.concatenate(part) for part in zip(*shells, strict=True))
            light = dots_of_light(x + aside[0], y + aside[1], colours, 0.0058, (height, width))
            if matte is not None:
                light = (light * matte(pixels)[..., None]).astype(np.uint8)
            return glowing(pixels, light)

        return paint


def _shell(
    number: int, burst: float, seconds: float, aspect: float, seed: int
) -> tuple[Reals, Reals, Reals] | None:
    """(x, y) in heights and colours (n, 3) of one shell's lights at this moment; None before and after."""
    rng = dice(seed, 311, number + 1000)
    x0, y0 = rng.uniform(0.08, 0.92) * aspect, rng.uniform(0.10, 0.40)
    size, sort, hue = rng.uniform(0.13, 0.26), rng.integers(0, 4), rng.integers(0, len(_COLOURS))
    age = seconds - burst
    if not -_CLIMB < age < _LIFE:
        return None
    if age < 0:
        return _climbing(age, x0, y0)
    many = 46 if sort == 1 else 90
    turn = rng.uniform(0, 2 * np.pi, many) if sort != 1 else np.linspace(0, 2 * np.pi, many)
    away = np.sqrt(1 - rng.uniform(-1, 1, many) ** 2) if sort != 1 else np.full(many, 0.9)
    push = size * away * (rng.uniform(0.85, 1.05, many) if sort != 1 else 1.0)
    tilt = 0.45 if sort == 1 else 1.0
    willow = sort == 2
    colour = np.array((255, 190, 90.0)) if willow else _COLOURS[hue]
    second = _COLOURS[(hue + 2) % len(_COLOURS)] if sort == 3 else colour
    own = np.where((np.arange(many) % 2 == 0)[:, None], colour, second)
    parts = []
    for step in range(_TAIL):
        then = age - step * (0.045 if willow else 0.022) * min(1.0, age / 0.2)
        out = 1 - np.exp(-3.2 * then)
        fall = (0.16 if willow else 0.10) * then**2
        left = np.clip(1 - then / (_LIFE if willow else 0.75 * _LIFE), 0, 1) ** 1.6
        glow = 1.5 * left * (1 - step / _TAIL) ** 1.5 * min(1.0, age / 0.06)
        flash = 1.6 * np.exp(-then / 0.12)
        twinkle = 1 + 0.5 * np.sin(40 * then + 9 * turn) * (then > 0.9)
        white = np.clip(np.exp(-then / 0.35), 0, 0.7)
        shown = (own * (1 - white) + 255 * white) * ((glow + flash * (step == 0)) * twinkle)[
            :, None
        ]
        parts.append(
            (x0 + push * out * np.cos(turn), y0 + push * tilt * out * np.sin(turn) + fall, shown)
        )
    xs, ys, colours = (np.concatenate(p) for p in zip(*parts, strict=True))
    return xs, ys, colours * 0.55


def _climbing(age: float, x0: float, y0: float) -> tuple[Reals, Reals, Reals]:
    """The spark that carries the shell up, and its tail."""
    steps = np.arange(14)
    then = np.clip((age + _CLIMB) / _CLIMB - steps * 0.012, 0, 1)
    y = 1.05 + (y0 - 1.05) * (1 - (1 - then) ** 2)
    x = x0 + 0.02 * (1 - then) + 0.002 * np.sin(9 * steps)
    glow = (1 - steps / 14) * 0.5 * np.clip(-age / 0.15, 0, 1)
    return x, y, np.array((255, 200, 130.0)) * glow[:, None]
