"""Day: daylight for clips of the night or the dusk, as far as their shadows still hold something."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.exposure import brightness
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.op import Paint, Pixels, Reading, Scene, Stage
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.planner.phrases import Phrases, Spoken, spoken

_TURN = r"(?:turn|change|convert|transform|make) (?:the |this )?night(?: ?time| scene)? (?:in)?to (?:a )?(?:bright |sunny )?day(?:time|light| time)?"


@dataclass(frozen=True, slots=True)
class Day(Spoken):
    """Daylight; strength sets how far dark clips are lifted."""

    strength: float = 1.0
    name: ClassVar[str] = "day"
    stage: ClassVar[Stage] = Stage.LIGHT
    hint: ClassVar[str] = "night"
    examples: ClassVar[tuple[str, ...]] = (
        "make it daytime",
        "turn night into day",
        "change the time of day to daytime",
    )
    phrases: ClassVar[Phrases] = {
        "(it|this) day": {},
        "(bright|clear|sunny|bright sunny) day": {},
        "daytime": {},
        "day time": {},
        "(full|bright|clear|strong) daylight": {},
        "in daylight": {},
        "at daytime": {},
        "broad daylight": {},
        "in broad daylight": {},
        "night (to|into) day": {},
        "night to daytime": {},
        "night into daytime": {},
        "time of day to day": {},
        "time of day to daytime": {},
        "(midday|noon|noonday) [light|sun|sunlight]": {},
        "at (noon|midday)": {},
        "during the day": {},
        "by day": {},
        "(daytime|daylight|midday) (scene|lighting|look|light|version)": {},
        "natural daylight": {},
    }
    company: ClassVar[str] = "bright broad clear light sunny"

    @classmethod
    def read(cls, said: Instruction) -> Iterable[Reading]:
        """Set phrases, and `turn the night into day`."""
        yield from spoken(cls, said, cls.phrases, company=cls.company)
        for found in said.find(_TURN):
            yield Reading(cls(), found.words, 1.2)

    def prepare(self, scene: Scene) -> Paint:
        """Expose by the clip's own brightness. What is lifted far is calmed, for its noise is lifted too."""
        middle, bright = brightness(scene)
        stops = float(np.clip(np.log2(0.20 / max(middle, 0.004)), 0.0, 2.6)) * min(
            self.strength, 1.3
        )
        stops *= float(np.clip((1.0 - bright) * 6, 0.45, 1.0))  # what burns already is lifted less
        if stops > 1.2:
            scene.tick.note(
                "The clip is dark: it was lifted as far as its shadows hold; lamps stay lit."
            )
        table = paint_of(lambda rgb: _daylight(rgb, stops))
        calm = float(np.clip(6 * (stops - 0.7), 0, 14))

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            steady = (
                np.asarray(cv2.bilateralFilter(pixels, 5, calm, 2), np.uint8)
                if calm > 1
                else pixels
            )
            return table(steady, index, seconds)

        return paint


def _daylight(rgb: Floats, stops: float) -> Floats:
    """Brighter where it was dark, the night's blue or the lamps' orange taken back, clean whites."""
    # Near black a camera's colours are noise: lifted they would be purple.
    sure = tone.smoothstep(tone.luma(rgb), 0.06, 0.30)
    lifted = tone.saturation(tone.exposure(rgb, stops), 1 - (1 - sure) * min(0.55 * stops, 0.97))
    grey = tone.luma(lifted)
    open_shadows = lifted * (
        (grey + 0.22 * (1 - grey) ** 3 * min(stops, 1.0)) / np.maximum(grey, 0.02)
    )
    clean = tone.mix(np.clip(open_shadows, 0, 1), tone.warmth(open_shadows, 0.14), 0.8)
    sunny = tone.saturation(tone.contrast(np.clip(clean, 0, 1), 0.10), 1.14)
    return tone.split(sunny, (0.0, 0.005, 0.03), (0.025, 0.012, -0.02))
