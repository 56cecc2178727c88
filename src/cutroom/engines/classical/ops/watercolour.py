"""Watercolour: washes that pool at their edges and granulate in the paper's tooth."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.marks import brush
from cutroom.engines.classical.noise import clouds, dice
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Watercolour(Spoken):
    """Washes on cold-pressed paper."""

    strength: float = 1.0
    name: ClassVar[str] = "watercolour"
    stage: ClassVar[Stage] = Stage.LOOK
    examples: ClassVar[tuple[str, ...]] = (
        "turn the video into a watercolour painting",
        "make it a watercolor",
        "aquarelle style",
    )
    phrases: ClassVar[Phrases] = {
        "watercolour": {},
        "watercolours": {},
        "watercolour painting": {},
        "watercolour style": {},
        "watercolour look": {},
        "aquarelle": {},
        "water colour": {},
        "water colours": {},
        "water colour painting": {},
        "painted in watercolour": {},
        "painted in watercolours": {},
        "watercolour sketch": {},
        "watercolour illustration": {},
        "watercolour (paint|effect|filter|wash|washes|art|version)": {},
        "(painted|done|rendered|hand painted) in (watercolour|watercolours)": {},
        "water colour (painting|style|effect)": {},
        "gouache": {},
    }
    company: ClassVar[str] = (
        "hand painted paint paper wash washes soft delicate loose wet bleeding edges brush"
    )

    def prepare(self, scene: Scene) -> Paint:
        """Painted at up to 480 lines; paper and the wobble of the brush stand still."""
        height, width, seed = scene.clip.height, scene.clip.width, scene.seed
        rows = min(height, 480)
        columns = max(1, round(width * rows / height))
        tooth = brush.paper(height, width, seed)
        wash = clouds(rows, columns, 0.22, 4, dice(seed, 407)) - 0.5
        wobble = [
            c + (clouds(rows, columns, 0.05, 2, dice(seed, 408, n)) - 0.5) * rows * 0.014
            for n, c in enumerate(np.meshgrid(np.arange(columns), np.arange(rows)))
        ]
        x, y = (np.asarray(w, np.float32) for w in wobble)
        pale = paint_of(
            lambda rgb: tone.saturation(
                tone.curve(rgb, ((0, 0.16), (0.25, 0.43), (0.6, 0.79), (1, 1))), 1.18
            )
        )
        radius = max(2, round(rows / 75 * self.strength**0.5))

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            small = cv2.resize(pixels, (columns, rows), interpolation=cv2.INTER_AREA)
            small = cv2.remap(small, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
            wet = brush.bytes_of(brush.kuwahara(np.asarray(small, np.uint8), radius, 5.0))
            washed = pale(wet, index, seconds)
            pigment = 1 - _pooled(wet) * 0.30 + wash * 0.22
            washed = brush.times(washed, np.clip(pigment, 0.35, 1.15).astype(np.float32))
            large = brush.grown(washed, pixels)
            dark = 1 - cv2.cvtColor(large, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
            return brush.times(large, 1 + tooth * (0.025 + 0.10 * dark))

        return paint


def _pooled(wet: Pixels) -> Floats:
    """Where pigment gathers: just inside the edges of washes, 0..1."""
    grey = cv2.cvtColor(wet, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    gx, gy = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    edge = cv2.GaussianBlur(cv2.magnitude(gx, gy), (0, 0), 0.9)
    return tone.smoothstep(np.asarray(edge, np.float32), 0.05, 0.6)
