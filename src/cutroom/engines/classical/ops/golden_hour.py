"""Golden hour: low warm sun; lights turn to honey, shadows stay faintly blue."""

from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.op import Paint, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class GoldenHour(Spoken):
    """Low warm sun."""

    strength: float = 1.0
    name: ClassVar[str] = "golden_hour"
    stage: ClassVar[Stage] = Stage.LIGHT
    examples: ClassVar[tuple[str, ...]] = (
        "golden hour lighting",
        "make it golden hour",
        "add warm sunlight",
    )
    phrases: ClassVar[Phrases] = {
        "golden hour": {},
        "golden-hour": {},
        "golden light": {},
        "golden hour light": {},
        "golden hour lighting": {},
        "golden sunlight": {},
        "magic hour": {},
        "late afternoon": {},
        "late afternoon light": {},
        "late afternoon sun": {},
        "warm sunlight": {},
        "golden tones": {},
        "golden glow": {},
        "golden lighting": {},
        "sun kissed": {},
        "sunlit": {},
        "(golden|magic) hour (light|lighting|glow|look|feel|sun|mood|sunlight|vibe|shot|time)": {},
        "(golden|honey|honeyed|amber) (light|sunlight|glow|sun|rays|lighting|look)": {},
        "(late afternoon|late day|low afternoon) (light|sun|sunlight|glow|golden light|lighting)": {},
        "late afternoon golden (light|sun|sunlight|glow)": {},
        "(sun drenched|sun soaked|sunkissed|sun kissed)": {},
        "warm (afternoon|golden) (light|sun|sunlight|glow)": {},
        "warm golden (light|glow|sunlight|tones|hour)": {},
    }
    company: ClassVar[str] = (
        "golden warm low honey sun sunlight light glow glowing rays soft bathe bathed afternoon late"
    )

    def grade(self, rgb: Floats) -> Floats:
        """Warm lights over faintly blue shadows."""
        strength = min(self.strength, 1.7)
        warm = tone.warmth(rgb, 0.75 * strength)
        glow = tone.split(warm, (0.01, 0.0, 0.035), (0.10, 0.045, -0.10), strength)
        return tone.curve(
            tone.saturation(glow, 1 + 0.12 * strength),
            ((0, 0.015), (0.3, 0.31), (0.7, 0.73), (1, 0.99)),
        )

    def prepare(self, scene: Scene) -> Paint:
        """One table for all frames."""
        del scene
        return paint_of(self.grade)
