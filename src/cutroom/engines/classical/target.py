"""What an instruction points at: `the red car on the left`, `both dogs`, `her face`, `the background`."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, TypeAlias

from cutroom.engines.classical.colour import palette

Kind: TypeAlias = Literal["person", "face", "animal", "vehicle", "thing", "subject", "background"]
"""What sort of thing a noun names."""

_SIDES = {
    "left": "left", "leftmost": "left", "left-hand": "left", "right": "right",
    "rightmost": "right", "right-hand": "right", "middle": "middle", "centre": "middle",
    "center": "middle", "central": "middle", "top": "top", "upper": "top", "topmost": "top",
    "bottom": "bottom", "lower": "bottom", "bottommost": "bottom",
}  # fmt: skip
_ALL = {"both", "all", "every", "each"}


@dataclass(frozen=True, slots=True)
class Target:
    """What is meant, in words; `Sight.find` looks for it in a clip."""

    noun: str = ""
    """In the singular, as said: `woman`, `mug`; empty: whatever the clip is about."""
    colour: str = ""
    """A name of `palette.COLOURS`; of somebody: what they wear."""
    side: str = ""
    """`left`, `right`, `middle`, `top`, `bottom`: which of several; empty: not said."""
    all: bool = False
    """Whether every one of them is meant."""

    @property
    def kind(self) -> Kind:
        """What sort of thing it is; words that are not known are things."""
        return _nouns().get(self.noun, ("thing", self.noun))[0] if self.noun else "subject"

    def say(self) -> str:
        """The target in words, e.g. `the red car on the left`."""
        noun = self.noun or "subject"
        if self.all:
            noun = _plural(noun)
        colour = f"{self.colour} " if self.colour else ""
        place = {
            "": "",
            "middle": " in the middle",
            "top": " at the top",
            "bottom": " at the bottom",
        }
        where = place.get(self.side, f" on the {self.side}")
        return f"{'all ' if self.all else ''}the {colour}{noun}{where}"


@cache
def _words() -> dict[str, str]:
    return tomllib.loads((files(__package__) / "target.toml").read_text("utf-8"))


@cache
def _nouns() -> dict[str, tuple[Kind, str]]:
    """Every spelling -> (kind, singular)."""
    known: dict[str, tuple[Kind, str]] = {}
    kinds: tuple[Kind, ...] = (
        "person", "face", "animal", "vehicle", "thing", "subject", "background",
    )  # fmt: skip
    for kind in kinds:
        for noun in _words()[kind].split(","):
            known[noun.strip()] = (kind, noun.strip())
    irregular = dict(pair.split(":") for pair in _words()["irregular"].split())
    for singular in list(known):
        if known[singular][0] != "background":
            plural = _plural(singular)
            known.setdefault(plural, (known[singular][0], singular))
    for plural, singular in irregular.items():
        known[plural] = (known[singular][0], singular)
    return known


def _plural(noun: str) -> str:
    """`dog` -> dogs, `lady` -> ladies, `woman` -> women."""
    irregular = {s: p for p, s in (pair.split(":") for pair in _words()["irregular"].split())}
    if noun in irregular:
        return irregular[noun]
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if re.search(r"(?:s|x|ch|sh)$", noun) else f"{noun}s"


def _choice(words: str) -> str:
    parts = (w.strip() for w in words.split(","))
    return "|".join(
        sorted((re.escape(p).replace(r"\ ", " ") for p in parts), key=len, reverse=True)
    )


def _pattern() -> str:
    nouns = "|".join(sorted(map(re.escape, _nouns()), key=len, reverse=True)).replace(r"\ ", " ")
    sides = "|".join(sorted(_SIDES, key=len, reverse=True))
    frame = r"(?: side)?(?: of the (?:picture|frame|video|clip|screen|image|scene|shot))?"
    return (
        rf"(?:(?:both|all|every|each)(?: of)? )?(?:(?:the|this|that|these|those|his|her|their|its|my|our) )?"
        rf"(?:two |three )?(?:(?:{sides}) )?(?:(?:{_choice(_words()['adjectives'])}) )*"
        rf"(?:(?:{palette.SHADES}) )?(?:(?:{palette.NAMES})(?:[ -]coloured|[ -]colored)? )?"
        rf"(?:{nouns})(?: (?:in|with|wearing) (?:the |a )?(?:{palette.NAMES})"
        rf"(?: (?:{_choice(_words()['clothes'])}))?)?"
        rf"(?: (?:(?:who|that|which) (?:is|are) )?(?:on|at|in|to) the (?:far )?(?:{sides}){frame})?"
    )


PATTERN = _pattern()
"""The source of a regular expression, without groups, for every way of saying a target."""


def understand(words: str) -> Target:
    """The target that words matching `PATTERN` mean, in lower case.

    Words that only a person can check (`the young woman`) choose nothing: where two are found, the
    clip's sight asks which.
    """
    said = words.replace("-coloured", "").replace("-colored", "")
    worn = re.search(
        rf" (?:in|with|wearing) (?:the |a )?(?:{palette.NAMES})\b.*?(?= on | at | in the |$)", said
    )
    heard = said.split()
    elsewhere = (said.replace(worn.group(), "") if worn else said).split()  # `in the red top`
    side = next((_SIDES[w] for w in elsewhere if w in _SIDES), "")
    colour = next((w for w in heard if w in palette.COLOURS), "")
    spelled, (_, noun) = _noun(said)
    every = bool(_ALL & set(heard)) or spelled != noun
    return Target(noun, colour, side, every)


def _noun(said: str) -> tuple[str, tuple[Kind, str]]:
    """(spelling, (kind, singular)) of the head noun: the first that is no part of another."""
    head = re.split(r" (?:in|with|wearing|on|at|to|who|that|which) ", said)[0]
    for length in (2, 1):
        tail = " ".join(head.split()[-length:])
        if tail in _nouns():
            return tail, _nouns()[tail]
    return head, ("thing", head.split()[-1] if head else "")
