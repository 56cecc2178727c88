"""Black and white: as bright as it was, without colour, with a gentle S curve."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.op import Paint, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class BlackAndWhite(Spoken):
    """Greys instead of colours; below strength 1 some colour stays."""

    strength: float = 1.0
    name: ClassVar[str] = "black_and_white"
    stage: ClassVar[Stage] = Stage.LOOK
    examples: ClassVar[tuple[str, ...]] = (
        "make it black and white",
        "Add a grey scale filter to the image.",
        "turn the video to monochrome",
    )
    phrases: ClassVar[Phrases] = {
        "black and white": {},
        "black & white": {},
        "black / white": {},
        "black n white": {},
        "b & w": {},
        "b&w": {},
        "bw": {},
        "monochrome": {},
        "monochromatic": {},
        "greyscale": {},
        "grey scale": {},
        "shades of grey": {},
        "colourless": {},
        "without colour": {},
        "remove colour": {},
        "remove colours": {},
        "remove all colour": {},
        "remove all colours": {},
        "desaturate completely": {},
        "completely desaturated": {},
        "(drain|strip|suck|take|pull|wash|bleach|get rid of|lose|kill|turn off|discard|drop|remove) [all] [of] (colour|colours) [out|away]": {},
        "(fully|totally|completely|entirely) (desaturate|desaturated)": {},
        "desaturate (fully|totally|completely|entirely)": {},
        "no (colour|colours) [at all]": {},
        "monochromatic look": {},
        "black and white (film|movie|photo|photograph|photography|picture|footage|look|style|filter|effect|conversion|version|grading|tones)": {},
        "zero saturation": {},
        "grey tones": {},
        "only (grey|greys)": {},
    }
    company: ClassVar[str] = "tint classic timeless"

    def grade(self, rgb: Floats) -> Floats:
        """Luma, which is what a screen's brightness is, and so needs no way through RGB."""
        grey = tone.contrast(np.repeat(tone.luma(rgb), 3, axis=-1), 0.18)
        return tone.mix(rgb, grey, min(self.strength, 1.0))

    def prepare(self, scene: Scene) -> Paint:
        """One table for all frames."""
        del scene
        return paint_of(self.grade)
