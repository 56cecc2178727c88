"""Neon: a dark violet city of a picture, its edges and lights glowing in cyan and magenta."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.marks import brush
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
        "neon (outlines|lines|contours|outline|edge|look|effect|sign look|filter)": {},
        "glowing (outlines|lines|edges|contours)": {},
        "(outlines|edges|lines) [that] (glow|glowing)": {},
        "(glow|glowing) in neon colours": {},
        "outrun": {},
        "laser lines": {},
        "neon (lines|outlines) on black": {},
    }
    company: ClassVar[str] = (
        "glowing glow outlines outline edges lines contours electric futuristic"
    )

    def prepare(self, scene: Scene) -> Paint:
        """The dark is a table; the tubes are the frame's own outlines, drawn at a smaller size."""
        del scene  # nothing about the clip needs to be known
        table = paint_of(lambda rgb: _dusk(rgb, self.strength))
        tubes = paint_of(_tubes)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            dark = table(pixels, index, seconds)
            small = brush.areas(pixels, 400)
            rows = small.shape[0]
            around = np.asarray(cv2.blur(small, (max(1, rows // 60),) * 2), np.uint8)
            colours = tubes(around, index, seconds)
            lamps = brush.times(colours, _outlines(small))
            near = cv2.GaussianBlur(lamps, (0, 0), max(rows / 160, 0.6))
            wide = blurred(lamps, max(rows / 26, 1.0))
            glow = cv2.add(cv2.addWeighted(near, 1.3, wide, 2.1, 0), _hot(lamps))
            return screened(
                dark,
                brush.grown(np.asarray(glow, np.uint8), pixels, cv2.INTER_LINEAR),
                min(self.strength, 1.0),
            )

        return paint


def _outlines(small: Pixels) -> Floats:
    """Where tubes run: along the edges of areas, 0..1, and faintly in the lights."""
    soft = cv2.GaussianBlur(small, (0, 0), max(small.shape[0] / 360, 0.6)).astype(np.float32)
    gx, gy = cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)
    steep = cv2.magnitude(gx, gy).max(axis=-1) / np.float32(255 * 4)
    return np.asarray(tone.smoothstep(steep, 0.035, 0.16), np.float32)


def _hot(lamps: Pixels) -> Pixels:
    """The core of a tube, which burns nearly white."""
    core = cv2.cvtColor(cv2.cvtColor(lamps, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return np.asarray(cv2.addWeighted(lamps, 0.55, core, 0.35, 0), np.uint8)


def _dusk(rgb: Floats, strength: float) -> Floats:
    """Dark, with violet shadows and cyan lights."""
    dim = tone.contrast(tone.exposure(tone.saturation(rgb, 0.6), -2.7 * strength**0.5), 0.1)
    return tone.split(dim, (0.05, -0.02, 0.13), (-0.05, 0.04, 0.12), 1.1)


def _tubes(rgb: Floats) -> Floats:
    """The tube a colour glows in: magenta for the warm, cyan for the cold, violet between."""
    warm = tone.smoothstep(rgb[..., :1] - rgb[..., 2:], -0.05, 0.20)
    lush = tone.smoothstep(rgb[..., 1:2] - np.maximum(rgb[..., :1], rgb[..., 2:]), 0.02, 0.14)
    cyan, magenta = np.array([0.05, 0.85, 1.0], np.float32), np.array([1.0, 0.16, 0.72], np.float32)
    mint = np.array([0.1, 1.0, 0.55], np.float32)
    level = 0.55 + 0.45 * rgb.max(axis=-1, keepdims=True)
    return np.asarray(tone.mix(tone.mix(cyan, magenta, warm), mint, lush) * level, np.float32)
