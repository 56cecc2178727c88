"""Bubbles: soap bubbles that rise and waver, with a shimmering rim and the window's reflection on them."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.air.anchor import anchor
from cutroom.engines.classical.air.particles import drift
from cutroom.engines.classical.bars import within
from cutroom.engines.classical.colour.grade import Floats
from cutroom.engines.classical.noise import dice
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken

# count on a square frame, diameter, speed upwards: far to near
_DEPTHS = ((14, 0.030, 0.055), (9, 0.060, 0.080), (3, 0.125, 0.120))
_FILM = 128
"""Pixels across of a bubble before it is scaled into the frame."""


@dataclass(frozen=True, slots=True)
class Bubbles(Spoken):
    """Soap bubbles; density 1 is about twenty at a time."""

    density: float = 1.0
    name: ClassVar[str] = "bubbles"
    stage: ClassVar[Stage] = Stage.WEATHER
    label: ClassVar[str] = "floating bubbles"
    scaled: ClassVar[str] = "density"
    alters: ClassVar[frozenset[str]] = frozenset()
    examples: ClassVar[tuple[str, ...]] = (
        "add floating bubbles",
        "add soap bubbles",
        "bubbles drifting through the air",
    )
    phrases: ClassVar[Phrases] = {
        "bubbles": {},
        "soap bubbles": {},
        "floating bubbles": {},
        "floating soap bubbles": {},
        "bubbles floating": {},
        "bubbles drifting": {},
        "bubbles in the air": {},
        "bubbles floating in the air": {},
        "bubbles drifting through the air": {},
        "bubbles floating through the air": {},
        "rising bubbles": {},
        "soap bubbles in the air": {},
        "lots of bubbles": {"density": 1.8},
    }
    company: ClassVar[str] = (
        "soap floating around everywhere air through drifting up little small big shiny in blow rising slowly wobbly"
    )

    def prepare(self, scene: Scene) -> Paint:
        """Blow them once; a frame only asks where they are."""
        return within(scene, self._blown)

    def _blown(self, scene: Scene) -> Paint:
        height, width = scene.clip.height, scene.clip.width
        aspect, world = width / height, anchor(scene)
        films = [_film(dice(scene.seed, 309, n)) for n in range(4)]
        swarms = [
            (drift(max(1, round(count * aspect * self.density)), aspect, speed=-speed, wind=0.3 * speed,
                   sway=0.025, swing=0.22, key=(scene.seed, 310, n)), size)
            for n, (count, size, speed) in enumerate(_DEPTHS)
        ]  # fmt: skip

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            result = pixels.copy()
            for depth, (swarm, size) in enumerate(swarms):
                x, y = swarm.at(seconds, world.at(index, depth / len(swarms)))
                across = size * (0.6 + 0.8 * swarm.phase) * height
                wobble = 0.03 * np.sin(2 * np.pi * (1.1 * seconds + 3 * swarm.phase))
                for n in range(len(x)):
                    shape = (x[n] * height, y[n] * height, across[n], wobble[n])
                    _lay(result, films[n % len(films)], shape)
            return result

        return paint


def _film(rng: np.random.Generator) -> Floats:
    """A bubble from the front: light it adds (RGB 0..255) and how much it hides, (128, 128, 4)."""
    side = np.linspace(-1.04, 1.04, _FILM, dtype=np.float32)
    x, y = np.meshgrid(side, side)
    out = np.hypot(x, y)
    inside = np.clip((1 - out) / 0.03, 0, 1)
    rim = np.exp(-(((out - 0.965) / 0.05) ** 2)) + 0.45 * np.clip(out, 0, 1) ** 6
    # Thin film: the hue runs with the film's thickness, which grows downwards and swirls.
    thick = 3.0 * out**2 + 0.9 * y + 0.35 * np.sin(3 * x + 6.3 * rng.random()) + rng.random()
    hues = np.stack([np.cos(2 * np.pi * (0.55 * thick + s)) for s in (0.0, 0.33, 0.67)], axis=-1)
    light = (150 + 90 * hues) * (rim * 0.62)[..., None]
    for where, size, bright in (((-0.42, -0.46), 0.17, 235.0), ((0.46, 0.5), 0.10, 110.0)):
        u, v = (x - where[0]) / size, (y - where[1]) / size
        glint = np.exp(-((u + v) ** 2) * 0.9 - ((u - v) ** 2) * 0.22)
        light += bright * glint[..., None]
    hidden = np.clip(rim * 0.42, 0, 0.6)
    film = np.dstack([light * inside[..., None], hidden * inside])
    return np.asarray(film, np.float32)


def _lay(pixels: Pixels, film: Floats, shape: tuple[float, float, float, float]) -> None:
    """A bubble onto the frame in place; shape is (x, y, diameter) in pixels and how it is squeezed."""
    x, y, across, squeeze = shape
    height, width = pixels.shape[:2]
    reach = across * 0.56
    left, right = max(0, int(x - reach)), min(width, int(x + reach) + 2)
    top, bottom = max(0, int(y - reach)), min(height, int(y + reach) + 2)
    if left >= right or top >= bottom:
        return
    share = across * 1.04 / _FILM
    wide, tall = share * (1 + squeeze), share * (1 - squeeze)
    placing = np.array(
        [[wide, 0, x - left - wide * _FILM / 2], [0, tall, y - top - tall * _FILM / 2]], np.float32
    )
    laid = cv2.warpAffine(film, placing, (right - left, bottom - top), flags=cv2.INTER_AREA)
    under = pixels[top:bottom, left:right].astype(np.float32)
    lit = under * (1 - laid[..., 3:]) + laid[..., :3] * (1 - 0.35 * under / 255)
    pixels[top:bottom, left:right] = np.clip(lit, 0, 255).astype(np.uint8)
