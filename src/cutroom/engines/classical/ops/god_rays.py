"""God rays: shafts of light that fan out from where the picture is brightest."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.air.anchor import anchor
from cutroom.engines.classical.air.particles import Reals
from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.exposure import brightest
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.noise import dice, screened
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken

_BEAMS = (5, 9, 14, 23, 37)
"""How many shafts go round a full turn, octave by octave."""


@dataclass(frozen=True, slots=True)
class GodRays(Spoken):
    """Shafts of light."""

    strength: float = 1.0
    name: ClassVar[str] = "god_rays"
    stage: ClassVar[Stage] = Stage.LIGHT
    label: ClassVar[str] = "shafts of light"
    examples: ClassVar[tuple[str, ...]] = (
        "add god rays",
        "add sunbeams",
        "volumetric light rays",
    )
    phrases: ClassVar[Phrases] = {
        "god rays": {},
        "godrays": {},
        "sunbeams": {},
        "sun beams": {},
        "sun rays": {},
        "sunrays": {},
        "rays of (light|sun|sunlight|sunshine)": {},
        "(light|sun|sunlight) (rays|shafts|beams)": {},
        "shafts of (light|sunlight)": {},
        "beams of (light|sunlight)": {},
        "light (shafts|beams|rays)": {},
        "crepuscular rays": {},
        "volumetric (light|lighting|rays|light rays|fog light)": {},
        "(sunbeams|sun rays|light rays|god rays) (streaming|shining|coming) (in|down|through)": {},
    }
    company: ClassVar[str] = (
        "volumetric warm soft golden dramatic streaming shining through sun sunlight"
    )

    def prepare(self, scene: Scene) -> Paint:
        """The source is where the clip is brightest, high up; it stays there, and with the world when the camera moves."""
        height, width = scene.clip.height, scene.clip.width
        world = anchor(scene)
        x, y = brightest(scene.clip)
        rows = min(height, 180)
        columns = max(1, round(width * rows / height))
        dim = paint_of(lambda rgb: tone.contrast(tone.exposure(rgb, -0.25), 0.10))
        phases = dice(scene.seed, 426).uniform(0, 1, (len(_BEAMS), 2))
        amount = min(self.strength, 1.4)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            aside = world.at(index)
            source = ((x + aside[0]) * rows, (y + aside[1]) * rows)
            small = cv2.resize(pixels, (columns, rows), interpolation=cv2.INTER_AREA)
            rays = _fanned(_lights(np.asarray(small, np.uint8)), source)
            rays = np.maximum(rays, _beams(source, (rows, columns), seconds, phases))
            warm = rays[..., None] * np.array([255, 236, 200], np.float32) * np.float32(amount)
            light = cv2.resize(warm, (width, height), interpolation=cv2.INTER_LINEAR)
            return screened(
                dim(pixels, index, seconds), np.asarray(cv2.convertScaleAbs(light), np.uint8)
            )

        return paint


def _lights(small: Pixels) -> Floats:
    """What shines, 0..1, against the frame's own brightness."""
    grey = (
        cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), (0, 0), 1.0).astype(np.float32)
        / 255
    )
    level = float(np.percentile(grey, 88))
    return tone.smoothstep(grey, max(level, 0.35), max(level, 0.35) + 0.25)


def _fanned(lights: Floats, source: tuple[float, float]) -> Floats:
    """The lights smeared away from a point: enlarged about it again and again, each time by twice as much."""
    rows, columns = lights.shape
    rays = lights
    share = 1.012
    for _ in range(6):
        grow = np.array([[share, 0, (1 - share) * source[0]], [0, share, (1 - share) * source[1]]])
        farther = cv2.warpAffine(rays, grow, (columns, rows), borderMode=cv2.BORDER_REPLICATE)
        rays = np.asarray(0.5 * rays + 0.485 * farther, np.float32)
        share = share**2
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    away = np.hypot(x - source[0], y - source[1]) / rows
    rays = np.asarray(cv2.GaussianBlur(rays, (0, 0), 0.8), np.float32)
    return np.asarray(np.clip(rays * 1.25, 0, 1) * np.exp(-0.55 * away), np.float32)


def _beams(
    source: tuple[float, float], shape: tuple[int, int], seconds: float, phases: Reals
) -> Floats:
    """Faint shafts through haze, which waver slowly: 0..1, (rows, columns)."""
    rows, columns = shape
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    down, across = y - source[1], x - source[0]
    turn = np.arctan2(across, np.maximum(down, 1e-3))
    wave = np.zeros(shape, np.float32)
    for count, (start, pace) in zip(_BEAMS, phases, strict=True):
        wave += np.cos(count * turn + 2 * np.pi * (start + (0.02 + 0.05 * pace) * seconds))
    away = np.hypot(across, down) / rows
    shafts = tone.smoothstep(wave, 0.2, 2.6) * np.exp(-0.9 * away) * np.clip(away / 0.15, 0, 1)
    return np.asarray(0.42 * shafts * (down > 0), np.float32)
