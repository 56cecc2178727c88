"""Pixel art: large square pixels in the clip's own few colours, dithered."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.colour.exposure import palette, perceived
from cutroom.engines.classical.colour.grade import Floats, Grade, paint_of
from cutroom.engines.classical.marks import brush
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken

_BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32) / 16


@dataclass(frozen=True, slots=True)
class PixelArt(Spoken):
    """An 8-bit game's picture; strength sets the size of the pixels."""

    strength: float = 1.0
    name: ClassVar[str] = "pixel_art"
    stage: ClassVar[Stage] = Stage.LOOK
    label: ClassVar[str] = "pixel art"
    examples: ClassVar[tuple[str, ...]] = (
        "make the style 8-bit pixelated.",
        "turn it into pixel art",
        "retro video game style",
    )
    phrases: ClassVar[Phrases] = {
        "pixel art": {},
        "pixelated": {},
        "pixelate": {},
        "pixelised": {},
        "pixelise": {},
        "8 bit": {},
        "8bit": {},
        "8-bit pixelated": {},
        "8 bit pixelated": {},
        "16 bit": {},
        "16bit": {},
        "8 bit pixel art": {},
        "16 bit pixel art": {},
        "retro game": {},
        "video game pixel art": {},
        "pixel style": {},
        "pixels": {},
        "8 bit game": {},
        "8 bit video game": {},
        "retro video game": {},
        "old video game": {},
        "gameboy": {},
        "arcade game": {},
        "(8|16) bit (graphics|look|style|game|video game|console game|effect|retro game)": {},
        "(8 bit|16 bit|retro|old|classic) (arcade|game boy|gameboy|nintendo|nes|snes|video game|computer game|console) [game|games|graphics|look|style]": {},
        "game boy [game]": {},
        "(chunky|big|large|blocky|visible) pixels": {},
        "pixel (graphics|look|effect|game)": {},
        "pixel art (style|game|look)": {},
        "blocky": {},
        "nintendo (game|style|look)": {},
        "sprite graphics": {},
        "pixelart": {},
        "pixelated (look|effect|style)": {},
        "lower the resolution like an old game": {},
    }
    company: ClassVar[str] = (
        "retro chunky big large blocky old classic graphics game games nes nintendo arcade"
    )

    def prepare(self, scene: Scene) -> Paint:
        """The palette is taken from the clip once, so that colours hold still."""
        height, width = scene.clip.height, scene.clip.width
        cell = max(2.0, height / 120 * self.strength)
        rows, columns = max(1, round(height / cell)), max(1, round(width / cell))
        table = paint_of(_nearest(palette(scene, 32)))
        order = np.tile(_BAYER, (rows // 4 + 1, columns // 4 + 1))[:rows, :columns]
        dither = np.repeat((order * 16 - 8).astype(np.int16)[..., None], 3, axis=2)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            small = cv2.resize(pixels, (columns, rows), interpolation=cv2.INTER_AREA)
            grid = np.clip(small.astype(np.int16) + dither, 0, 255).astype(np.uint8)
            cells = table(grid, index, seconds)
            return brush.grown(cells, pixels, cv2.INTER_NEAREST)

        return paint


def _nearest(colours: Floats) -> Grade:
    """The grade that takes each colour to the one of the palette that looks nearest."""
    known = perceived(colours)

    def grade(rgb: Floats) -> Floats:
        flat = perceived(np.asarray(rgb, np.float32).reshape(-1, 3))
        near = ((known**2).sum(axis=-1) - 2 * flat @ known.T).argmin(axis=-1)
        return np.asarray(colours[near].reshape(rgb.shape), np.float32)

    return grade
