"""Outline: a line of one colour around a thing."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.aimed import Floats, found, laid
from cutroom.engines.classical.colour import palette
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.aim import WHAT, Aimed

_HUE = rf"(?P<colour>{palette.NAMES})"
_LINE = r"(?:outline|contour|border|stroke|line|edge)"
_WITH = rf"(?: (?:in|with) (?:a |an )?(?:(?:thick|thin|bright) )?{_HUE}(?: (?:colou?r|{_LINE}))?)?"


@dataclass(frozen=True, slots=True)
class Outline(Aimed):
    """A line drawn along the thing's edge, on the outside of it."""

    colour: str = "yellow"
    name: ClassVar[str] = "outline"
    stage: ClassVar[Stage] = Stage.OBJECT
    choices: ClassVar[Mapping[str, Collection[str]]] = {"colour": palette.COLOURS}
    hints: ClassVar[tuple[str, ...]] = ("outline|outlined|outlines|contour|border|stroke",)
    forms: ClassVar[tuple[str, ...]] = (
        rf"outline {WHAT}{_WITH}",
        rf"(?:put|draw|add|place|paint) (?:a |an |the )?(?:(?:thick|thin|bright|solid) )?(?:{_HUE} )?{_LINE} (?:around|round|about|on|to|along) {WHAT}",
        rf"(?:put|draw|add|place|paint) (?:a |an |the )?{_LINE} (?:around|round|about|on|to|along) {WHAT}{_WITH}",
        rf"give {WHAT} (?:a|an) (?:(?:thick|thin|bright|solid) )?(?:{_HUE} )?{_LINE}",
    )
    examples: ClassVar[tuple[str, ...]] = (
        "outline the dog",
        "outline the person in red",
        "put a white outline around the car",
        "give the ball a blue outline",
    )

    @classmethod
    def aimed(cls, words: str, groups: dict[str, str | None], *, around: bool) -> "Outline | None":
        """A background has no outline."""
        colour = groups.get("colour") or ""
        if not colour and (last := re.search(rf" (?:in|with) ({palette.NAMES})$", words)):
            words, colour = (
                words[: last.start()],
                last[1],
            )  # `outline the dog in red`: the line is red
        return None if around else cls(words, colour=colour or "yellow")

    def say(self) -> str:
        """What gets it, and its colour."""
        return f"{self.thing()} outlined in {self.colour}"

    def prepare(self, scene: Scene) -> Paint:
        """Find it. Raises CannotDo where it is not found, or not surely enough to be cut out."""
        aim = found(self, scene)
        thick = max(1.5, 0.008 * scene.clip.height)
        ink = palette.rgb(self.colour).astype(np.uint8)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            del seconds
            line = _rim(aim.inside(pixels, index), thick)
            return laid(pixels, np.broadcast_to(ink, pixels.shape).copy(), line)

        return paint


def _rim(inside: Floats, thick: float) -> Floats:
    """A band of `thick` pixels outside the matte's edge, smooth along it, (height, width), 0..1."""
    calm = cv2.GaussianBlur(inside, (0, 0), 0.6 * thick)
    out = np.asarray(calm < 0.5, np.uint8)
    if not out.any() or out.all():
        return np.zeros_like(inside)
    away = cv2.distanceTransform(out, cv2.DIST_L2, 5)
    within = np.clip(thick + 0.5 - away, 0, 1) * np.clip(away, 0, 1)
    return np.asarray(within, np.float32)
