"""The words of films, from their data files: patterns for what can be said of a shot."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from cutroom.engines.classical.colour import palette
from cutroom.engines.classical.films.cast.company import COMPANY
from cutroom.engines.classical.films.cast.member import Member
from cutroom.engines.classical.op import Op, Stage
from cutroom.engines.classical.ops import OPS
from cutroom.engines.classical.scenes import places

HOURS: Mapping[str, str] = {
    "sunset": r"(?:at |during |in |before |after )?(?:the |a )?(?:golden |warm )?(?:sunset|sunrise|dusk|dawn|twilight|sundown|golden hour|evening)(?: (?:light|time|glow))?",
    "night": r"(?:at |during |in |by )?(?:the |a )?(?:starry |moonlit |dark |clear |quiet )*(?:night|night-?time|midnight)|moonlit|starry",
    "day": r"(?:at |during |in |by |on )?(?:the |a )?(?:bright |sunny |clear |summer )*(?:day|day-?time|day ?light|noon|midday|afternoon|morning)|sunny",
}
PLACES: Mapping[str, str] = {
    "snowfield": r"(?:(?:in|over|above|through|across) )?(?:a |the )?(?:snow(?:y|-covered)|snow covered|winter|wintry) (?:pine )?(?:forest|woods|field|meadow|landscape)|in (?:the |deep )+snow",
    "mountains": r"(?:the |some )?(?:snow(?:y|-capped|-covered)|snow (?:capped|covered)) (?:rocky )?(?:mountains?|alps)(?: peaks?)?",
    "city": r"(?:the |a )?(?:(?:big|modern|glowing) )?city(?: |-)?(?:skyline|scape)|(?:the |a )?skyline(?: of (?:a|the) (?:big |modern )?city)?",
    "underwater": r"under ?water|under the (?:sea|ocean|water)",
}
"""More names of drawn places than a background is asked for by."""
NOT_PLACES = re.compile(
    r"\b(?:coral|street|park|wonderland|arctic|tundra|sahara|coast|seaside|hills)\b"
)
"""Words of `places` for which the drawing is too far off to be a film of it."""
MOVING = r"mov(?:e|es|ing)|go|goes|going|travel(?:s|l?ing)?|pass(?:es|ing)?|cross(?:es|ing)?|speed(?:s|ing)?|glid(?:e|es|ing)|is seen|appears?"
"""Verbs that mean whatever the actor does."""
_SHADES = palette.SHADES


@dataclass(frozen=True, slots=True)
class Words:
    """What the data files hold."""

    glue: frozenset[str]
    praise: str
    camera: tuple[tuple[str, str], ...]
    """(move, pattern)."""
    gaits: Mapping[str, str]
    numbers: Mapping[str, int]
    faults: str
    features: Mapping[str, Any]
    doing: tuple[tuple[str, str], ...]


@cache
def words() -> Words:
    """The words of `language.toml` and `features.toml`."""
    here = files("cutroom.engines.classical.films")
    said = tomllib.loads((here / "language.toml").read_text("utf-8"))
    shown = tomllib.loads((here / "features.toml").read_text("utf-8"))
    praise = sorted(said["praise"].split(), key=len, reverse=True)
    return Words(
        frozenset(said["glue"].split()) | frozenset(praise),
        "|".join(praise),
        tuple((move, pattern) for move, forms in said["camera"].items() for pattern in forms),
        said["gaits"],
        said["numbers"],
        said["faults"]["words"],
        shown,
        tuple(shown["doing"].items()),
    )


@cache
def actor_pattern(member: Member) -> str:
    """How people name a drawn thing: count, praise and colour, then its noun."""
    known = words()
    numbers = "|".join(sorted(known.numbers, key=len, reverse=True))
    praise = rf"(?:(?:{known.praise}) )*"
    colours = rf"(?:(?:{_SHADES}) )?(?P<colour>{palette.NAMES}|colou?rful)"
    return (
        rf"(?:(?:a|an|the|one|another) )?(?:(?P<number>{numbers}) )?{praise}(?:{colours} )?{praise}"
        rf"(?:(?P<several>{member.plural})|(?P<one>{member.nouns}))"
    )


@cache
def features(place: str, hour: str) -> tuple[str, ...]:
    """Patterns of what a place shows at an hour anyway, and what that may be doing."""
    known = words()
    shown = known.features
    nouns: list[str] = list(shown["any"]["nouns"])
    nouns += shown["hours"][hour] if place != "underwater" else []
    nouns += shown["places"].get(place, {}).get("nouns", [])
    alone = "|".join(sorted(nouns, key=len, reverse=True))
    start = rf"(?:the |a |some |its )?(?:(?:{known.praise}) )*"
    patterns = [rf"{start}(?:{alone})"]
    for who, what in known.doing:
        patterns.append(rf"{start}(?P<who>{who})(?: (?:is|are))? (?:{what})")
    return tuple(patterns)


def shows(place: str, hour: str, thing: str) -> bool:
    """Whether a place shows a thing at an hour, whoever acts in it."""
    return any(re.fullmatch(pattern, thing) for pattern in features(place, hour)[:1])


@cache
def weather_and_looks() -> tuple[tuple[str, Op, bool], ...]:
    """(phrase pattern, op, whether it is a look) of every op that can be laid over a drawn shot."""
    found = []
    for kind in OPS:
        if kind.stage not in {Stage.WEATHER, Stage.LOOK}:
            continue
        for phrase, params in getattr(kind, "phrases", {}).items():
            spelled = re.escape(phrase.lower()).replace(r"\ ", " ").replace(r"\-", "-")
            spelled = re.sub(r"colou?r", "colou?r", spelled).replace("grey", "gr[ea]y")
            found.append((spelled, kind(**params), kind.stage is Stage.LOOK))
    return tuple(found)


def all_nouns() -> str:
    """The things that can be drawn, in words."""
    return ", ".join(member.name for member in COMPANY)


def place_patterns() -> tuple[tuple[str, str], ...]:
    """(place or empty, pattern) of all drawn places; empty: `places.understand` knows which."""
    return (*PLACES.items(), ("", places.PATTERN))
