"""Comic: flat loud colours, ink lines, and halftone dots in the shadows."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.marks import brush
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Comic(Spoken):
    """A printed comic panel."""

    strength: float = 1.0
    name: ClassVar[str] = "comic"
    stage: ClassVar[Stage] = Stage.LOOK
    examples: ClassVar[tuple[str, ...]] = (
        "make it look like a comic book",
        "pop art style",
        "halftone effect",
    )
    phrases: ClassVar[Phrases] = {
        "comic": {},
        "comics": {},
        "comic book": {},
        "comic book style": {},
        "comic style": {},
        "comic strip": {},
        "comic panel": {},
        "graphic novel": {},
        "pop art": {},
        "pop-art": {},
        "halftone": {},
        "halftone dots": {},
        "half tone": {},
        "lichtenstein": {},
        "superhero comic": {},
        "comic look": {},
        "comic (effect|filter|art|page|drawing|illustration|panels|version)": {},
        "comic book (page|panel|effect|art|drawing|look|illustration|colours)": {},
        "(page|panel) of a (comic|comic book|graphic novel)": {},
        "graphic novel (page|style|look|art)": {},
        "(ben day|benday) dots": {},
        "marvel comic": {},
        "superhero comic book": {},
        "printed comic": {},
        "pop art (poster|print|effect|portrait|look)": {},
        "andy warhol": {},
        "warhol": {},
    }
    company: ClassVar[str] = (
        "bold ink inked lines outlines outline dots halftone black thick flat loud colours page panel printed"
    )

    def prepare(self, scene: Scene) -> Paint:
        """The dots' screen stands still; they grow with the shadow under them."""
        height, width = scene.clip.height, scene.clip.width
        screen = halftone(height, width, max(height / 85, 4.0))
        inks = paint_of(_inks)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            small = brush.areas(pixels, 480)
            rows = small.shape[0]
            lines = brush.sparing(brush.ink(small, max(rows / 170, 1.0), 1.35 * self.strength))
            flat = brush.grown(inks(small, index, seconds), pixels)
            grey = cv2.GaussianBlur(
                cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), (0, 0), max(rows / 120, 0.6)
            )
            shadow = np.clip(0.58 - grey.astype(np.float32) / 255, 0, 0.44) / 0.58
            size = (width, height)
            shadow = np.asarray(cv2.resize(shadow, size))
            dots = tone.smoothstep(screen - shadow, -0.16, 0.0)
            drawn = cv2.resize(lines, size, interpolation=cv2.INTER_CUBIC)
            return brush.times(
                flat, np.asarray((0.55 + 0.45 * dots) * np.clip(drawn, 0.03, 1), np.float32)
            )

        return paint


def halftone(height: int, width: int, pitch: float) -> Floats:
    """A screen of dots at 45 degrees, 0 in a dot's middle to 1 between four, (height, width)."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    u, v = (columns + rows) * (np.pi / pitch / 1.4142), (columns - rows) * (np.pi / pitch / 1.4142)
    return np.asarray(0.5 - 0.5 * np.cos(2 * u) * 0.5 - 0.5 * np.cos(2 * v) * 0.5, np.float32)


def _inks(rgb: Floats) -> Floats:
    """Five flat tones on bright paper, loud."""
    bright = tone.luma(rgb)
    level = np.maximum(bright, 0) ** 0.8 * 4
    base = np.floor(level)
    target = 0.10 + 0.92 * (base + tone.smoothstep(level - base, 0.3, 0.7)) / 4
    return tone.saturation(np.clip(rgb * (target / np.maximum(bright, 0.04)), 0, 1), 1.3)
