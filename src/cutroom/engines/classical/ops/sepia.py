"""Sepia: brown-toned monochrome, as an old photograph."""

from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.op import Paint, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Sepia(Spoken):
    """Browns instead of colours; below strength 1 some colour stays."""

    strength: float = 1.0
    name: ClassVar[str] = "sepia"
    stage: ClassVar[Stage] = Stage.LOOK
    examples: ClassVar[tuple[str, ...]] = (
        "Add sepia tone to the image.",
        "make it sepia",
        "give the clip an old photograph look",
    )
    phrases: ClassVar[Phrases] = {
        "sepia": {},
        "sepia tone": {},
        "sepia toned": {},
        "sepia tones": {},
        "brown toned": {},
        "old photo": {},
        "old photograph": {},
        "antique": {},
        "daguerreotype": {},
        "sepia (tint|filter|wash|colour|colours|hue|look|effect)": {},
        "(brown|brownish) (tint|tone|tones|hue|wash|tinge)": {},
        "brownish old (photo|photograph|picture)": {},
        "old (photo|photograph|picture) (tint|tone|tones|look|colour|colours)": {},
        "(old|antique|victorian) brown (photo|photograph|tones)": {},
        "19th century photograph": {},
        "victorian (photo|photograph)": {},
        "wild west (photo|photograph|look)": {},
    }
    company: ClassVar[str] = "tint tinted tinge hue brown brownish old antique photo photograph"

    def grade(self, rgb: Floats) -> Floats:
        """A ramp from dark brown through sand to cream."""
        bright = tone.contrast(tone.luma(rgb), 0.12)
        toned = tone.duotone(
            bright.repeat(3, axis=-1), (0.07, 0.045, 0.03), (0.60, 0.47, 0.34), (1.0, 0.95, 0.84)
        )
        return tone.mix(rgb, toned, min(self.strength, 1.0))

    def prepare(self, scene: Scene) -> Paint:
        """One table for all frames."""
        del scene
        return paint_of(self.grade)
