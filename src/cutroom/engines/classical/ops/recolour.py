"""Recolour: a thing of one colour gets another; its light, shade and texture stay."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.colour import palette
from cutroom.engines.classical.op import Paint, Reading, Scene, Stage
from cutroom.engines.classical.planner.instruction import Found, Instruction
from cutroom.engines.classical.sight import coloured
from cutroom.engines.classical.sprites.coat import Coat, of_region, of_subject
from cutroom.engines.classical.sprites.dye import dyed
from cutroom.engines.classical.target import Target, understand
from cutroom.errors import CannotDo

_COLOUR = palette.NAMES
_NOT = r"(?!(?:background|backdrop|sky|video|clip|picture|image|scene|footage|frame|film|colou?rs?|whole|entire|everything|it|the|this|that|all|her|his|their|my|its|your|look|light|lighting|mood|shadows?|highlights?|night|day|style|grade|grading|tones?)\b)"
_THING = rf"(?:(?P<all>all the|all|both the|both|every) |(?:the|this|that|her|his|their|its|my) )?(?:(?P<side_first>left|right|middle) )?(?:(?P<shade_of>{palette.SHADES}) )?(?:(?P<source>{_COLOUR}) )?(?!{_COLOUR}\b){_NOT}(?P<thing>[a-z]+(?: (?!{_COLOUR}|to\b|into\b|from\b|be\b|look\b|{palette.SHADES}|more\b|less\b|in\b|like\b|and\b|with\b)[a-z]+)?)"
_SIDE = r"(?: (?:on|at|in|to) the (?:far )?(?P<side>left|right|middle|centre|center)(?: side)?(?: of the (?:video|clip|picture|image|scene|frame|screen))?)?"
_TARGET = rf"(?:(?P<shade>{palette.SHADES}) )?(?P<target>{_COLOUR})(?: colou?r| in colou?r| ones?)?"
_WORN = frozenset(["shirt", "t-shirt", "dress", "skirt", "jacket", "coat", "sweater", "sweatshirt", "jumper", "hoodie", "trousers", "pants", "jeans", "hat", "cap", "helmet", "suit", "uniform", "top", "scarf", "vest", "shorts", "clothes", "clothing", "tie", "shoe", "shoes", "hair", "glove", "gloves"])  # fmt: skip
_FORMS = (
    rf"(?:make|turn|paint|dye|recolou?r|colou?r|change|tint|render|set) {_THING}{_SIDE} (?:to be |to |into |look |be |as |in )?(?:a )?{_TARGET}",
    rf"(?:change|set|switch|alter) (?:the )?colou?r of {_THING}{_SIDE} (?:from (?:{_COLOUR}) )?(?:to|into) (?:a )?{_TARGET}",
    rf"(?:change|turn|paint) {_THING.replace('?P<source>', '?P<unused>')} from (?P<source>{_COLOUR}) (?:to|into) {_TARGET}",
    rf"(?:change|set|switch|alter|turn|make) (?:the|this|that|her|his) (?P<owner>[a-z]+)'s colou?r (?:from (?P<source>{_COLOUR}) )?(?:to|into) (?:a )?{_TARGET}",
    rf"{_THING} (?:should be|to be|should become|becomes|turns|is now|must be) {_TARGET}",
    rf"{_THING.replace('?P<source>', '?P<unused>')} (?:(?:should be |to be |should become |must be )(?:in )?|in ){_TARGET} (?:instead of|and not|rather than|not) (?:in )?(?P<source>{_COLOUR})",
    rf"(?:make|turn|paint|dye|recolou?r|colou?r) {_THING.replace('?P<source>', '?P<unused>')} {_TARGET} (?:instead of|and not|rather than) (?P<source>{_COLOUR})",
)


@dataclass(frozen=True, slots=True)
class Recolour:
    """Another colour for a thing."""

    thing: str
    """What the prompt calls it; found by its colour, not by its kind."""
    target: str
    shade: str = ""
    source: str = ""
    """The colour it has; empty: that of most of the thing."""
    side: str = ""
    """left, right, middle: which of several."""
    all: bool = False
    """Whether all of them are meant."""
    name: ClassVar[str] = "recolour"
    stage: ClassVar[Stage] = Stage.OBJECT
    # Black and white together are a look, not the colour of a thing.
    hint: ClassVar[str] = (
        rf"(?!black(?: and |-and-)white\b)(?<!\bblack and )(?<!\bblack-and-)\b(?:{_COLOUR})\b"
    )
    choices: ClassVar[Mapping[str, Collection[str]]] = {
        "target": palette.COLOURS,
        "shade": ("", *palette.SHADES.split("|")),
    }
    examples: ClassVar[tuple[str, ...]] = (
        "make the red mug green",
        "change the colour of the car to blue",
        "turn the yellow flower purple",
        "change the blue cup from blue to red",
    )

    @classmethod
    def read(cls, said: Instruction) -> Iterable[Reading]:
        """Readings of every thing that is given a colour."""
        for form in (
            _FORMS if re.search(cls.hint, said.text) else ()
        ):  # they take their time to compile
            for found in said.find(form):
                if op := _understood(cls, found):
                    yield Reading(op, found.words)

    def say(self) -> str:
        """What becomes which colour."""
        was = f"{self.source} " if self.source else ""
        return f"the {was}{self.thing}{f' on the {self.side}' if self.side else ''} becomes {f'{self.shade} ' if self.shade else ''}{self.target}"

    def prepare(self, scene: Scene) -> Paint:
        """Find and follow it. Raises CannotDo, naming what was found, where its colour is not there."""
        return dyed(self._coat(scene), self.target, self.shade)

    def _coat(self, scene: Scene) -> Coat:
        """What gets the colour."""
        sight = scene.sight
        heard = understand(self.thing)
        target = Target(heard.noun, self.source, self.side, self.all or heard.all)
        said = f"{self.source} {self.thing}".strip()
        if self.source and self.source not in palette.GREYS:
            which = "all" if target.all else self.side or "one"
            return of_region(coloured.find(sight.reel, self.source, self.thing, scene.tick, which))
        if heard.noun in _WORN:
            raise CannotDo(
                f"Which part of the picture “the {said}” is cannot be told without a clear colour. Name the"
                " one it has, e.g. “make the red shirt blue”; black, grey and white clothes cannot be told"
                " from the rest of a person."
            )
        if heard.kind == "person":
            raise CannotDo(
                f"“The {said}” is not one colour. Name what of it to recolour and the colour that it has,"
                " e.g. “make the red shirt blue”."
            )
        if not sight.camera.cuts and sight.movers.found:
            coat = of_subject(sight.find(target), sight, f"the {said}", scene.tick)
            scene.tick.note(f"Took what moves as “the {said}”; most of it is {coat.name}.")
        else:
            region = coloured.find(sight.reel, self.source, self.thing, scene.tick)
            coat = of_region(region)
            scene.tick.note(f"Took the {coat.name} region as “the {said}”.")
        if coat.name == "black" and palette.rgb(self.target, self.shade).mean() > 70:
            raise CannotDo(
                f"The {self.thing} is too dark to become {self.target}: only noise would get lighter."
                " Dark colours (navy, maroon) can be had."
            )
        return coat


def _understood(cls: type[Recolour], found: Found) -> Recolour | None:
    said = found.groups
    thing, target = said.get("thing") or said.get("owner") or "", said["target"] or ""
    source = said["source"] or said.get("unused") or ""
    if re.search(rf"\b(?:{_COLOUR})\b", thing) or source == target:
        return None
    side = said.get("side") or said.get("side_first") or ""
    side = "middle" if side in {"centre", "center"} else side
    every = bool(said.get("all"))
    return cls(thing, target, said["shade"] or "", source, side, every)
