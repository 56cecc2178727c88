"""Highlight: all but a thing is dimmed, so that the eye goes to it."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cutroom.engines.classical.aimed import found, grown, laid
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.aim import REST, WHAT, Aimed

_DIM = r"(?:dim|darken|fade out|shade)"


@dataclass(frozen=True, slots=True)
class Highlight(Aimed):
    """The thing as it was, everything else at less than half its light."""

    name: ClassVar[str] = "highlight"
    stage: ClassVar[Stage] = Stage.OBJECT
    hints: ClassVar[tuple[str, ...]] = (
        "highlight|highlights|emphasise|emphasize|accentuate|stand out|dim|darken|fade out|shade|attention|darker|emphasis",
    )
    forms: ClassVar[tuple[str, ...]] = (
        rf"(?:highlight|emphasise|emphasize|accentuate) {WHAT}",
        rf"(?:make|let|have) {WHAT} (?:really |clearly )?stand out",
        rf"(?:draw|direct|call|bring) (?:the )?(?:viewer's )?attention to {WHAT}",
        rf"(?:put|shine|place|add|use) (?:a|the) (?:highlight|emphasis) (?:on|onto|around|over|to) {WHAT}",
        rf"{_DIM} {REST}",
        rf"(?:make|turn) {REST} (?:darker|dark|dim|dimmer)",
        rf"{_DIM} the (?:background|backdrop|surroundings)|make the (?:background|backdrop|surroundings) (?:darker|dimmer|dim)",
    )
    examples: ClassVar[tuple[str, ...]] = (
        "highlight the person",
        "dim everything but the dog",
        "make the car stand out",
        "draw attention to the man on the left",
        "darken the background",
    )

    @classmethod
    def aimed(
        cls, words: str, groups: dict[str, str | None], *, around: bool
    ) -> "Highlight | None":
        """Always what stays bright: `dim everything but the dog` highlights the dog."""
        if groups.get("what") is not None and around:
            return None  # `highlight the background`
        if groups.get("rest") is not None and not around:
            return None  # `dim everything but the background`
        return cls(words, around=False)

    @property
    def alters(self) -> frozenset[str]:
        """The surroundings go dark."""
        return frozenset({"background", "light"})

    def say(self) -> str:
        """What stays bright."""
        return f"everything but {self.thing()} dimmed"

    def prepare(self, scene: Scene) -> Paint:
        """Find it. Raises CannotDo where it is not found, or not surely enough to be cut out."""
        aim = found(self, scene)
        height = scene.clip.height
        ramp = np.clip(np.arange(256) * 0.4, 0, 255).astype(np.uint8)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            del seconds
            near = grown(aim.inside(pixels, index), 0.003 * height, 0.006 * height)
            return laid(pixels, ramp[pixels], 1 - near)

        return paint
