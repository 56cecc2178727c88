"""Brighter: more light, with whites that roll off instead of burning out."""

from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.op import Paint, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Brighter(Spoken):
    """More light; amount 0.3 is three quarters of a stop."""

    amount: float = 0.3
    name: ClassVar[str] = "brighter"
    stage: ClassVar[Stage] = Stage.LIGHT
    scaled: ClassVar[str] = "amount"
    beside: ClassVar[frozenset[str]] = frozenset({"light", "exposure", "brightness"})
    examples: ClassVar[tuple[str, ...]] = (
        "make it brighter",
        "increase the brightness",
        "brighten the video",
    )
    phrases: ClassVar[Phrases] = {
        "brighter": {},
        "bright": {},
        "brighten": {},
        "brightened": {},
        "brighten up": {},
        "more light": {},
        "lighter": {},
        "increase brightness": {},
        "more brightness": {},
        "raise brightness": {},
        "boost brightness": {},
        "increase exposure": {},
        "more exposure": {},
        "higher exposure": {},
        "raise exposure": {},
        "less dark": {},
        "well lit": {},
        "brightly lit": {},
        "light up": {},
        "lighten": {},
        "lighten up": {},
        "bright light": {},
        "bright lighting": {},
        "brighter light": {},
        "brighter lighting": {},
        "overexposed": {},
        "high key": {},
        "(brightness|exposure) (up|higher|increased)": {},
        "(brighten|lighten|light) (it|everything|the video|the picture|the image|things|this|the scene|the clip|the footage) up": {},
        "(brighten|lighten|light) (it|everything) [up]": {},
        "(higher|more|extra|additional|better) (brightness|exposure|illumination)": {},
        "(it's|it is|this is|the (video|picture|image|clip|scene|footage) is) too dark": {},
        "too (dark|dim) [(,|!|.) (turn|bring) it up]": {},
        "(is|was|looks) (underexposed|too dark)": {},
        "(expose|exposed) it brighter": {},
        "overexpose [it]": {},
        "turn the lights (on|up)": {},
        "(flood|fill) it with light": {},
        "bright and airy": {},
        "airy": {},
    }
    company: ClassVar[str] = "light"

    def grade(self, rgb: Floats) -> Floats:
        """Exposure in light, white kept."""
        return tone.exposure(rgb, 2.6 * self.amount)

    def prepare(self, scene: Scene) -> Paint:
        """One table for all frames."""
        del scene
        return paint_of(self.grade)
