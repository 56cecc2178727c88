"""Cooler: light as from a higher colour temperature, brightness kept."""

from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical import tone
from cutroom.engines.classical.grade import Floats, paint_of
from cutroom.engines.classical.op import Paint, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Cooler(Spoken):
    """A higher colour temperature."""

    strength: float = 1.0
    name: ClassVar[str] = "cooler"
    stage: ClassVar[Stage] = Stage.LIGHT
    beside: ClassVar[frozenset[str]] = frozenset({"colours", "colour", "tones", "hues", "palette"})
    examples: ClassVar[tuple[str, ...]] = (
        "make it cooler",
        "give it cold blue tones",
        "cool tones",
    )
    phrases: ClassVar[Phrases] = {
        "cooler": {},
        "colder": {},
        "cold": {},
        "cool tones": {},
        "cool colours": {},
        "cool light": {},
        "cooler tones": {},
        "cooler colours": {},
        "cold tones": {},
        "cold colours": {},
        "cold light": {},
        "cold lighting": {},
        "cool lighting": {},
        "cooler light": {},
        "cool blue": {},
        "cool blue tones": {},
        "blue tones": {},
        "blue tint": {},
        "bluish": {},
        "blueish": {},
        "cool grade": {},
        "cool hues": {},
        "cool colour palette": {},
        "cool it down": {},
        "cool colour temperature": {},
    }

    def grade(self, rgb: Floats) -> Floats:
        """Blue up, red down, in light."""
        return tone.warmth(rgb, -0.75 * self.strength)

    def prepare(self, scene: Scene) -> Paint:
        """One table for all frames."""
        del scene
        return paint_of(self.grade)
