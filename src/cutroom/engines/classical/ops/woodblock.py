"""Woodblock: an ukiyo-e print; a few flat inks on cream paper, dark key lines, the grain of the block."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.marks import brush
from cutroom.engines.classical.noise import dice
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken

_INKS = np.array(
    [
        (0.16, 0.31, 0.50),
        (0.72, 0.30, 0.20),
        (0.80, 0.58, 0.26),
        (0.40, 0.50, 0.24),
        (0.44, 0.34, 0.46),
    ],
    np.float32,
)
"""Prussian blue, vermilion, ochre, moss, faded purple."""
_GREY = np.array([0.44, 0.43, 0.41], np.float32)
_PAPER = np.array([0.94, 0.90, 0.79], np.float32)


@dataclass(frozen=True, slots=True)
class Woodblock(Spoken):
    """A print of few inks; strength sets the lines."""

    strength: float = 1.0
    name: ClassVar[str] = "woodblock"
    stage: ClassVar[Stage] = Stage.LOOK
    examples: ClassVar[tuple[str, ...]] = (
        "make it ukiyo-e style",
        "turn it into a Japanese woodblock print",
        "in the style of Hokusai",
    )
    phrases: ClassVar[Phrases] = {
        "ukiyo-e": {},
        "ukiyo e": {},
        "ukiyoe": {},
        "ukiyo": {},
        "woodblock": {},
        "woodcut": {},
        "woodcut print": {},
        "wood block print": {},
        "(japanese|traditional japanese) (print|woodblock|woodcut|art)": {},
        "(woodblock|ukiyo-e|japanese woodblock) (print|style|art|printing|painting|look)": {},
        "hokusai": {},
        "katsushika hokusai": {},
        "hiroshige": {},
        "(by|in the style of) (hokusai|hiroshige)": {},
        "linocut": {},
        "lino print": {},
        "block print": {},
    }
    company: ClassVar[str] = "japanese traditional edo old wave print"

    def prepare(self, scene: Scene) -> Paint:
        """Drawn at up to 480 lines; paper and grain stand still."""
        height, width = scene.clip.height, scene.clip.width
        tooth = brush.paper(height, width, scene.seed)
        grain = _grain(height, width, scene.seed)
        inks = paint_of(_inks)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            small = brush.areas(pixels, 480)
            rows = small.shape[0]
            lines = brush.sparing(brush.ink(small, max(rows / 210, 1.0), 1.15 * self.strength))
            printed = inks(small, index, seconds)
            keyed = brush.times(printed, 0.16 + 0.84 * lines)
            large = brush.grown(keyed, pixels)
            dark = 1 - cv2.cvtColor(large, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
            return brush.times(
                large, np.clip(1 + 0.05 * tooth + grain * (0.02 + 0.07 * dark), 0, 1.2)
            )

        return paint


def _grain(height: int, width: int, seed: int) -> Floats:
    """The block's wood, mean 0, about -1..1: long fibres across the print."""
    noise = dice(seed, 418).standard_normal((height, width), dtype=np.float32)
    fibres = cv2.GaussianBlur(
        noise, (0, 0), sigmaX=max(height / 14, 2.0), sigmaY=max(height / 700, 0.5)
    )
    return np.asarray(np.clip(fibres / max(float(fibres.std()) * 2, 1e-6), -1, 1), np.float32)


def _inks(rgb: Floats) -> Floats:
    """Every colour by the ink a printer had for it: four tones each, on cream paper."""
    bright = tone.luma(rgb)
    level = np.clip(bright, 0, 1) ** 0.72 * 4
    base = np.floor(level)
    step = (base + tone.smoothstep(level - base, 0.32, 0.68)) / 4
    hue = rgb - bright
    strong = np.abs(hue).max(axis=-1, keepdims=True)
    # Pull each hue towards the nearest of the inks, softly, so that no pixel flips between two.
    known = _INKS - _INKS.mean(axis=-1, keepdims=True)
    likeness = hue @ (known / np.linalg.norm(known, axis=-1, keepdims=True)).T
    likeness = (np.maximum(likeness, 0) / np.maximum(strong, 1e-3)) ** 8
    weights = likeness / np.maximum(likeness.sum(axis=-1, keepdims=True), 1e-9)
    ink = weights @ _INKS
    share = tone.smoothstep(strong, 0.02, 0.16)
    pigment = tone.mix(np.broadcast_to(_GREY, rgb.shape), ink, share)
    shade = pigment * np.clip(step * 2, 0.22, 1) + (_PAPER - pigment) * np.clip(step * 2 - 1, 0, 1)
    return np.asarray(shade, np.float32)
