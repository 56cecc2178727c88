"""High contrast: deep shadows, clear lights, colours held back from shouting."""

from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
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
        "contrast (up|higher|increased|boosted|stronger)": {},
        "(punchier|harder|harsher|starker|deeper|bolder|stronger|greater|strong|hard|harsh|stark|bold|heavy|extreme|very high|maximum|punchy) contrast": {},
        "(deeper|darker|crushed|inky) (blacks|shadows) [and (brighter|clear|bright) (highlights|whites)]": {},
        "(it|the (picture|image|video|clip)) (is|looks) too flat": {},
        "too flat": {},
        "crush blacks": {},
        "more (punch|pop)": {},
        "give it [some|more] (punch|pop)": {},
        "contrast it up": {},
        "punch it up": {},
    }
    company: ClassVar[str] = "punchy punch strong hard deep blacks"

    def grade(self, rgb: Floats) -> Floats:
        """An S curve around middle grey."""
        harder = tone.contrast(rgb, 0.75 * self.strength)
        return tone.saturation(harder, 1 - 0.12 * min(self.strength, 1.5))

    def prepare(self, scene: Scene) -> Paint:
        """One table for all frames."""
        del scene
        return paint_of(self.grade)
