"""Warmer: light as from a lower colour temperature, brightness kept."""

from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.op import Paint, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Warmer(Spoken):
    """A lower colour temperature."""

    strength: float = 1.0
    name: ClassVar[str] = "warmer"
    stage: ClassVar[Stage] = Stage.LIGHT
    beside: ClassVar[frozenset[str]] = frozenset({"colours", "colour", "tones", "hues", "palette"})
    examples: ClassVar[tuple[str, ...]] = (
        "make it warmer",
        "add warm lighting",
        "warm tones please",
    )
    phrases: ClassVar[Phrases] = {
        "warmer": {},
        "warm": {},
        "warm tones": {},
        "warm colours": {},
        "warm light": {},
        "warmer tones": {},
        "warmer colours": {},
        "warmer light": {},
        "warm lighting": {},
        "warmer lighting": {},
        "warm up": {},
        "warm it up": {},
        "warmth": {},
        "warm grade": {},
        "warm hues": {},
        "warm colour palette": {},
        "cosy": {},
        "warm colour temperature": {},
        "warmer colour temperature": {},
        "warm glow": {},
        "(warm|warmer|warmish|cosy|toasty) (tint|tone|tones|hue|hues|light|lighting|glow|colours|colour|look|feel|mood|white balance|balance|grade|palette|atmosphere|filter|cast|temperature|ambience)": {},
        "white balance (to|towards|toward|more) (warm|warmer|the warm side|orange|yellow)": {},
        "(warm|warming) (it|everything|the colours|the picture|the image|the video|things|the light|the scene) [up]": {},
        "warming filter": {},
        "(yellowish|orange|amber|reddish) (tint|tone|tones|hue|cast|tinge)": {},
        "too (cold|cool|blue|bluish)": {},
        "less (blue|cold|cool)": {},
        "(towards|toward) warm": {},
        "warm look": {},
    }
    company: ClassVar[str] = "towards toward tint hue tinge cosy"

    def grade(self, rgb: Floats) -> Floats:
        """Red up, blue down, in light."""
        return tone.warmth(rgb, 0.75 * self.strength)

    def prepare(self, scene: Scene) -> Paint:
        """One table for all frames."""
        del scene
        return paint_of(self.grade)
