"""Slow motion: more frames of the same movement, those in between made by following what moves."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from cutroom.engines.classical.op import Reading, Stage
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.planner.pace import IT, speeds
from cutroom.errors import CannotDo
from cutroom.media.course import Course
from cutroom.media.sound import Block, paced

_SLOWEST = Fraction(1, 8)
_SLOW = rf"(?:(?:(?:play|show|put|run) )?(?:{IT} )?(?:in |into )?(?:a )?(?P<how>super|very|extreme|ultra|really|slight|subtle)? ?(?:slow[- ]motion|slow[- ]?mo|slomo)(?: effect)?)"
_SLOWER = rf"(?:slow(?:ing)? down(?: {IT})?|slow {IT}(?: down)?|(?:play |make |run )?(?:{IT} )?(?P<less>slightly |a bit |a little |much |a lot )?slower)(?P<after> slightly| a bit| a little| a lot)?"
_HOW = {
    "super": 0.25, "very": 0.25, "extreme": 0.25, "ultra": 0.25, "really": 0.25, "much": 0.25,
    "a lot": 0.25, "slight": 0.75, "subtle": 0.75, "slightly": 0.75, "a bit": 0.75, "a little": 0.75,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SlowMotion:
    """Slower than it was filmed, at the same frame rate."""

    speed: float = 0.5
    """1 is the clip's own."""
    name: ClassVar[str] = "slow_motion"
    stage: ClassVar[Stage] = Stage.TIME
    hint: ClassVar[str] = "slo|speed|sped|fast|quick"
    examples: ClassVar[tuple[str, ...]] = (
        "Slow it down to half speed",
        "make it 2x slow motion",
        "play the video at 50% speed",
        "super slow motion",
    )

    @classmethod
    def read(cls, said: Instruction) -> Iterable[Reading]:
        """A speed below the clip's own, or slow motion without a figure."""
        for speed, found in speeds(said):
            if speed < 1:
                yield Reading(cls(speed), found.words, 1.2)
        if "slo" not in said.text:
            return
        for pattern in (_SLOW, _SLOWER, rf"{_SLOWER} (?:, )?(?:and )?{_SLOW}"):
            for found in said.find(pattern):
                how = " ".join(filter(None, found.groups.values())).strip()
                yield Reading(cls(_HOW.get(how, 0.5)), found.words)

    def say(self) -> str:
        """How slow."""
        return f"slow motion at {self.speed:.0%} speed"

    def course(self, before: Course) -> Course:
        """More frames, those in between made. Raises CannotDo below an eighth of the speed."""
        if self.speed < _SLOWEST:
            raise CannotDo(
                f"Slow motion goes down to {float(_SLOWEST):.1%} of the speed here; this asks for {self.speed:.1%}."
            )
        return before.paced(_exact(self.speed), between=True)

    def sound(self, blocks: Iterator[Block], before: Course) -> Iterator[Block]:
        """The sound as slow, at its own pitch."""
        del before
        return paced(blocks, _exact(self.speed))


def _exact(speed: float) -> Fraction:
    return Fraction(speed).limit_denominator(1000)
