"""Lightning: a storm's dark light, and now and then a flash with a forked bolt where there is a sky."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.air.anchor import anchor
from cutroom.engines.classical.air.heavens import under
from cutroom.engines.classical.air.particles import Reals
from cutroom.engines.classical.air.skyline import SURE, Sky, skyline
from cutroom.engines.classical.bars import within
from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.noise import blend, dice, glowing
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.ops.rain import Rain
from cutroom.engines.classical.planner.phrases import Phrases, Spoken

_LENGTH = 0.55
"""Seconds that a flash and its afterglow last."""


@dataclass(frozen=True, slots=True)
class Lightning(Spoken):
    """A thunderstorm's light; strength sets how bright its flashes are, rain is that of `rain`, 0 none."""

    strength: float = 1.0
    rain: float = 0.0
    name: ClassVar[str] = "lightning"
    stage: ClassVar[Stage] = Stage.WEATHER
    flashes: ClassVar[bool] = True
    """It is asked to; never more than one flash in two seconds, and none at the clip's ends."""
    examples: ClassVar[tuple[str, ...]] = (
        "add lightning",
        "make it a thunderstorm",
        "add lightning strikes",
    )
    phrases: ClassVar[Phrases] = {
        "lightning": {},
        "lightning bolts": {},
        "lightning bolt": {},
        "lightning strike": {},
        "lightning strikes": {},
        "lightning in the sky": {},
        "lightning flashes": {},
        "flashes of lightning": {},
        "lightning striking": {},
        "thunder and lightning": {},
        "lightning and thunder": {},
        "lightning storm": {"rain": 1.2},
        "thunderstorm": {"rain": 1.8},
        "thunder storm": {"rain": 1.8},
        "(thunderstorm|thunder storm|storm|lightning storm) (with|and) [heavy|pouring|lots of] rain": {
            "rain": 1.8
        },
        "rain and lightning": {"rain": 1.0},
        "storm with lightning": {"rain": 1.4},
        "stormy": {"rain": 1.6},
        "storm": {"rain": 1.6},
        "stormy weather": {"rain": 1.6},
    }
    company: ClassVar[str] = (
        "flashing flash flashes sky bright striking bolts strikes in across distant far away"
    )

    def prepare(self, scene: Scene) -> Paint:
        """Bolts stand in a sky that was found; without one there is only their light, which a note says."""
        sky = skyline(scene)
        if sky.score < SURE:
            scene.tick.note(
                "No clear sky was found: the lightning lights the picture, no bolt is drawn."
            )
        seen = sky if sky.score >= SURE else None
        return within(scene, lambda inner: self._storm(inner, seen))

    def _storm(self, scene: Scene, sky: Sky | None) -> Paint:
        shape = (scene.clip.height, scene.clip.width)
        world = anchor(scene)
        moments = strikes(float(scene.clip.duration), scene.seed)
        bolts = [bolt(shape[1] / shape[0], scene.seed, n) for n in range(len(moments))]
        dark, flash = paint_of(_storm_light), paint_of(_flash_light)
        land = paint_of(_dull) if self.rain else dark
        gloom = under(scene, sky, "stormy", land) if sky else land
        wet = Rain(self.rain).prepare(scene) if self.rain else None

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            dull = gloom(pixels, index, seconds)
            dull = wet(dull, index, seconds) if wet else dull
            for bright, at in zip((_glow(seconds - s) for s in moments), bolts, strict=True):
                if bright < 0.004:
                    continue
                lit = flash(dull, index, seconds)
                dull = blend(dull, lit, min(0.75 * bright * self.strength, 0.95))
                if sky:
                    light = _drawn(at, bright, world.at(index), shape)
                    dull = glowing(dull, (light * sky.matte(pixels)[..., None]).astype(np.uint8))
            return dull

        return paint


def strikes(duration: float, seed: int) -> list[float]:
    """When it flashes: about every three seconds, once at least, never at the first or the last moment."""
    rng = dice(seed, 312)
    last = duration - _LENGTH - 0.15
    if last < 0.6:
        return [max(0.25, duration / 2 - 0.2)] if duration > 0.6 else []
    times, now = [], rng.uniform(0.35, min(1.4, max(0.4, last)))
    while now < last:
        times.append(float(now))
        now += rng.uniform(2.2, 4.2)
    return times


def _glow(age: float) -> float:
    """Brightness of a flash, 0..1: up at once, a return stroke, then its afterglow."""
    if not 0 <= age < _LENGTH:
        return 0.0
    stroke = np.exp(-age / 0.07) + 0.75 * np.exp(-(((age - 0.17) / 0.03) ** 2))
    return float(
        min(1.0, stroke + 0.25 * np.exp(-age / 0.2)) * np.clip((_LENGTH - age) / 0.2, 0, 1)
    )


def bolt(aspect: float, seed: int, number: int) -> list[tuple[Reals, float]]:
    """Polylines in heights, (n, 2), and how thick each is: a trunk from above and its branches."""
    rng = dice(seed, 313, number)
    start = np.array([rng.uniform(0.15, 0.85) * aspect, -0.05])
    end = start + np.array([rng.uniform(-0.25, 0.25), rng.uniform(0.7, 1.0)])
    trunk = _jagged(start, end, 0.16, rng)
    lines = [(trunk, 1.0)]
    for _ in range(rng.integers(3, 6)):
        at = trunk[rng.integers(len(trunk) // 8, len(trunk) * 3 // 4)]
        reach = np.array([rng.choice((-1, 1)) * rng.uniform(0.08, 0.30), rng.uniform(0.08, 0.26)])
        lines.append((_jagged(at, at + reach, 0.2, rng), 0.45))
    return lines


def _jagged(start: Reals, end: Reals, rough: float, rng: np.random.Generator) -> Reals:
    """A line broken by displacing midpoints, six times over."""
    points = np.array([start, end])
    for _ in range(6):
        step = np.diff(points, axis=0)
        aside = np.stack([-step[:, 1], step[:, 0]], axis=-1) * rng.normal(0, rough, (len(step), 1))
        points = np.insert(
            points, np.arange(1, len(points)), (points[:-1] + points[1:]) / 2 + aside, axis=0
        )
    return points


def _drawn(
    lines: list[tuple[Reals, float]],
    bright: float,
    aside: tuple[float, float],
    shape: tuple[int, int],
) -> Floats:
    """The bolt as light, (height, width, 3)."""
    height, width = shape
    plane = np.zeros(shape, np.uint8)
    for points, thick in lines:
        fixed = [np.rint((points + aside) * height * 16).astype(np.int32)]
        wide, level = max(1, round(height * 0.0042 * thick)), int(127 + 128 * thick)
        cv2.polylines(
            plane, fixed, isClosed=False, color=level, thickness=wide, lineType=cv2.LINE_AA, shift=4
        )
    quarter = cv2.resize(
        plane, (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA
    )
    halo = cv2.GaussianBlur(quarter, (0, 0), max(height / 4 * 0.016, 0.6)).astype(np.float32)
    far = cv2.GaussianBlur(quarter, (0, 0), max(height / 4 * 0.06, 1.0)).astype(np.float32)
    glow = cv2.resize(halo * 2.2 + far * 3.0, (width, height))
    core = plane.astype(np.float32)[..., None] * np.array([1.0, 1.0, 1.0], np.float32)
    light = core + glow[..., None] * np.array([0.62, 0.66, 1.0], np.float32)
    return np.asarray(np.clip(light * bright, 0, 255), np.float32)


def _storm_light(rgb: Floats) -> Floats:
    """Under a black cloud: dim, cold, low in colour."""
    return tone.warmth(tone.saturation(tone.exposure(rgb, -1.15), 0.62), -0.35)


def _dull(rgb: Floats) -> Floats:
    """Before the rain's own grade."""
    return tone.exposure(rgb, -0.35)


def _flash_light(rgb: Floats) -> Floats:
    """In a flash: bright, hard and nearly blue-white."""
    return tone.warmth(tone.saturation(tone.exposure(tone.contrast(rgb, 0.2), 2.0), 0.5), -0.4)
