"""Cooler: light as from a higher colour temperature, brightness kept."""

from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
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
        "(cold|cool|colder|cooler|icy|frosty|chilly|wintry|steely|blue|bluish) (tint|tone|tones|hue|hues|light|lighting|colours|colour|look|feel|mood|white balance|balance|grade|palette|atmosphere|filter|cast|tinge)": {},
        "(cold|cool|icy|steel|steely) blue [tint|tone|tones|hue|hues|light|look|colours|grade|cast|palette|filter]": {},
        "white balance (to|towards|toward|more) (cold|cool|colder|cooler|blue|the cold side|the cool side)": {},
        "cool (it|everything|the colours|the picture|the image|the video|things) [down]": {},
        "cooling filter": {},
        "(icy|frosty|chilly|steely)": {},
        "too (warm|yellow|orange)": {},
        "less (warm|yellow|orange|warmth)": {},
        "(towards|toward) (blue|cold|cool)": {},
        "matrix green": {},
        "(cold|pale|wintry|harsh) winter light": {},
    }
    company: ClassVar[str] = "towards toward tint hue tinge bluish blue cold cool icy winter wintry"

    def grade(self, rgb: Floats) -> Floats:
        """Blue up, red down, in light."""
        return tone.warmth(rgb, -0.75 * self.strength)

    def prepare(self, scene: Scene) -> Paint:
        """One table for all frames."""
        del scene
        return paint_of(self.grade)
