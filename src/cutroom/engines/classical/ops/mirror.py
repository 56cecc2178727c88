"""Mirror: left and right change places, or top and bottom."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.op import Paint, Pixels, Reading, Scene, Stage
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.planner.pace import IT

_SIDEWAYS = r"(?:horizontally|sideways|left to right|(?:from )?left to right|along the vertical axis|left (?:and|for) right)"
_UPRIGHT = r"(?:vertically|top to bottom|along the horizontal axis|top (?:and|for) bottom)"
_PATTERNS = (
    (rf"(?:mirror|flip)(?:ped)? (?:{IT} )?{_SIDEWAYS}(?: (?:like|as) (?:in )?a mirror)?", False),
    (
        rf"mirror {IT}|(?:make |add )?(?:{IT} )?(?:a )?(?:mirror(?:ed)?(?: image| effect)|horizontal(?:ly)? flip(?:ped)?|mirrored)",
        False,
    ),
    (rf"(?:show |play )?(?:{IT} )?(?:as |like )?(?:seen )?in a mirror", False),
    (rf"flip {IT}", False),
    (rf"(?:mirror|flip)(?:ped)? (?:{IT} )?{_UPRIGHT}|vertical(?:ly)? flip(?:ped)?", True),
)


@dataclass(frozen=True, slots=True)
class Mirror:
    """The picture as in a mirror."""

    upright: bool = False
    """Top and bottom change places rather than left and right."""
    name: ClassVar[str] = "mirror"
    stage: ClassVar[Stage] = Stage.FRAME
    hint: ClassVar[str] = "mirror|flip"
    examples: ClassVar[tuple[str, ...]] = (
        "Mirror the video",
        "flip it horizontally",
        "flip the video vertically",
    )

    @classmethod
    def read(cls, said: Instruction) -> Iterable[Reading]:
        """Mirrored or flipped, and which way."""
        if not re.search(cls.hint, said.text):
            return
        for pattern, upright in _PATTERNS:
            for found in said.find(pattern):
                yield Reading(cls(upright), found.words)

    def say(self) -> str:
        """Which way."""
        return "flipped top to bottom" if self.upright else "mirrored left to right"

    def prepare(self, scene: Scene) -> Paint:
        """The same pixels in another order."""
        del scene
        axis = 0 if self.upright else 1

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            del index, seconds
            return np.asarray(cv2.flip(pixels, axis), np.uint8)

        return paint
