"""Stars: a clear night with a field of stars and the galaxy's band, where a sky is found."""

from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.air.heavens import found, under
from cutroom.engines.classical.op import Paint, Scene, Stage
from cutroom.engines.classical.ops.night import Night
from cutroom.engines.classical.planner.phrases import Phrases, Spoken
from cutroom.errors import CannotDo


@dataclass(frozen=True, slots=True)
class Stars(Spoken):
    """A starry night."""

    strength: float = 1.0
    name: ClassVar[str] = "stars"
    stage: ClassVar[Stage] = Stage.LIGHT
    label: ClassVar[str] = "starry sky"
    examples: ClassVar[tuple[str, ...]] = (
        "add stars to the sky",
        "make it a starry night",
        "a sky full of stars",
    )
    phrases: ClassVar[Phrases] = {
        "stars": {},
        "stars (to|in|on) the [night] sky": {},
        "(twinkling|shining|bright|glittering) stars": {},
        "(twinkling|shining|bright|glittering) stars in the [night] sky": {},
        "starry (sky|night|night sky|heavens)": {},
        "sky to a starry (sky|night sky|night)": {},
        "[night] sky full of stars": {},
        "(night sky|sky) with stars": {},
        "milky way": {},
        "milky way in the sky": {},
        "night sky with the milky way": {},
        "starlit [night|sky]": {},
    }

    company: ClassVar[str] = "full moon moonlit clear bright"

    def prepare(self, scene: Scene) -> Paint:
        """Night on the land, stars above it. Raises CannotDo where no sky is found."""
        sky = found(scene)
        if sky is None:
            raise CannotDo("No clear sky was found in this clip, so there is nowhere to put stars.")
        return under(scene, sky, "starry", Night(self.strength).dark(scene))
