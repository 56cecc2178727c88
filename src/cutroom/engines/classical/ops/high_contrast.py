"""High contrast: deep shadows, clear lights, colours held back from shouting."""

from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical import tone
from cutroom.engines.classical.grade import Floats, paint_of
from cutroom.engines.classical.op import Paint, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class HighContrast(Spoken):
    """More distance between dark and light."""

    strength: float = 1.0
    name: ClassVar[str] = "high_contrast"
    stage: ClassVar[Stage] = Stage.LOOK
    examples: ClassVar[tuple[str, ...]] = (
        "make the style high-contrast.",
        "increase the contrast",
        "make the video more contrasty",
    )
    phrases: ClassVar[Phrases] = {
        "high contrast": {},
        "higher contrast": {},
        "more contrast": {},
        "increase contrast": {},
        "increased contrast": {},
        "boost contrast": {},
        "raise contrast": {},
        "strong contrast": {},
        "punchy": {},
        "punchier": {},
        "contrasty": {},
        "add contrast": {},
        "stark contrast": {},
        "dramatic contrast": {},
        "hard contrast": {},
        "enhance contrast": {},
    }

    def grade(self, rgb: Floats) -> Floats:
        """An S curve around middle grey."""
        harder = tone.contrast(rgb, 0.75 * self.strength)
        return tone.saturation(harder, 1 - 0.12 * min(self.strength, 1.5))

    def prepare(self, scene: Scene) -> Paint:
        """One table for all frames."""
        del scene
        return paint_of(self.grade)
