"""Mosaic: small stone tiles in grout, each of one colour, none quite square or quite alike."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import paint_of
from cutroom.engines.classical.marks.tiles import Tiles
from cutroom.engines.classical.noise import dice, gain_map, shade
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Mosaic(Spoken):
    """A Roman floor; strength sets the size of the tiles."""

    strength: float = 1.0
    name: ClassVar[str] = "mosaic"
    stage: ClassVar[Stage] = Stage.LOOK
    examples: ClassVar[tuple[str, ...]] = (
        "turn it into a mosaic",
        "mosaic tile style",
        "make it look like a Roman mosaic",
    )
    phrases: ClassVar[Phrases] = {
        "mosaic": {},
        "mosaic (art|style|look|effect|tiles)": {},
        "mosaic tile (style|art|look)": {},
        "(roman|byzantine|greek|tile|stone) (mosaic|mosaics)": {},
        "made of (tiles|mosaic tiles|small tiles)": {},
        "tiles": {},
        "ceramic tiles": {},
    }
    company: ClassVar[str] = "ancient roman byzantine small coloured ceramic glass stone art"

    def prepare(self, scene: Scene) -> Paint:
        """Tiles are laid once; a frame gives them their colours."""
        height, width, seed = scene.clip.height, scene.clip.width, scene.seed
        pitch = max(3.0, height / 82 * min(self.strength, 2.5))
        tiles = Tiles(height, width, pitch, (seed, 414), loose=0.22)
        own = dice(seed, 415).normal(0, 1, (tiles.count, 1)) * 7
        edge = tone.smoothstep(tiles.border, 0.05, 0.15)
        # A tile catches the light from the upper left, on a slope of its own.
        slope = cv2.GaussianBlur(edge, (0, 0), max(pitch / 14, 0.6))
        lit = cv2.Sobel(slope, cv2.CV_32F, 1, 0) + cv2.Sobel(slope, cv2.CV_32F, 0, 1)
        shape = np.asarray((0.30 + 0.70 * edge) * np.clip(0.94 + 0.22 * lit, 0.7, 1.06), np.float32)
        gains = gain_map(shape)
        grout = np.asarray(((1 - edge) * 62)[..., None] * np.ones(3), np.uint8)
        rich = paint_of(lambda rgb: tone.contrast(tone.saturation(rgb, 1.3), 0.12))

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            colours = rich(tiles.colours(pixels)[None], index, seconds)[0] + own
            laid = tiles.filled(np.clip(colours, 0, 255).astype(np.uint8))
            return np.asarray(cv2.add(shade(laid, gains), grout), np.uint8)

        return paint
