"""An effect on one thing, or on all but one thing: `blur the car`, `dim everything except the dog`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, cast

from cutroom.engines.classical.op import Op, Reading
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.target import PATTERN, understand

_SURROUNDINGS = (
    r"(?:everything|everything else|all|anything|the (?:rest|surroundings?|area|background|backdrop|place|scene|video|picture|image)"
    r"|the rest of the (?:video|picture|image|frame|scene))"
)
_BUT = r"(?:,? ?(?:but|except(?: for)?|apart from|besides|other than|around|behind|outside(?: of)?|save for))"
_WHOLE = r"(?: of the (?:video|clip|picture|image|scene|shot|frame))?"

_FACE = rf"(?:(?:the|all|her|his|their|every|all the) )?(?:faces?|heads?)(?: of {PATTERN})?|(?:the|my|this|that) [a-z]+'s (?:face|head)"
WHAT = rf"(?P<what>(?:{_FACE}|{PATTERN})(?: and {PATTERN})?{_WHOLE})"
"""A thing or two."""
REST = rf"(?P<rest>{_SURROUNDINGS} {_BUT} {PATTERN}(?: and {PATTERN})?)"
"""All but a thing or two."""
ANY = f"(?:{REST}|{WHAT})"


@dataclass(frozen=True, slots=True)
class Aimed:
    """What the ops that are aimed at a thing share: `what`, `around` and how they are read."""

    what: str
    """As it was said: `the dog`, `the man and the dog`; empty: whatever the clip is about."""
    around: bool = False
    """Whether all but that is meant."""
    name: ClassVar[str]
    hints: ClassVar[tuple[str, ...]]
    """Short expressions; where one of them is not found, none of the forms is."""
    forms: ClassVar[tuple[str, ...]]
    """Regular expressions; the group `what` is hit, of `rest` all but its thing, without both the background."""

    @classmethod
    def read(cls, said: Instruction) -> Iterable[Reading]:
        """Every thing that the effect is asked for."""
        if not all(re.search(rf"\b(?:{hint})\b", said.text) for hint in cls.hints):
            return  # most prompts; the patterns take their time to compile
        for form in cls.forms:
            for found in said.find(form):
                words, around = aim(found.groups)
                if any(_ground(part) for part in parts(words) if part) or _all(words):
                    continue  # `the background and the dog`, `the whole thing`
                if op := cls.aimed(words, found.groups, around=around):
                    yield Reading(cast("Op", op), found.words)

    @classmethod
    def aimed(cls, words: str, groups: dict[str, str | None], *, around: bool) -> "Aimed | None":
        """The op for what was said, None where it makes no sense."""
        del groups
        return cls(words, around)

    @property
    def alters(self) -> frozenset[str]:
        """What it changes, for `keep ...`."""
        return frozenset({"background"} if self.around else {"subject"})

    def thing(self) -> str:
        """What is hit, in words."""
        if not self.what:
            return "the background" if self.around else "the subject"
        named = " and ".join(understand(w).say() for w in parts(self.what))
        return f"everything but {named}" if self.around else named


def parts(what: str) -> list[str]:
    """`the man and the dog` as its two."""
    return what.split(" and ")


def aim(groups: dict[str, str | None]) -> tuple[str, bool]:
    """(the thing as said, whether all but it is meant): the background is all but the subject."""
    what, rest = groups.get("what"), groups.get("rest")
    if what is None and rest is None:
        return "", True
    if what is not None:
        what = re.sub(rf"{_WHOLE}$", "", what)
        what = re.sub(
            r"^.*?\b(faces?|heads?)(?: of .*)?$", r"the \1", what
        )  # whose it is, sight asks
        return ("", True) if _ground(what) else (what, False)
    thing = re.search(rf"{_BUT} (?P<thing>{PATTERN}(?: and {PATTERN})?)$", rest or "")
    words = thing["thing"] if thing else ""
    return ("", False) if _ground(words) else (words, True)


def _all(words: str) -> bool:
    return bool(re.search(r"\b(?:whole|entire) (?:thing|object|one)\b", words))


def _ground(words: str) -> bool:
    return understand(words).kind == "background"
