"""Freeze: one frame stands still for a while, in silence."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import numpy as np

from cutroom.engines.classical.op import Reading, Stage
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.planner.pace import SECONDS, number
from cutroom.errors import CannotDo
from cutroom.media.course import Course
from cutroom.media.sound import RATE, Block, silences

_LONGEST = 60.0
_FADE = RATE // 100
"""Samples over which sound goes and comes, so that nothing clicks."""
_FOR = rf"(?: (?:for|of|lasting) (?:about )?(?P<long>{SECONDS}))?"
_AT = rf"(?:at|after|from) (?:the )?(?:0 : )?(?P<at>{SECONDS}|\d\d)(?: mark)?"
_PATTERNS = (
    rf"(?:freeze|hold|pause)(?: on)? (?:the |its )?(?P<which>last|final|first|opening|end) (?:frame|picture|image){_FOR}",
    rf"at the (?P<which>end|start|beginning) ,? ?(?:freeze|hold|pause)(?: on)? (?:the |its )?(?:(?:last|final|first) )?(?:frame|picture|image|video|clip){_FOR}",
    rf"(?:(?:end|finish|close)(?: it)? (?:on|with|in) )(?:a )?(?P<which>freeze)(?: |-)?frame{_FOR}",
    rf"freeze(?: |-)?frame (?:at|on) the (?P<which>end|last frame|start|beginning){_FOR}",
    rf"(?:freeze|pause)(?:(?: |-)frame| the (?:video|clip|frame|action|picture)| it)? {_AT}{_FOR}",
    rf"(?:freeze|pause)(?: the (?:video|clip|frame|action|picture)| it)?{_FOR} {_AT}",
)
_FIRST = {"first", "opening", "start", "beginning"}


@dataclass(frozen=True, slots=True)
class Freeze:
    """A frame that stands; all that follows comes as much later."""

    at: float | None = None
    """Seconds; None: the last frame."""
    seconds: float = 2.0
    name: ClassVar[str] = "freeze"
    stage: ClassVar[Stage] = Stage.TIME
    hint: ClassVar[str] = r"freez|hold|pause"
    examples: ClassVar[tuple[str, ...]] = (
        "Freeze the last frame for 2 seconds",
        "freeze frame at 3s",
        "hold the first frame for one second",
    )

    @classmethod
    def read(cls, said: Instruction) -> Iterable[Reading]:
        """A frame by its place or time, and how long it stands."""
        if not re.search(cls.hint, said.text):
            return
        for pattern in _PATTERNS:
            for found in said.find(pattern):
                at, long = found.groups.get("at"), found.groups.get("long")
                first = 0.0 if found.groups.get("which") in _FIRST else None
                op = cls(number(at) if at else first, number(long) if long else 2.0)
                yield Reading(op, found.words)

    def say(self) -> str:
        """Which frame, and how long."""
        which = "the last frame" if self.at is None else f"the frame at {self.at:g} s"
        return f"{which} frozen for {self.seconds:g} s"

    def course(self, before: Course) -> Course:
        """More of one frame. Raises CannotDo when the clip has no such frame."""
        if not 0 < self.seconds <= _LONGEST:
            raise CannotDo(
                f"A frame can be frozen for up to {_LONGEST:g} s, not for {self.seconds:g} s."
            )
        at = self._when(before)
        if at > before.duration:
            raise CannotDo(
                f"There is no frame at {self.at:g} s: the clip is {float(before.duration):.2f} s long."
            )
        return before.frozen(at, Fraction(self.seconds).limit_denominator(1000))

    def sound(self, blocks: Iterator[Block], before: Course) -> Iterator[Block]:
        """Silence as long as the frame stands."""
        cut = round(before.end(before.shown(self._when(before))) * RATE)
        length = round((self.course(before).duration - before.duration) * RATE)
        done, channels = 0, 0
        for block in blocks:
            channels = block.shape[1]
            if done <= cut < done + len(block):
                yield _faded(block[: cut - done], out=True)
                yield from silences(length, channels)
                yield _faded(block[cut - done :], out=False)
            else:
                yield block
            done += len(block)
        if channels and cut >= done:
            yield from silences(cut + length - done, channels)

    def _when(self, before: Course) -> Fraction:
        return before.duration if self.at is None else Fraction(self.at).limit_denominator(1000)


def _faded(block: Block, *, out: bool) -> Block:
    """The block with its last (or first) hundredth of a second brought down to (or up from) nothing."""
    block = block.copy()
    reach = min(_FADE, len(block))
    ramp = np.linspace(0, 1, reach, dtype=np.float32)[:, None]
    if out:
        block[len(block) - reach :] *= ramp[::-1]
    else:
        block[:reach] *= ramp
    return block
