"""Letterbox: black bars over the top and bottom, as on a cinema's picture."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.op import Paint, Pixels, Reading, Scene, Stage
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.errors import CannotDo

_SCOPE = 2.39
_RATIO = r"(?P<ratio>\d+(?: \. \d+)? ?: ?\d+(?: \. \d+)?)"
_BARS = r"(?:black |widescreen |cinemascope |wide |horizontal |cinematic |cinema |movie |film )*(?:letterbox(?:ed|ing)?(?: bars)?|bars)"
_PATTERNS = (
    rf"(?:add |put |give it |with |use |apply )?(?:some |the )?(?P<bars>{_BARS})(?: (?:effect|look|format))?(?: (?:at|on|to|along) the (?:top and (?:the )?bottom|edges)(?: of (?:the )?(?:video|frame|picture|screen|image))?)?(?: (?:of|in|at|for|with)? ?(?:a )?{_RATIO}(?: (?:ratio|aspect ratio|format))?)?(?: (?:for|like) (?:a |the )?(?:cinema|cinematic|movie|film|widescreen)(?: look)?)?",
    rf"(?:add |put )?(?P<bars>black bars) for (?:a |the )?{_RATIO} (?:widescreen|cinema|cinematic|movie|film)(?: (?:look|format|ratio))?",
    rf"{_RATIO} (?P<bars>{_BARS})",
    rf"(?P<bars>letterbox) (?:it|the video)(?: (?:to|in|at|as) {_RATIO})?",
)


@dataclass(frozen=True, slots=True)
class Letterbox:
    """The picture's height cut by black bars; its size stays."""

    ratio: float = _SCOPE
    """Width to height of what stays to be seen."""
    name: ClassVar[str] = "letterbox"
    stage: ClassVar[Stage] = Stage.FRAME
    hint: ClassVar[str] = "letterbox|bars"
    examples: ClassVar[tuple[str, ...]] = (
        "Add cinematic black bars",
        "letterbox the video to 2.39:1",
        "put black bars at the top and bottom",
    )

    @classmethod
    def read(cls, said: Instruction) -> Iterable[Reading]:
        """Black or letterbox bars, and the shape between them."""
        for pattern in _PATTERNS if re.search(cls.hint, said.text) else ():
            for found in said.find(pattern):
                if found.groups["bars"] == "bars":
                    continue  # whose bars?
                ratio = found.groups.get("ratio")
                yield Reading(cls(_told(ratio) if ratio else _SCOPE), found.words)

    def say(self) -> str:
        """The shape between the bars."""
        return f"black bars around {self.ratio:g}:1"

    def prepare(self, scene: Scene) -> Paint:
        """Raises CannotDo for a picture as wide as that."""
        clip = scene.clip
        shown = round(clip.width * float(clip.pixel_aspect) / self.ratio)
        bar = (clip.height - shown) // 2
        if bar < 2:
            raise CannotDo(
                f"The video is {clip.width}x{clip.height}, as wide as {self.ratio:g}:1: black bars at the"
                " top and bottom have no place."
            )

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            del index, seconds
            framed = pixels.copy()
            framed[:bar] = 0
            framed[len(framed) - bar :] = 0
            return framed

        return paint


def _told(ratio: str) -> float:
    across, down = (float(side.replace(" ", "")) for side in ratio.split(":"))
    return round(across / max(down, 0.01), 3)
