"""Low contrast: lifted shadows and soft lights, a matte, faded print."""

from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.op import Paint, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class LowContrast(Spoken):
    """Less distance between dark and light."""

    strength: float = 1.0
    name: ClassVar[str] = "low_contrast"
    stage: ClassVar[Stage] = Stage.LOOK
    examples: ClassVar[tuple[str, ...]] = (
        "reduce the contrast",
        "give it a washed-out look",
        "make it low contrast",
    )
    phrases: ClassVar[Phrases] = {
        "low contrast": {},
        "lower contrast": {},
        "less contrast": {},
        "reduce contrast": {},
        "reduced contrast": {},
        "decrease contrast": {},
        "decreased contrast": {},
        "faded": {},
        "faded blacks": {},
        "washed out": {},
        "flat contrast": {},
        "matte look": {},
        "matte finish": {},
        "softer contrast": {},
        "contrast (down|lower|reduced|softer)": {},
        "(flatten|flattened|soften|gentle|gentler|softer|flat|low|milder|weak|weaker) contrast": {},
        "soften contrast": {},
        "flatten (the image|the picture|the video|it)": {},
        "(lifted|raised|milky|faded) (blacks|shadows)": {},
        "(lift|raise) (blacks|shadows)": {},
        "flat (look|profile|picture profile|image)": {},
        "too (contrasty|much contrast|harsh)": {},
        "contrast [is] too (high|strong|hard|harsh)": {},
        "matte (film|print|photo)": {},
        "log footage": {},
    }
    company: ClassVar[str] = "matte flat faded soft milky blacks"

    def grade(self, rgb: Floats) -> Floats:
        """Blacks lifted to dark grey, whites lowered."""
        flat = tone.curve(rgb, ((0, 0.11), (0.25, 0.30), (0.6, 0.60), (1, 0.91)))
        return tone.mix(rgb, flat, min(self.strength, 1.6))

    def prepare(self, scene: Scene) -> Paint:
        """One table for all frames."""
        del scene
        return paint_of(self.grade)
