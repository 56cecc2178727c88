"""Ken Burns: the view drifts across the picture and comes nearer, as over a photograph."""

from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.noise import dice
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken
from cutroom.engines.classical.view import Window, seen, way


@dataclass(frozen=True, slots=True)
class KenBurns(Spoken):
    """A drift over the whole clip; the seed says from which side."""

    strength: float = 1.0
    name: ClassVar[str] = "ken_burns"
    stage: ClassVar[Stage] = Stage.FRAME
    label: ClassVar[str] = "Ken Burns drift"
    examples: ClassVar[tuple[str, ...]] = (
        "Add a Ken Burns effect",
        "slight ken burns effect",
    )
    phrases: ClassVar[Phrases] = {"ken burns": {}, "ken-burns": {}, "kenburns": {}}

    def prepare(self, scene: Scene) -> Paint:
        """From the whole picture to a part beside its middle."""
        toss = dice(scene.seed, 61)
        across, down = toss.choice([-1, 1]) * 0.5, toss.choice([-1, 1]) * 0.35
        nearest = 1 + 0.3 * min(self.strength, 3.0)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            del index
            at = way(scene, seconds)
            zoom = nearest ** (0.15 + 0.85 * at)
            x, y = 0.5 + across * at, 0.5 + down * at
            return seen(pixels, Window(zoom, x, y).inside())

        return paint
