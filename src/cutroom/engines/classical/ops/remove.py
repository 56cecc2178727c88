"""Remove: a thing is gone from the clip, and what was behind it is there."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.op import Paint, Pixels, Reading, Scene, Stage
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.sight import Sight
from cutroom.engines.classical.sprites.emptied import emptied
from cutroom.engines.classical.target import PATTERN, understand

_FRAME = r"(?:video|clip|scene|picture|image|frame|shot|footage|film)"
_VERB = r"(?:remove|delete|erase|get rid of|take out|take away|cut out|eliminate|wipe out|edit out|paint out)"
_FROM = rf"(?: (?:from|in|out of) (?:the|this|my) (?:{_FRAME}|background))?"
_FORMS = (
    rf"{_VERB} (?P<what>{PATTERN}){_FROM}(?: (?:completely|entirely|altogether))?",
    rf"(?:take|cut|edit|wipe) (?P<what>{PATTERN}) (?:out(?: of (?:the|this) {_FRAME})?|away)",
    rf"make (?P<what>{PATTERN}) (?:disappear|vanish|go away|invisible){_FROM}",
)


@dataclass(frozen=True, slots=True)
class Remove:
    """A thing taken out of the clip."""

    what: str
    """As it was said, e.g. `the person on the left`."""
    name: ClassVar[str] = "remove"
    stage: ClassVar[Stage] = Stage.OBJECT
    hint: ClassVar[str] = (
        r"\b(?:remove|delete|erase|get rid|take|cut|eliminate|wipe|edit|paint|disappear|vanish|go away"
        r"|invisible)\b"
    )
    examples: ClassVar[tuple[str, ...]] = (
        "remove the person",
        "delete the ball",
        "get rid of the red car",
        "erase the dog on the right from the video",
        "make the bird disappear",
    )

    @classmethod
    def read(cls, said: Instruction) -> Iterable[Reading]:
        """Readings of every thing that is to go; a background is none."""
        if not re.search(cls.hint, said.text):
            return
        for form in _FORMS:
            for found in said.find(form):
                what = found.groups["what"] or ""
                if understand(what).kind != "background":
                    yield Reading(cls(what), found.words)

    def say(self) -> str:
        """What goes."""
        return f"{understand(self.what).say()} removed"

    def seek(self, sight: Sight) -> None:
        """Look for it in one shot."""
        sight.find(understand(self.what))

    def prepare(self, scene: Scene) -> Paint:
        """Find it, and what is behind it. Raises CannotDo where either is not to be found."""
        target = understand(self.what)
        empty = emptied(scene.sight.find(target), scene, target.say())
        if empty.made_up > 0.05:
            scene.tick.note(
                f"{empty.made_up:.0%} of what {target.say()} hides is never seen in the clip and was"
                " made up from what is round about it."
            )

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            del seconds
            return empty(pixels, index)

        return paint
