"""Neon: a dark violet city of a picture, its edges and lights glowing in cyan and magenta."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical import brush, tone
from cutroom.engines.classical.grade import Floats, paint_of
from cutroom.engines.classical.noise import blurred, screened
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Neon(Spoken):
    """Cyberpunk glow; colour and light only, no new signs."""

    strength: float = 1.0
    name: ClassVar[str] = "neon"
    stage: ClassVar[Stage] = Stage.LOOK
    examples: ClassVar[tuple[str, ...]] = (
        "make the style neon.",
        "cyberpunk look",
        "add a neon glow",
    )
    phrases: ClassVar[Phrases] = {
        "neon": {},
        "neon glow": {},
        "neon lights": {},
        "neon light": {},
        "neon lighting": {},
        "neon style": {},
        "neon colours": {},
        "cyberpunk": {},
        "cyberpunk style": {},
        "cyberpunk look": {},
        "cyber punk": {},
        "synthwave": {},
        "vaporwave": {},
        "retrowave": {},
        "blade runner": {},
        "neon noir": {},
        "futuristic neon": {},
        "tron": {},
        "glowing neon": {},
        "neon edges": {},
    }

    def prepare(self, scene: Scene) -> Paint:
        """The dark is a table; the glow is drawn at half size from the frame's own edges."""
        del scene  # nothing about the clip needs to be known
        table = paint_of(lambda rgb: _dusk(rgb, self.strength))
        tubes = paint_of(_tubes)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            dark = table(pixels, index, seconds)
            small = brush.flattened(brush.reduced(pixels, 360), 1)
            rows = small.shape[0]
            lines = 1 - brush.ink(small, max(rows / 260, 0.8), 0.8)
            lights = tone.smoothstep(
                cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255, 0.72, 1.0
            )
            lamps = brush.times(
                tubes(small, index, seconds), np.clip(lines * 0.9 + lights * 0.35, 0, 1)
            )
            near = cv2.GaussianBlur(lamps, (0, 0), max(rows / 180, 0.6))
            wide = blurred(lamps, max(rows / 28, 1.0))
            glow = cv2.addWeighted(near, 1.0, wide, 1.1, 0)
            glow = cv2.add(glow, cv2.convertScaleAbs(lamps, alpha=0.5))
            return screened(
                dark,
                brush.grown(np.asarray(glow, np.uint8), pixels, cv2.INTER_LINEAR),
                min(0.9 * self.strength, 1.0),
            )

        return paint


def _dusk(rgb: Floats, strength: float) -> Floats:
    """Dark, with violet shadows and cyan lights."""
    dim = tone.contrast(tone.exposure(tone.saturation(rgb, 0.75), -1.5 * strength**0.5), 0.2)
    return tone.split(dim, (0.045, -0.03, 0.13), (-0.05, 0.05, 0.12), 1.1)


def _tubes(rgb: Floats) -> Floats:
    """The tube a colour glows in: magenta for the warm, cyan for the cold, violet between."""
    warm = tone.smoothstep(rgb[..., :1] - rgb[..., 2:], -0.06, 0.16)
    cyan, magenta = np.array([0.05, 0.85, 1.0], np.float32), np.array([1.0, 0.16, 0.72], np.float32)
    level = 0.35 + 0.65 * rgb.max(axis=-1, keepdims=True)
    return np.asarray(tone.mix(cyan, magenta, warm) * level, np.float32)
