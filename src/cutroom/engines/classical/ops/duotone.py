"""Duotone: two inks, one for the shadows and one for the lights."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cutroom.engines.classical.colour import palette, tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.op import Paint, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Duotone(Spoken):
    """Two colours; shadows and lights are colour names."""

    shadows: str = "blue"
    lights: str = "pink"
    name: ClassVar[str] = "duotone"
    stage: ClassVar[Stage] = Stage.LOOK
    scaled: ClassVar[str] = ""
    choices: ClassVar[Mapping[str, Collection[str]]] = {
        "shadows": tuple(palette.COLOURS), "lights": tuple(palette.COLOURS),
    }  # fmt: skip
    examples: ClassVar[tuple[str, ...]] = (
        "make it duotone",
        "duotone in purple and orange",
        "blue and pink duotone",
    )
    phrases: ClassVar[Phrases] = {
        "duotone": {},
        "duo tone": {},
        "duotone (effect|look|style|print|filter)": {},
        "red and blue duotone": {"shadows": "blue", "lights": "red"},
        "duotone in red and blue": {"shadows": "blue", "lights": "red"},
        "two-tone": {},
        "two tone": {},
        "two colour print": {},
        "two tone (print|effect|look)": {},
        "spotify style": {},
        "blue and pink duotone": {"shadows": "blue", "lights": "pink"},
        "blue and orange duotone": {"shadows": "blue", "lights": "orange"},
        "purple and orange duotone": {"shadows": "purple", "lights": "orange"},
        "blue and yellow duotone": {"shadows": "blue", "lights": "yellow"},
        "purple and pink duotone": {"shadows": "purple", "lights": "pink"},
        "green and yellow duotone": {"shadows": "green", "lights": "yellow"},
        "red and yellow duotone": {"shadows": "red", "lights": "yellow"},
        "teal and orange duotone": {"shadows": "teal", "lights": "orange"},
        "purple and yellow duotone": {"shadows": "purple", "lights": "yellow"},
        "navy and pink duotone": {"shadows": "navy", "lights": "pink"},
        "red and pink duotone": {"shadows": "red", "lights": "pink"},
        "blue and red duotone": {"shadows": "blue", "lights": "red"},
        "duotone in blue and pink": {"shadows": "blue", "lights": "pink"},
        "duotone in blue and orange": {"shadows": "blue", "lights": "orange"},
        "duotone in purple and orange": {"shadows": "purple", "lights": "orange"},
        "duotone in blue and yellow": {"shadows": "blue", "lights": "yellow"},
        "duotone in purple and pink": {"shadows": "purple", "lights": "pink"},
        "duotone in green and yellow": {"shadows": "green", "lights": "yellow"},
        "duotone in red and yellow": {"shadows": "red", "lights": "yellow"},
        "duotone in teal and orange": {"shadows": "teal", "lights": "orange"},
        "duotone in purple and yellow": {"shadows": "purple", "lights": "yellow"},
        "duotone in navy and pink": {"shadows": "navy", "lights": "pink"},
        "duotone in red and pink": {"shadows": "red", "lights": "pink"},
        "duotone in blue and red": {"shadows": "blue", "lights": "red"},
    }

    def grade(self, rgb: Floats) -> Floats:
        """Brightness through the dark ink to the light one, with paper above."""
        dark, light = palette.rgb(self.shadows, "dark") / 255, palette.rgb(self.lights) / 255
        bright = tone.curve(tone.luma(rgb)[..., 0], ((0, 0), (0.3, 0.24), (0.7, 0.80), (1, 1)))
        stops = (dark * 0.45, dark * 0.45 + light * 0.55, light * 0.35 + 0.65)
        low, middle, high = (stop.tolist() for stop in stops)
        return tone.duotone(np.repeat(bright[..., None], 3, axis=-1), low, middle, high)

    def prepare(self, scene: Scene) -> Paint:
        """One table for all frames."""
        del scene
        return paint_of(self.grade)
