"""Zoom: nearer from the start, or little by little; out of a close view into the whole picture."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal

from cutroom.engines.classical.op import Paint, Pixels, Reading, Scene, Stage
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.planner.pace import IT, NUMBER, number
from cutroom.engines.classical.view import Window, seen, way
from cutroom.errors import CannotDo

_MOST = 4.0
_SLOWLY = r"(?:slowly|gradually|gently|smoothly|steadily|softly)"
_MIDDLE = r"(?: (?:on|into|to|towards|toward|at|from) the (?:middle|centre|center)(?: of (?:the )?(?:picture|frame|image|screen|video))?)?"
_BY = rf"(?: (?:by |to )?(?:(?P<percent>\d+) ?(?:%|percent)|(?P<x>{NUMBER}) ?(?:x|times)))?"
_OVER = r"(?: (?:over|throughout|during|across) (?:the )?(?:whole |entire )?(?:time|clip|video|length))?"
_IN = r"(?:(?:zoom|push|dolly|move)(?:ing|s)? in(?:to)?|zoom-in|push-in|punch in)"
_OUT = r"(?:(?:zoom|pull|dolly|move)(?:ing|s)? (?:out|back)|zoom-out|pull-out)"
_PATTERNS = (
    rf"(?:make |have |let )?(?:the camera )?(?:a )?(?P<slow>{_SLOWLY} |slow )?(?P<before>slightly |slight )?(?:(?P<in>{_IN})|(?P<out>{_OUT}))(?: (?P<much>a (?:little|bit|tad|touch|lot)|slightly|a little bit|far))?(?: of it| {IT}| effect)?{_MIDDLE}{_BY}{_MIDDLE}(?P<after> {_SLOWLY})?{_OVER}",
    rf"(?:add |make |with )?(?:a )?(?P<slow>{_SLOWLY} |slow |gentle )(?P<in>zoom)(?:ing)?(?: effect)?{_MIDDLE}",
    rf"(?P<x>{NUMBER}) ?(?:x|times) (?P<in>zoom)(?: in| effect)?",
    rf"(?P<in>zoom) (?:{IT} )?(?:by |to )?(?:(?P<percent>\d+) ?(?:%|percent)|(?P<x>{NUMBER}) ?(?:x|times))",
    r"(?:the camera )?(?P<slow>slowly|gradually) (?:moves|comes|goes|gets) (?P<in>closer|nearer)(?: in)?",
)
Move = Literal["near", "in", "out"]


@dataclass(frozen=True, slots=True)
class Zoom:
    """Nearer to the middle of the picture."""

    move: Move = "in"
    """`near`: the same from the start; `in` and `out`: over the whole clip."""
    factor: float = 1.35
    """The largest it gets."""
    name: ClassVar[str] = "zoom"
    stage: ClassVar[Stage] = Stage.FRAME
    hint: ClassVar[str] = "zoom|push|pull|dolly|punch|move|closer|nearer"
    examples: ClassVar[tuple[str, ...]] = (
        "Slowly zoom in",
        "slowly zoom out",
        "zoom in 2x",
        "zoom in by 20%",
    )

    @classmethod
    def read(cls, said: Instruction) -> Iterable[Reading]:
        """In or out, how far, and whether little by little."""
        if not re.search(cls.hint, said.text):
            return
        for pattern in _PATTERNS:
            for found in said.find(pattern):
                told = found.groups
                factor = 0.0
                if percent := told.get("percent"):
                    factor = 1 + int(percent) / 100
                elif times := told.get("x"):
                    factor = number(times)
                elif little := told.get("before") or told.get("much"):
                    factor = 1.8 if little in {"a lot", "far"} else 1.15
                gradual = (
                    told.get("slow")
                    or told.get("after")
                    or not (told.get("percent") or told.get("x"))
                )
                move: Move = "out" if told.get("out") else "in" if gradual else "near"
                yield Reading(cls(move, round(factor, 3) or 1.35), found.words)

    def say(self) -> str:
        """Which way, and how far."""
        if self.move == "near":
            return f"zoomed in {self.factor:g} times"
        return f"a slow zoom {self.move}, {self.factor:g} times"

    def prepare(self, scene: Scene) -> Paint:
        """Even steps to the eye are even steps of the zoom's logarithm."""
        if not 1 < self.factor <= _MOST:
            raise CannotDo(
                f"A picture can be enlarged 1 to {_MOST:g} times here, not {self.factor:g} times."
            )

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            del index
            at = way(scene, seconds)
            share = {"near": 1.0, "in": at, "out": 1 - at}[self.move]
            return seen(pixels, Window(zoom=self.factor**share))

        return paint
