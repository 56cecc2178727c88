"""Darker: less light, colours held, blacks not crushed."""

from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.op import Paint, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Darker(Spoken):
    """Less light; amount 0.3 is about one stop."""

    amount: float = 0.3
    name: ClassVar[str] = "darker"
    stage: ClassVar[Stage] = Stage.LIGHT
    scaled: ClassVar[str] = "amount"
    beside: ClassVar[frozenset[str]] = frozenset({"light", "exposure", "brightness"})
    examples: ClassVar[tuple[str, ...]] = (
        "make it darker",
        "reduce the brightness",
        "darken the whole video",
    )
    phrases: ClassVar[Phrases] = {
        "darker": {},
        "dark": {},
        "darken": {},
        "darkened": {},
        "dim": {},
        "dimmer": {},
        "dimmed": {},
        "dimly lit": {},
        "less bright": {},
        "less light": {},
        "reduce brightness": {},
        "lower brightness": {},
        "decrease brightness": {},
        "less brightness": {},
        "reduce exposure": {},
        "lower exposure": {},
        "decrease exposure": {},
        "less exposure": {},
        "underexposed": {},
        "low key": {},
        "low light": {},
        "darken down": {},
        "dark lighting": {},
        "dim lighting": {},
        "dim light": {},
        "(brightness|exposure) (down|lower|reduced)": {},
        "(darken|dim) (it|everything|the video|the picture|the image|things|this|the scene|the lights) [down]": {},
        "dim (lights|down)": {},
        "(lower|less|reduced) (brightness|exposure|illumination)": {},
        "(it's|it is|this is|the (video|picture|image|clip|scene|footage) is) (too bright|overexposed)": {},
        "too (bright|light)": {},
        "too (bright|light) (,|!|.) (turn|bring|take|tone) it down": {},
        "(is|was|looks) (overexposed|too bright)": {},
        "underexpose [it]": {},
        "(overly|way too) bright": {},
        "(bring|take|turn|pull) down (brightness|exposure|lights)": {},
        "not (so|as|too) bright": {},
    }
    company: ClassVar[str] = "light"

    def grade(self, rgb: Floats) -> Floats:
        """Exposure in light."""
        darker = tone.exposure(rgb, -3.2 * self.amount)
        return tone.saturation(darker, 1 - 0.1 * self.amount)

    def prepare(self, scene: Scene) -> Paint:
        """One table for all frames."""
        del scene
        return paint_of(self.grade)
