"""Crop: a part of the picture by itself; the result has that part's size."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import ClassVar, NamedTuple

from cutroom.engines.classical.op import Paint, Pixels, Reading, Scene, Stage
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.planner.pace import IT
from cutroom.errors import CannotDo
from cutroom.types import Clip

_SHAPES = {
    "square": "1:1", "vertical": "9:16", "portrait": "9:16", "upright": "9:16", "widescreen": "16:9",
    "landscape": "16:9", "cinemascope": "2.39:1",
}  # fmt: skip
_RATIO = r"(?P<ratio>\d+(?: \. \d+)? ?(?:: ?|x ?|by |to )\d+(?: \. \d+)?)"
_SHAPE = rf"(?P<shape>{'|'.join(_SHAPES)})"
_FORM = rf"(?:a |an )?(?:(?:vertical |upright |tall |wide |horizontal )?{_RATIO}|{_SHAPE})(?: (?:aspect ratio|aspect|format|ratio|shape|frame|crop|video))?(?: for (?:my |the |a )?(?:phone|mobile|tiktok|reels?|shorts|stories|story|instagram|youtube|tv))?"
_VERB = rf"(?:crop|cut|trim|reframe)(?:ped|med|ting)? (?:{IT} )?(?:down )?"
_SIDE = r"(?P<side>left|right|top|bottom|upper|lower|middle|centre|center)"
_PART = rf"(?:the )?{_SIDE}(?: (?P<share>half|third|quarter))?(?: of (?:the )?(?:video|frame|picture|image|screen|clip))?"
_PATTERNS = (
    rf"{_VERB}(?:to|into|as|in) {_FORM}",
    rf"(?:make {IT}|turn {IT} into) {_FORM}",
    rf"{_VERB}{_FORM}(?: (?:in|around|from|at) the (?:middle|centre|center))?",
    rf"{_SHAPE} crop",
    rf"{_RATIO} (?:crop|aspect ratio)",
    rf"{_VERB}(?:to |in on )?{_PART}",
    rf"(?:keep|show) only {_PART}",
)
_SHARES = {"half": Fraction(1, 2), "third": Fraction(1, 3), "quarter": Fraction(1, 4)}
_SIDES = {"upper": "top", "lower": "bottom", "centre": "middle", "center": "middle"}
_LEAST = 8
"""Pixels of the shortest side of what is left."""


class _Box(NamedTuple):
    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Crop:
    """A shape cut from the middle, or a part at one side."""

    shape: str = ""
    """Width to height, e.g. `16:9`; empty: a part."""
    part: str = ""
    """`left`, `right`, `top`, `bottom` or `middle`."""
    share: float = 0.5
    """Of the width or height that the part has; the middle has that of both."""
    name: ClassVar[str] = "crop"
    stage: ClassVar[Stage] = Stage.FRAME
    hint: ClassVar[str] = rf"crop|cut|trim|reframe|only|ratio|{'|'.join(_SHAPES)}|\d"
    examples: ClassVar[tuple[str, ...]] = (
        "Crop the left half",
        "crop it to a square",
        "crop to 16:9",
    )

    @classmethod
    def read(cls, said: Instruction) -> Iterable[Reading]:
        """A shape, or a side and how much of it."""
        if not re.search(cls.hint, said.text):
            return
        for pattern in _PATTERNS:
            for found in said.find(pattern):
                shape = found.groups.get("shape")
                ratio = found.groups.get("ratio")
                if shape or ratio:
                    yield Reading(cls(_SHAPES[shape] if shape else _told(ratio or "")), found.words)
                elif side := found.groups.get("side"):
                    share = _SHARES[found.groups.get("share") or "half"]
                    yield Reading(
                        cls(part=_SIDES.get(side, side), share=round(float(share), 4)), found.words
                    )

    def say(self) -> str:
        """What is left."""
        if self.shape:
            return f"cropped to {self.shape}"
        return f"cropped to the {self.part} {self.share:.0%}"

    def framed(self, clip: Clip) -> Clip:
        """The size of what is left."""
        box = self._box(clip)
        return replace(clip, width=box.width, height=box.height)

    def prepare(self, scene: Scene) -> Paint:
        """Raises CannotDo when nothing would be cut off, or hardly anything be left."""
        clip = scene.clip
        box = self._box(clip)
        if min(box.width, box.height) < _LEAST:
            raise CannotDo(
                f"{self.say().capitalize()}, only {box.width}x{box.height} pixels are left."
            )
        if abs(box.width - clip.width) < 2 and abs(box.height - clip.height) < 2:
            raise CannotDo(
                f"The video is {clip.width}x{clip.height}: it has the shape {self.shape} already."
            )
        rows = slice(box.top, box.top + box.height)
        columns = slice(box.left, box.left + box.width)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            del index, seconds
            return pixels[rows, columns].copy()

        return paint

    def _box(self, clip: Clip) -> _Box:
        """What is left, even sides, in pixels."""
        width, height = Fraction(clip.width), Fraction(clip.height)
        if self.shape:
            across, down = (Fraction(side) for side in self.shape.split(":"))
            ratio = across / down / clip.pixel_aspect
            width, height = min(width, height * ratio), min(height, width / ratio)
        else:
            share = Fraction(self.share).limit_denominator(100)
            width *= share if self.part in {"left", "right", "middle"} else 1
            height *= share if self.part in {"top", "bottom", "middle"} else 1
        wide, high = 2 * round(width / 2), 2 * round(height / 2)
        wide, high = min(wide, clip.width), min(high, clip.height)
        right, bottom = clip.width - wide, clip.height - high
        left = {"left": 0, "right": right}.get(self.part, right // 2)
        top = {"top": 0, "bottom": bottom}.get(self.part, bottom // 2)
        return _Box(left, top, wide, high)


def _told(ratio: str) -> str:
    """`16 : 9`, `16x9` or `16 by 9` as `16:9`."""
    for between in ("by", "to", "x"):
        ratio = ratio.replace(between, ":")
    return ratio.replace(" ", "")
