"""Film grain: silver grain, new in every frame, strongest in the mid tones."""

from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.noise import dice, grain_bank, grained, window
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class FilmGrain(Spoken):
    """Grain as of 400 ISO film; strength 1.6 is 1600 ISO."""

    strength: float = 1.0
    name: ClassVar[str] = "film_grain"
    stage: ClassVar[Stage] = Stage.LOOK
    label: ClassVar[str] = "film grain"
    alters: ClassVar[frozenset[str]] = frozenset()
    examples: ClassVar[tuple[str, ...]] = (
        "add film grain",
        "make it grainy",
        "add a subtle film grain to the footage",
    )
    phrases: ClassVar[Phrases] = {
        "film grain": {},
        "grain": {},
        "grainy": {},
        "film-grain": {},
        "grain texture": {},
        "analogue grain": {},
        "analog grain": {},
        "grainy film": {},
        "grainy film look": {},
        "analogue film grain": {},
        "noise texture": {},
        "(35mm|16mm|8mm|analogue|kodak) (grain|film grain)": {},
        "(noisy|grainy) [film|analogue] (texture|look|film|image)": {},
        "film noise": {},
        "add noise": {},
        "(35mm|16mm) film look": {},
        "grainy texture": {},
        "texture of film": {},
        "grain effect": {},
        "(some|a bit of|subtle|light) noise": {},
        "noisy": {},
    }
    company: ClassVar[str] = "35mm 16mm 8mm analogue kodak noisy noise texture fine coarse gritty"

    def prepare(self, scene: Scene) -> Paint:
        """A bank of grain; each frame takes its own window of it."""
        height, width, seed = scene.clip.height, scene.clip.width, scene.seed
        bank = grain_bank(height, width, height / 1150, seed)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            del seconds  # grain changes with the frame
            return grained(
                pixels, window(bank, height, width, dice(seed, 401, index)), 9.5 * self.strength
            )

        return paint
