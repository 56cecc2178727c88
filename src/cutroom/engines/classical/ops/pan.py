"""Pan: the view travels over the picture, which is enlarged to leave it room."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal

from cutroom.engines.classical.op import Paint, Pixels, Reading, Scene, Stage
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.view import Window, seen, way

_SLOWLY = r"(?:slowly|gradually|gently|smoothly|steadily|slow)"
_FROM = (
    r"(?:from )?(?:the )?(?P<from>left|right|top|bottom) to (?:the )?(?P<to>left|right|top|bottom)"
)
_WAY = r"(?:to the |towards the )?(?P<way>left|right|up|down)(?:wards?)?"
_PAN = rf"(?:add |make |have |let )?(?:the camera )?(?:a )?(?:{_SLOWLY} )?(?:pan|panning|pans|tilt|tilts|sweep|sweeps)(?: shot| movement| effect)?(?: the camera| across| (?:it|the video|the picture))?(?: {_SLOWLY})?"
_PATTERNS = (
    rf"{_PAN} (?:{_FROM}|{_WAY})(?: {_SLOWLY})?",
    rf"(?:the camera )(?:{_SLOWLY} )?moves (?:{_SLOWLY} )?(?:{_FROM}|{_WAY})",
)
_STEPS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1), "top": (0, -1), "bottom": (0, 1)}  # fmt: skip
_TOLD = {"top": "up", "bottom": "down"}
Direction = Literal["left", "right", "up", "down"]


@dataclass(frozen=True, slots=True)
class Pan:
    """A view that travels over the whole clip."""

    direction: Direction = "right"
    """Where the view goes; what is seen goes the other way."""
    zoom: float = 1.3
    name: ClassVar[str] = "pan"
    stage: ClassVar[Stage] = Stage.FRAME
    hint: ClassVar[str] = "pan|tilt|sweep|camera"
    examples: ClassVar[tuple[str, ...]] = (
        "Pan slowly from left to right",
        "pan to the left",
        "tilt up slowly",
    )

    @classmethod
    def read(cls, said: Instruction) -> Iterable[Reading]:
        """Which way."""
        if not re.search(cls.hint, said.text):
            return
        for pattern in _PATTERNS:
            for found in said.find(pattern):
                start, to = found.groups.get("from"), found.groups.get("to")
                if start and to and not _opposite(start, to):
                    continue
                told = to or found.groups["way"] or ""
                yield Reading(cls(_TOLD.get(told, told)), found.words)  # type: ignore[arg-type]  # the pattern has no other words

    def say(self) -> str:
        """Which way, and how much is cut off for it."""
        return f"a pan {self.direction} over a picture {self.zoom:g} times as large"

    def prepare(self, scene: Scene) -> Paint:
        """From one edge to the other."""
        across, down = _STEPS[self.direction]
        reach = 0.5 - 0.5 / self.zoom

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            del index
            at = reach * (2 * way(scene, seconds) - 1)
            return seen(pixels, Window(self.zoom, 0.5 + across * at, 0.5 + down * at).inside())

        return paint


def _opposite(start: str, to: str) -> bool:
    return tuple(-step for step in _STEPS[start]) == _STEPS[to]
