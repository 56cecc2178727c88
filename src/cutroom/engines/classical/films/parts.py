"""What can be read in a prompt, before it is known what belongs together."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cutroom.engines.classical.films.camera import Move
from cutroom.engines.classical.films.cast.company import COMPANY
from cutroom.engines.classical.films.words import (
    HOURS,
    MOVING,
    NOT_PLACES,
    actor_pattern,
    features,
    place_patterns,
    weather_and_looks,
    words,
)
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.scenes.places import understand

_SLOW = r"(?:very )?(?:slow(?:ly)?|gentl[ey]|subtle|slight(?:ly)?)"
_HEADINGS = (
    (1, r"(?:from )?(?:the )?left to (?:the )?right|(?:to|towards?) the right|rightwards?"),
    (-1, r"(?:from )?(?:the )?right to (?:the )?left|(?:to|towards?) the left|leftwards?"),
)
_SIDES = r"(?:on|at) the (?P<side>left|right)(?: side)?(?: of the (?:picture|frame|screen))?"
_AIRS = r"(?:(?:up|away) )?(?:in|into|through|across|over|to|towards?) the (?:blue |clear |night |evening |open )*(?:air|sky|clouds|frame|screen|distance)|in formation|upwards?|up high|by|overhead|around(?: (?:it|them|there))?|past"
_WHO = r"person|man|woman|girl|boy|child|character|hero|subject|figure|bird|animal|object|car|cat|dog|product|toy|robot|thing"
_BEHIND = r"(?:(?:in|as) (?:the|a) )?(?:background|backdrop|foreground|distance)"
_WATERS = r"(?:on|in|across|over|through) the (?:calm |open |blue )*(?:water|waves|waters)"
_SHORES = r"(?:along|on|across) the (?:shore|shoreline|sand|grass|snow|ground|water's edge)"


@dataclass(frozen=True, slots=True)
class Part:
    """Something read in a prompt, and the words it accounts for."""

    words: frozenset[int]
    kind: str
    value: Any = None
    more: Mapping[str, str | None] = field(default_factory=dict)
    weight: float = 1.0

    @property
    def first(self) -> int:
        """The index of its first word."""
        return min(self.words)


def basics(said: Instruction, mentions: Sequence[str]) -> Iterator[Part]:
    """Everything that can be read without knowing the place."""
    for name, pattern in place_patterns():
        for f in said.find(pattern):
            text = " ".join(said.words[i].text for i in sorted(f.words))
            known = (name, "") if name else _known(text)
            if known is not None and (name or not NOT_PLACES.search(text)):
                yield Part(f.words, "place", known, weight=1.5 if name else 1.0)
    for hour, pattern in HOURS.items():
        yield from (Part(f.words, "hour", hour, weight=1.2) for f in said.find(pattern))
    for member in COMPANY:
        yield from (
            Part(f.words, "actor", member.name, f.groups) for f in said.find(actor_pattern(member))
        )
    for mention in mentions:
        yield from _mentioned(said, mention)
    yield from (Part(f.words, "glue") for f in said.find(_BEHIND))
    yield from _motions(said)
    yield from _moves(said)
    yield from _weather(said)


def _mentioned(said: Instruction, mention: str) -> Iterator[Part]:
    """A reference as somebody in the shot or, where the words put others into it, as what is behind."""
    for f in said.find(rf"(?:the (?:{_WHO})(?: (?:in|from|of|shown in))? )?{mention}"):
        yield Part(f.words, "player", mention)
    if mention.startswith("@image"):
        for form in (
            rf"(?:in front of|before|against|inside|within|in|at|on|over|across|through|along) (?:the place (?:of|in) )?{mention}",
            rf"(?:with )?{mention} (?:as|in) (?:the )?(?:a )?(?:background|backdrop)",
            rf"(?:the )?(?:background|backdrop|scene) (?:is |of |from |in )?{mention}",
        ):
            yield from (Part(f.words, "backdrop", mention, weight=1.1) for f in said.find(form))


def _known(text: str) -> tuple[str, str] | None:
    """(place, hour or empty) as `places` understands the words."""
    known = understand(text)
    if known is None:
        return None
    told = any(re.search(rf"\b(?:{pattern})\b", text) for pattern in HOURS.values())
    return known[0], known[1] if told else ""


def _motions(said: Instruction) -> Iterator[Part]:
    """What actors do, where to, and on which side they are."""
    manner = rf"(?:(?:{words().praise}) )*"
    for gait, verbs in words().gaits.items():
        for f in said.find(rf"{manner}(?:{verbs})(?: {manner.strip()})?"):
            yield Part(f.words, "gait", gait)
    yield from (
        Part(f.words, "gait", "go", weight=0.9) for f in said.find(rf"{manner}(?:{MOVING})")
    )
    for way, pattern in _HEADINGS:
        yield from (Part(f.words, "heading", way) for f in said.find(pattern))
    yield from (Part(f.words, "side", f.groups["side"]) for f in said.find(_SIDES))
    yield from (Part(f.words, "air", weight=0.8) for f in said.find(_AIRS))
    yield from (Part(f.words, "water", weight=0.8) for f in said.find(_WATERS))
    for f in said.find(_SHORES):
        yield Part(f.words, "ground", said.words[max(f.words)].text, weight=0.8)


def _moves(said: Instruction) -> Iterator[Part]:
    """What the camera does."""
    for move, pattern in words().camera:
        for f in said.find(rf"(?:with )?(?:a )?(?P<slow>{_SLOW} )?{pattern}(?P<late> {_SLOW})?"):
            text = " ".join(said.words[i].text for i in f.words)
            calm = bool(f.groups["slow"] or f.groups["late"] or re.search(_SLOW, text))
            yield Part(f.words, "camera", Move(move, 0.6 if calm else 1.0), weight=1.1)  # type: ignore[arg-type]  # the data file holds the names of moves


def _weather(said: Instruction) -> Iterator[Part]:
    """Weather wherever it is named, looks only where they stand for the whole picture."""
    for phrase, op, look in weather_and_looks():
        # There are more phrases than compiled patterns are remembered: first a look at one word.
        if re.split(r"\W", phrase)[0] not in said.text:
            continue
        before = (
            r"(?:in|during|under|with|through) (?:the |a )?"
            if not look
            else r"(?:in|as) (?:the |a |an )?(?:style of )?(?:the |a |an )?"
        )
        for f in said.find(
            rf"(?:{before})?(?:a |an )?{phrase}(?: (?:style|look|effect|picture))?(?P<of> of)?"
        ):
            if _negated(said, f.words) or (
                look and not _apart(said, f.words, of=bool(f.groups["of"]))
            ):
                continue
            yield Part(f.words, "op", op, weight=0.95)


def _negated(said: Instruction, found: frozenset[int]) -> bool:
    before = said.words[min(found) - 1].text if min(found) else ""
    return before in {"no", "not", "without", "never", "less"}


def _apart(said: Instruction, found: frozenset[int], *, of: bool) -> bool:
    """Whether words stand alone between commas or as the prompt's opening: `a watercolour of ...`."""
    before = said.words[min(found) - 1].text if min(found) else ","
    after = said.words[max(found) + 1].text if max(found) + 1 < len(said.words) else ","
    return before in ",.;" and ((of and min(found) == 0) or (not of and after in ",.;"))


def shown(said: Instruction, place: str, hour: str) -> Iterator[Part]:
    """What the prompt names that the place shows anyway."""
    known = features(place, hour)
    for pattern in known:
        for f in said.find(pattern):
            who = f.groups.get("who")
            if who is None or re.fullmatch(known[0], who):
                yield Part(f.words, "feature", weight=1.4)
