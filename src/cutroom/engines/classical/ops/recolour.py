"""Recolour: a thing of one colour gets another; its light, shade and texture stay."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical import palette
from cutroom.engines.classical.op import Paint, Reading, Scene, Stage
from cutroom.engines.classical.planner.instruction import Found, Instruction
from cutroom.engines.classical.sprites.dye import dye

_COLOUR = palette.NAMES
_NOT = r"(?!(?:background|backdrop|sky|video|clip|picture|image|scene|footage|frame|film|colou?rs?|whole|entire|everything|it|the|this|that|all|her|his|their|my|its|your|look|light|lighting|mood|shadows?|highlights?|night|day|style|grade|grading|tones?)\b)"
_THING = rf"(?:(?:the|this|that|all the|all|her|his|their|its|my) )?(?:(?P<shade_of>{palette.SHADES}) )?(?:(?P<source>{_COLOUR}) )?(?!{_COLOUR}\b){_NOT}(?P<thing>[a-z]+(?: (?!{_COLOUR}|to\b|into\b|from\b|be\b|look\b|{palette.SHADES}|more\b|less\b|in\b|like\b|and\b|with\b)[a-z]+)?)"
_TARGET = rf"(?:(?P<shade>{palette.SHADES}) )?(?P<target>{_COLOUR})(?: colou?r| in colou?r)?"
_FORMS = (
    rf"(?:make|turn|paint|dye|recolou?r|colou?r|change|tint|render|set) {_THING} (?:to be |to |into |look |be |as |in )?(?:a )?{_TARGET}",
    rf"(?:change|set|switch|alter) (?:the )?colou?r of {_THING} (?:from (?:{_COLOUR}) )?(?:to|into) (?:a )?{_TARGET}",
    rf"(?:change|turn|paint) {_THING.replace('?P<source>', '?P<unused>')} from (?P<source>{_COLOUR}) (?:to|into) {_TARGET}",
    rf"{_THING} (?:should be|becomes|turns|is now) {_TARGET}",
)


@dataclass(frozen=True, slots=True)
class Recolour:
    """Another colour for a thing."""

    thing: str
    """What the prompt calls it; found by its colour, not by its kind."""
    target: str
    shade: str = ""
    source: str = ""
    """The colour it has, empty: inferred from what stands out."""
    name: ClassVar[str] = "recolour"
    stage: ClassVar[Stage] = Stage.OBJECT
    examples: ClassVar[tuple[str, ...]] = (
        "make the red mug green",
        "change the colour of the car to blue",
        "turn the yellow flower purple",
        "change the blue cup from blue to red",
    )

    @classmethod
    def read(cls, said: Instruction) -> Iterable[Reading]:
        """Readings of every thing that is given a colour."""
        colours = re.search(rf"\b(?:{_COLOUR})\b", said.text)
        for form in _FORMS if colours else ():  # they take their time to compile
            for found in said.find(form):
                if op := _understood(cls, found):
                    yield Reading(op, found.words)

    def say(self) -> str:
        """What becomes which colour."""
        was = f"{self.source} " if self.source else ""
        return (
            f"the {was}{self.thing} becomes {f'{self.shade} ' if self.shade else ''}{self.target}"
        )

    def prepare(self, scene: Scene) -> Paint:
        """Find and follow it. Raises CannotDo, naming the share found, where its colour is not there."""
        return dye(self.thing, self.source, palette.rgb(self.target, self.shade), scene)


def _understood(cls: type[Recolour], found: Found) -> Recolour | None:
    said = found.groups
    thing, target = said["thing"] or "", said["target"] or ""
    source = said["source"] or said.get("unused") or ""
    if re.search(rf"\b(?:{_COLOUR})\b", thing) or source == target:
        return None
    return cls(thing, target, said["shade"] or "", source)
