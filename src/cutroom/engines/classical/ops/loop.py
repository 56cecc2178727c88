"""Loop: the clip again and again, or to and fro so that its ends meet."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.op import Reading, Stage
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.planner.pace import IT, NUMBER, number
from cutroom.errors import CannotDo
from cutroom.media.course import Course
from cutroom.media.sound import RATE, Block
from cutroom.media.spool import Spool

_MOST = 8
_TIMES = rf"(?P<times>once|twice|thrice|{NUMBER} (?:times|loops)|{NUMBER}x)"
_PATTERNS = (
    rf"(?:loop|repeat|play|run) (?:{IT} )?{_TIMES}(?: in a (?:row|loop))?",
    rf"loop {IT}|make {IT} loop",
    rf"(?:make |turn |play )?(?:{IT} )?(?:into |as )?(?:a )?(?P<fro>seamless(?:ly)? loop(?:ed|ing)?|loop(?:s|ed|ing)? seamlessly|boomerang(?: effect| loop)?|ping[- ]pong(?: loop)?|loop(?:ed)? back and forth|(?:play )?(?:{IT} )?(?:forwards?|forth),? (?:and|then|and then) back(?:wards?)?|back and forth loop)",
    rf"(?:make )?(?:{IT} )?(?P<fro>(?:loop|play) (?:{IT} )?(?:seamlessly|back and forth|as a boomerang))",
)


@dataclass(frozen=True, slots=True)
class Loop:
    """So many times in a row."""

    times: int = 2
    there_and_back: bool = False
    """Each time forwards and then backwards: where it ends it can begin again."""
    name: ClassVar[str] = "loop"
    stage: ClassVar[Stage] = Stage.TIME
    hint: ClassVar[str] = "loop|repeat|play|run|boomerang|ping|back"
    examples: ClassVar[tuple[str, ...]] = (
        "Loop it twice",
        "repeat the video 3 times",
        "make it a seamless loop",
        "turn it into a boomerang",
    )

    @classmethod
    def read(cls, said: Instruction) -> Iterable[Reading]:
        """How often, or that its ends should meet."""
        if not re.search(cls.hint, said.text):
            return
        for pattern in _PATTERNS:
            for found in said.find(pattern):
                fro = found.groups.get("fro") is not None
                often = found.groups.get("times")
                times = _count(often) if often else 1 if fro else 2
                yield Reading(cls(times, fro), found.words)

    def say(self) -> str:
        """How often."""
        way = "forwards and back" if self.there_and_back else "played"
        return f"{way} {self.times} times" if self.times > 1 else way

    def course(self, before: Course) -> Course:
        """One after the other. Raises CannotDo for none, and for more than eight."""
        if not 1 <= self.times <= _MOST or (self.times == 1 and not self.there_and_back):
            raise CannotDo(f"A clip can be looped 2 to {_MOST} times, not {self.times}.")
        once = before
        if self.there_and_back:
            back = before.back()
            if back is None:
                raise CannotDo("The clip has too few frames to go to and fro.")
            once = before.then(back)
        course = once
        for _ in range(self.times - 1):
            course = course.then(once)
        return course

    def sound(self, blocks: Iterator[Block], before: Course) -> Iterator[Block]:
        """The sound as often, backwards where the picture is."""
        with Spool(blocks) as spool:
            for _ in range(self.times):
                yield from spool.forwards()
                if self.there_and_back:
                    first, last = (round(time * RATE) for time in (before.end(0), before.times[-1]))
                    yield from spool.backwards(first, last)


def _count(said: str) -> int:
    words = {"once": 1, "twice": 2, "thrice": 3}
    if said in words:
        return words[said]
    return round(number(said.removesuffix(" times").removesuffix(" loops")))
