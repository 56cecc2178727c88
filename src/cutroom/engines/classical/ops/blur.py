"""Blur: the whole frame out of focus."""

from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.noise import blurred
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Blur(Spoken):
    """A lens out of focus."""

    strength: float = 1.0
    name: ClassVar[str] = "blur"
    stage: ClassVar[Stage] = Stage.LOOK
    examples: ClassVar[tuple[str, ...]] = (
        "blur the video",
        "make it slightly blurry",
        "out of focus look",
    )
    phrases: ClassVar[Phrases] = {
        "blur": {},
        "blurry": {},
        "blurred": {},
        "out of focus": {},
        "defocus": {},
        "defocused": {},
        "unfocused": {},
        "gaussian blur": {},
        "blurrier": {},
        "(blur|blurred|blurry|defocus|unsharp) (effect|filter|look|picture|it all)": {},
        "(soft|strong|heavy|light|gaussian|lens|bokeh) blur": {},
        "(take|put|throw) it out of focus": {},
        "make it unsharp": {},
        "unsharp": {},
        "fuzzy": {},
        "(out|not) (of|in) focus": {},
        "blur (everything|it|the (whole|entire) (video|clip|picture|image|frame|scene|footage))": {},
        "too sharp": {},
    }
    company: ClassVar[str] = "focus out soft gaussian lens"

    def prepare(self, scene: Scene) -> Paint:
        """The blur is a share of the frame's height, so it looks alike at every size."""
        sigma = max(0.008 * self.strength * scene.clip.height, 0.4)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            del index, seconds  # the same at all times
            return blurred(pixels, sigma)

        return paint
