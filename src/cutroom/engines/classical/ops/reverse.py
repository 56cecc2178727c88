"""Reverse: the last frame first, and the sound backwards."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.op import Reading, Stage
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.planner.pace import IT
from cutroom.media.course import Course
from cutroom.media.sound import Block
from cutroom.media.spool import Spool

_PATTERN = (
    rf"(?:(?:play|run|show)(?:ing|ed|s)? )?(?:{IT} )?(?:backwards?|in reverse(?: order)?|reversed)"
    rf"|(?:reverse|rewind) (?:the (?:time|direction|order) of )?{IT}|reverse time|rewind"
)


@dataclass(frozen=True, slots=True)
class Reverse:
    """Backwards."""

    name: ClassVar[str] = "reverse"
    stage: ClassVar[Stage] = Stage.TIME
    hint: ClassVar[str] = "reverse|backward|rewind"
    examples: ClassVar[tuple[str, ...]] = (
        "Play it in reverse",
        "reverse the video",
        "play the clip backwards",
    )

    @classmethod
    def read(cls, said: Instruction) -> Iterable[Reading]:
        """Backwards, reversed, rewind."""
        for found in said.find(_PATTERN) if re.search(cls.hint, said.text) else ():
            yield Reading(cls(), found.words)

    def say(self) -> str:
        """In a word."""
        return "played in reverse"

    def course(self, before: Course) -> Course:
        """The last frame first."""
        return before.reversed()

    def sound(self, blocks: Iterator[Block], before: Course) -> Iterator[Block]:
        """The last sample first."""
        del before
        with Spool(blocks) as spool:
            yield from spool.backwards()
