"""Negative: every tone and colour turned into its opposite, as on developed film."""

from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.op import Paint, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Negative(Spoken):
    """Opposite tones."""

    strength: float = 1.0
    name: ClassVar[str] = "negative"
    stage: ClassVar[Stage] = Stage.LOOK
    examples: ClassVar[tuple[str, ...]] = (
        "invert the colors",
        "make it a photo negative",
        "turn the video into a film negative",
    )
    phrases: ClassVar[Phrases] = {
        "negative": {},
        "film negative": {},
        "photo negative": {},
        "negative film": {},
        "photographic negative": {},
        "inverted colours": {},
        "invert colours": {},
        "invert": {},
        "inverted": {},
        "(invert|inverted|inverting|inverse|reverse|reversed|flip|flipped) [all] (colours|tones)": {},
        "(colours|tones) (inverted|reversed)": {},
        "(photo|film|photographic|colour|x ray) negative [look|effect|image]": {},
        "(invert|inversion) (it|effect|filter)": {},
        "opposite colours": {},
        "invert it": {},
        "negative (image|photo|picture|colours|effect)": {},
        "x ray [look|effect|image]": {},
    }
    company: ClassVar[str] = "photographic photo film developed show"

    def grade(self, rgb: Floats) -> Floats:
        """White minus the colour."""
        return tone.mix(rgb, 1 - rgb, min(self.strength, 1.0))

    def prepare(self, scene: Scene) -> Paint:
        """One table for all frames."""
        del scene
        return paint_of(self.grade)
