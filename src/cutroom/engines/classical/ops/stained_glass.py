"""Stained glass: panes of glowing colour between leads."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.marks import brush
from cutroom.engines.classical.marks.tiles import Tiles
from cutroom.engines.classical.noise import clouds, dice, gain_map, shade
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class StainedGlass(Spoken):
    """A church window; strength sets the size of the panes."""

    strength: float = 1.0
    name: ClassVar[str] = "stained_glass"
    stage: ClassVar[Stage] = Stage.LOOK
    examples: ClassVar[tuple[str, ...]] = (
        "make it look like stained glass",
        "stained glass style",
        "turn the video into a stained glass window",
    )
    phrases: ClassVar[Phrases] = {
        "stained glass": {},
        "stained glass (style|window|art|look|effect|painting)": {},
        "church window": {},
        "leaded glass": {},
        "tiffany glass": {},
    }
    company: ClassVar[str] = "colourful cathedral church gothic window"

    def prepare(self, scene: Scene) -> Paint:
        """Panes are cut once; a frame gives them their colours, and leads also run along its own outlines."""
        height, width, seed = scene.clip.height, scene.clip.width, scene.seed
        pitch = max(4.0, height / 30 * min(self.strength, 2.5))
        panes = Tiles(height, width, pitch, (seed, 416), loose=0.9)
        leads = tone.smoothstep(panes.border, 0.035, 0.085)
        ripple = clouds(height, width, 0.05, 3, dice(seed, 417)) - 0.5
        glass = np.asarray(np.clip(0.92 + 0.34 * ripple + 0.10 * panes.border, 0, 1), np.float32)
        gains = gain_map(glass * (0.05 + 0.95 * leads))
        glow = paint_of(_glass)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            small = brush.areas(pixels, 360)
            lines = brush.sparing(brush.ink(small, max(small.shape[0] / 110, 1.2), 1.3))
            drawn = np.asarray(cv2.resize(lines, (width, height), interpolation=cv2.INTER_CUBIC))
            colour = brush.grown(small, pixels, cv2.INTER_LINEAR)
            # Half of a pane's own colour, half of what is drawn on it: faces stay faces.
            flat = panes.filled(panes.colours(pixels))
            mixed = glow(
                np.asarray(cv2.addWeighted(flat, 0.6, colour, 0.4, 0), np.uint8), index, seconds
            )
            return brush.times(shade(mixed, gains), np.clip(drawn, 0.05, 1).astype(np.float32))

        return paint


def _glass(rgb: Floats) -> Floats:
    """Light comes through: full colours, few greys, lifted shadows."""
    lifted = tone.curve(rgb, ((0, 0.10), (0.35, 0.46), (0.7, 0.78), (1, 0.98)))
    return tone.saturation(tone.contrast(lifted, 0.15), 2.0)
