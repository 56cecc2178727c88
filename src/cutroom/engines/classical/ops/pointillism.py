"""Pointillism: the picture in dots of pure colour on a light ground, two sizes of them."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.marks.tiles import Tiles
from cutroom.engines.classical.noise import blurred, dice, gain_map
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Pointillism(Spoken):
    """Dots of paint; strength sets their size."""

    strength: float = 1.0
    name: ClassVar[str] = "pointillism"
    stage: ClassVar[Stage] = Stage.LOOK
    examples: ClassVar[tuple[str, ...]] = (
        "make the style pointillism.",
        "turn it into a pointillist painting",
        "in the style of Seurat",
    )
    phrases: ClassVar[Phrases] = {
        "pointillism": {},
        "pointillist": {},
        "pointillistic": {},
        "pointillist (painting|style|look|art)": {},
        "pointillism (painting|style|art|effect)": {},
        "(painted|painting) (in|with|made of|out of) dots": {},
        "(painted|painting) made of (dots|points|small dots|tiny dots)": {},
        "pointillist painting made of dots": {},
        "georges seurat": {},
        "seurat": {},
        "seurat (painting|style)": {},
        "paul signac": {},
        "signac": {},
        "stippling": {},
        "stippled": {},
        "stipple": {},
        "dots of (paint|colour)": {},
    }
    company: ClassVar[str] = "painting painted dots made of style impressionist"

    def prepare(self, scene: Scene) -> Paint:
        """The places of the dots are chosen once; a frame gives them their colours."""
        height, width, seed = scene.clip.height, scene.clip.width, scene.seed
        pitch = max(2.6, height / 84 * min(self.strength, 2.0))
        layers = [
            (Tiles(height, width, pitch * size, (seed, 412, n), loose=0.75), reach)
            for n, (size, reach) in enumerate(((1.0, 0.66), (0.78, 0.55)))
        ]
        bright = paint_of(_pure)
        masks = [
            gain_map(1 - tone.smoothstep(tiles.away, reach - 0.16, reach))
            for tiles, reach in layers
        ]
        own = [
            dice(seed, 413, n).normal(0, 1, (tiles.count, 4)) for n, (tiles, _) in enumerate(layers)
        ]

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            ground = cv2.addWeighted(
                blurred(pixels, pitch), 0.55, np.full_like(pixels, 236), 0.45, 0
            )
            canvas = np.asarray(ground, np.uint8)
            for (tiles, _), mask, hand in zip(layers, masks, own, strict=True):
                colours = bright(tiles.colours(pixels)[None], index, seconds)[0]
                dots = tiles.filled(_apart(colours, hand))
                over = cv2.multiply(dots, mask, scale=1 / 255)
                canvas = np.asarray(
                    cv2.add(cv2.multiply(canvas, cv2.bitwise_not(mask), scale=1 / 255), over),
                    np.uint8,
                )
            return canvas

        return paint


def _pure(rgb: Floats) -> Floats:
    """Lighter and fuller: dots are laid beside each other, not mixed."""
    return tone.saturation(tone.curve(rgb, ((0, 0.06), (0.4, 0.46), (1, 1))), 1.55)


def _apart(colours: Pixels, hand: Floats) -> Pixels:
    """Neighbours differ: each dot a little lighter or darker, redder or bluer, some the complement."""
    spread = hand[:, :1] * 7 + hand[:, 1:] * 10
    mixed = colours.astype(np.float32) + spread
    other = np.abs(hand[:, :1]) > 2.0
    grey = mixed.mean(axis=-1, keepdims=True)
    mixed = np.where(other, grey - 0.7 * (mixed - grey) + 8, mixed)
    return np.clip(mixed, 0, 255).astype(np.uint8)
