"""Faster: the same in less time, up to a time-lapse."""

import re
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

_FASTEST = 100
_SMOOTH = 2
"""From this speed on frames are left out; below it that would stutter, so they are made."""
_LAPSE = r"(?:(?:make |turn )?(?:it |this |the video )?(?:in|into|as|like)? ?(?:a )?(?:time[- ]?lapse)(?: (?:of it|video|effect|style))?)"
_MOTION = r"(?:(?:play |in )?(?:in )?fast[- ](?:motion|forward))"
_FASTER = rf"(?:(?:speed|speeding) up(?: {IT})?|(?:speed|speeding) {IT} up|(?:play |make |run )?(?:{IT} )?(?P<less>slightly |a bit |a little |much |a lot )?(?:faster|quicker))(?P<after> slightly| a bit| a little| a lot)?"
_HOW = {"slightly": 1.5, "a bit": 1.5, "a little": 1.5, "much": 4.0, "a lot": 4.0}


@dataclass(frozen=True, slots=True)
class Faster:
    """Faster than it was filmed, at the same frame rate."""

    speed: float = 2.0
    """1 is the clip's own."""
    name: ClassVar[str] = "faster"
    stage: ClassVar[Stage] = Stage.TIME
    hint: ClassVar[str] = "fast|quick|speed|sped|slow|lapse"
    examples: ClassVar[tuple[str, ...]] = (
        "Make it twice as fast",
        "speed the video up 3x",
        "turn it into a time-lapse",
        "play it at double speed",
    )

    @classmethod
    def read(cls, said: Instruction) -> Iterable[Reading]:
        """A speed above the clip's own, or a word for one."""
        for speed, found in speeds(said):
            if speed > 1:
                yield Reading(cls(speed), found.words, 1.2)
        if not re.search(cls.hint, said.text):
            return
        for pattern, usual in ((_LAPSE, 8.0), (_MOTION, 2.0), (_FASTER, 2.0)):
            for found in said.find(pattern):
                how = " ".join(filter(None, found.groups.values())).strip()
                yield Reading(cls(_HOW.get(how, usual)), found.words)

    def say(self) -> str:
        """How fast."""
        return f"{self.speed:g} times as fast"

    def course(self, before: Course) -> Course:
        """Fewer frames. Raises CannotDo when hardly any would be left."""
        if self.speed > _FASTEST or before.duration / _exact(self.speed) * before.rate < 2:
            raise CannotDo(
                f"{self.speed:g} times as fast leaves too little of {float(before.duration):.1f} s."
            )
        return before.paced(_exact(self.speed), between=self.speed < _SMOOTH)

    def sound(self, blocks: Iterator[Block], before: Course) -> Iterator[Block]:
        """The sound as fast, at its own pitch."""
        del before
        return paced(blocks, _exact(self.speed))


def _exact(speed: float) -> Fraction:
    return Fraction(speed).limit_denominator(1000)
