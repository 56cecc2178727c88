"""Overcast: flat, cool daylight under clouds; no hard sun, no strong colour."""

from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.op import Paint, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Overcast(Spoken):
    """Daylight under clouds."""

    strength: float = 1.0
    name: ClassVar[str] = "overcast"
    stage: ClassVar[Stage] = Stage.LIGHT
    examples: ClassVar[tuple[str, ...]] = (
        "make the weather cloudy",
        "make it overcast",
        "overcast light",
    )
    phrases: ClassVar[Phrases] = {
        "overcast": {},
        "cloudy": {},
        "cloudy day": {},
        "overcast day": {},
        "cloudy weather": {},
        "grey day": {},
        "dull day": {},
        "dull light": {},
        "overcast light": {},
        "overcast lighting": {},
        "overcast weather": {},
        "grey weather": {},
        "dull weather": {},
        "clouded over": {},
        "flat light": {},
        "flat lighting": {},
        "(overcast|cloudy|grey|dull|clouded|sunless) (day|sky|skies|weather|light|lighting|afternoon|morning|look|mood|conditions)": {},
        "(grey|gray) (,|and) (cloudy|overcast) [day|weather|light|sky]": {},
        "(no|without) (hard|direct|harsh) (sun|sunlight|light|shadows)": {},
        "(soft|diffuse|diffused|flat|even) (daylight|overcast light|cloudy light)": {},
        "(clouds|cloud) (cover|over the sun|in front of the sun)": {},
        "sun (behind clouds|behind the clouds|hidden by clouds|goes behind the clouds)": {},
        "under (clouds|a cloudy sky|a grey sky|an overcast sky|grey skies)": {},
        "no (sun|sunshine)": {},
    }
    company: ClassVar[str] = "grey dull flat soft no sky heavy clouds"

    def grade(self, rgb: Floats) -> Floats:
        """Lights lowered, colours greyed and cooled."""
        strength = min(self.strength, 1.5)
        light = tone.exposure(rgb, -0.35 * strength)
        flat = tone.curve(light, ((0, 0.03), (0.35, 0.34), (0.75, 0.64), (1, 0.83)))
        grey = tone.saturation(tone.mix(light, flat, min(strength, 1.0)), 1 - 0.42 * strength)
        return tone.warmth(grey, -0.28 * strength)

    def prepare(self, scene: Scene) -> Paint:
        """One table for all frames."""
        del scene
        return paint_of(self.grade)
