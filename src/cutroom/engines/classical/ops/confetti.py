"""Confetti: bright scraps of paper that tumble and flash through the frame, the near ones out of focus."""

from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.air.foliage import CONFETTI, scatter
from cutroom.engines.classical.bars import within
from cutroom.engines.classical.op import Paint, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Confetti(Spoken):
    """Confetti in the air; density 1 is a party."""

    density: float = 1.0
    name: ClassVar[str] = "confetti"
    stage: ClassVar[Stage] = Stage.WEATHER
    label: ClassVar[str] = "falling confetti"
    scaled: ClassVar[str] = "density"
    alters: ClassVar[frozenset[str]] = frozenset()
    examples: ClassVar[tuple[str, ...]] = (
        "add confetti",
        "add falling confetti",
        "confetti raining down",
    )
    phrases: ClassVar[Phrases] = {
        "confetti": {},
        "falling confetti": {},
        "confetti falling": {},
        "colourful confetti": {},
        "colourful confetti falling": {},
        "colourful falling confetti": {},
        "confetti raining down": {},
        "confetti rain": {},
        "confetti in the air": {},
        "party confetti": {},
        "confetti shower": {},
        "shower of confetti": {},
        "streamers of confetti": {},
    }
    company: ClassVar[str] = (
        "colourful raining falling down everywhere party from above paper air in around"
    )

    def prepare(self, scene: Scene) -> Paint:
        """Throw them once; a frame only asks where they are and how they are turned."""
        return within(
            scene, lambda inner: scatter(inner, CONFETTI, self.density, (scene.seed, 307))
        )
