"""Rotate: by quarter turns, where the sides change places, or a little, to straighten a picture."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.op import Paint, Pixels, Reading, Scene, Stage
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.planner.pace import IT, NUMBER, number
from cutroom.engines.classical.view import Window, filling, seen
from cutroom.errors import CannotDo
from cutroom.types import Clip

_MOST = 15
"""Degrees up to which a picture is straightened rather than laid on its side."""
_LEFT = (
    r"(?:counter ?-?clockwise|counterclockwise|counter-clockwise|anti-?clockwise|(?:to the )?left)"
)
_RIGHT = r"(?:clockwise|(?:to the )?right)"
_DEGREES = rf"(?P<degrees>{NUMBER}) ?(?:degrees?|deg|°)"
_TURN = rf"(?:rotate|turn|straighten|tilt|level)(?:d)? (?:{IT} )?"
_PATTERNS = (
    rf"{_TURN}(?:by )?(?:{_DEGREES})(?: (?:(?P<left>{_LEFT})|{_RIGHT}))?",
    rf"{_TURN}(?:(?P<left>{_LEFT})|{_RIGHT}) (?:by )?{_DEGREES}",
    rf"rotated? (?:{IT} )?(?:(?P<left>{_LEFT})|{_RIGHT})",
    rf"(?:rotate|turn)(?:d)? {IT} (?:on its side|sideways)",
    rf"(?:rotate|turn|flip|put|show)(?:d)? (?:{IT} )?(?P<over>upside ?-? ?down|on its head|upside-down)",
)
_QUARTERS = {
    90: cv2.ROTATE_90_CLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_COUNTERCLOCKWISE,
}


@dataclass(frozen=True, slots=True)
class Rotate:
    """The picture turned."""

    degrees: float = 90.0
    """Clockwise; negative ones the other way."""
    name: ClassVar[str] = "rotate"
    stage: ClassVar[Stage] = Stage.FRAME
    hint: ClassVar[str] = "rotat|turn|straighten|tilt|level|flip|upside|head"
    examples: ClassVar[tuple[str, ...]] = (
        "Rotate the video 90 degrees clockwise",
        "turn it upside down",
        "rotate it by 3 degrees to the left",
    )

    @classmethod
    def read(cls, said: Instruction) -> Iterable[Reading]:
        """By how many degrees, and which way; a quarter without a figure."""
        if not re.search(cls.hint, said.text):
            return
        for pattern in _PATTERNS:
            for found in said.find(pattern):
                degrees = number(found.groups.get("degrees") or "90")
                if found.groups.get("over"):
                    degrees = 180.0
                left = found.groups.get("left") is not None
                yield Reading(cls(-degrees if left else degrees), found.words)

    def say(self) -> str:
        """By how much, and which way."""
        if self.degrees % 360 == 180:
            return "turned upside down"
        way = "counter-clockwise" if self.degrees < 0 else "clockwise"
        return f"turned {abs(self.degrees):g} degrees {way}"

    def framed(self, clip: Clip) -> Clip:
        """The sides change places after a quarter turn."""
        if self.degrees % 180 != 90:
            return clip
        return replace(
            clip, width=clip.height, height=clip.width, pixel_aspect=1 / clip.pixel_aspect
        )

    def prepare(self, scene: Scene) -> Paint:
        """Quarter turns move pixels; small ones are cut so that no corner stays empty."""
        quarter = _QUARTERS.get(round(self.degrees % 360)) if self.degrees % 90 == 0 else None
        if quarter is not None:
            code = quarter

            def turned(pixels: Pixels, index: int, seconds: float) -> Pixels:
                del index, seconds
                return np.asarray(cv2.rotate(pixels, code), np.uint8)

            return turned
        if not 0 < abs(self.degrees) <= _MOST:
            raise CannotDo(
                f"The picture can be turned by 90, 180 or 270 degrees, or straightened by up to {_MOST};"
                f" {self.degrees:g} would leave little of it."
            )
        zoom = filling(self.degrees, scene.clip.width, scene.clip.height)
        scene.tick.note(
            f"Turned by {self.degrees:g} degrees, the picture is shown {zoom:.2f} times as large, so that its corners are filled."
        )
        window = Window(zoom=zoom, turn=self.degrees)

        def straightened(pixels: Pixels, index: int, seconds: float) -> Pixels:
            del index, seconds
            return seen(pixels, window)

        return straightened
