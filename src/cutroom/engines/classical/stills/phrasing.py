"""The grammar behind `wish`: patterns of moves and drifts, clauses, and verbs of doing. Data in wishes.toml."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from cutroom.engines.classical.planner.instruction import Instruction

_STOPS = frozenset({".", ",", ";", ":", "!", "?", "then", "while", "as", "before", "but"})
_LEADING = frozenset({"please", "and", "also", "now", "just", "slowly", "gently", "can", "you", "to", "with", "i", "want", "-"})  # fmt: skip
"""May stand before the verb a clause asks with."""
_ARTICLES = frozenset({"a", "an", "the", "frying", "baking"})
_PRONOUNS = frozenset(
    {"it", "they", "he", "she", "someone", "everyone", "who", "which", "people", "we", "you", "i"}
)


@dataclass(frozen=True)
class Clause:
    """Words between two stops, and whether they tell what to do."""

    words: tuple[int, ...]
    asks: bool


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "wishes.toml").read_text("utf-8"))


@cache
def _set(name: str) -> frozenset[str]:
    return frozenset(_data()["words"][name].split())


def fillers() -> frozenset[str]:
    """Words that ask for motion or quality as such, beyond the glue of every instruction."""
    return _set("motion") | _set("quality") | frozenset({"camera"})


@cache
def move_patterns() -> dict[str, str]:
    """Move -> pattern of every way to say it."""
    data = _data()
    adverb, tail, aim = data["ADV"], data["TAIL"], data["AIM"]
    end = rf"{tail}(?: {adverb})*{aim}"
    patterns = {}
    for name in dict.fromkeys([*data["moves"], *data["camera_moves"]]):
        ways = []
        if name in data["moves"]:
            ways.append(rf"(?:{data['CAM']} )?(?:{adverb} )*(?:{data['moves'][name]}){end}")
        if name in data["camera_moves"]:
            camera = data["CAM"].replace("|view|viewpoint|frame|shot|lens", "")
            ways.append(rf"{camera} (?:{adverb} )*(?:{data['camera_moves'][name]}){end}")
        patterns[name] = "|".join(ways)
    return patterns


@cache
def drift_patterns() -> dict[str, tuple[str, ...]]:
    """Region -> patterns of every way to set it in motion."""
    adverb = _data()["ADV"]
    end = r"(?: (?:slowly|gently|softly|calmly|quickly|by|past|overhead|around|along|back and forth|across the sky|in the sky|in the wind|above|in the background|in the distance))*"
    between = rf"(?: (?:is|are|that|to|start to|starts to|begin to|begins to|in the (?:sky|background|foreground|sea|ocean|lake)|on the (?:water|sea|lake|shore|beach)|{adverb}))*"
    patterns: dict[str, tuple[str, ...]] = {}
    for region, words in _data()["drifts"].items():
        noun, verb = rf"(?:{words['nouns']})", rf"(?:{words['verbs']})"
        gerunds = "|".join(
            v for v in ("moving", "flowing", "rippling", "rolling", "drifting", "floating", "passing", "burning",
                        "flickering", "dancing", "lapping", "shimmering", "sparkling", "swaying", "racing", "gentle moving")
        )  # fmt: skip
        patterns[region] = (
            rf"(?:(?:the|a|gentle|calm|white|fluffy) )*{noun}(?: (?:and|on the|in the) {noun})?{between} {verb}{end}",
            rf"(?:(?:the|a|with|gently|slowly|softly) )*(?:{gerunds}) (?:(?:white|fluffy|gentle|calm) )*{noun}{end}",
            rf"(?:animate|move) (?:only |just )?(?:the )?{noun}{end}",
        )
    return patterns


def pace(texts: Iterable[str]) -> float:
    """The factor that adverbs among these words put on a move."""
    given = set(texts)
    for factor, words in _data()["pace"].items():
        if given & set(words.split()):
            return float(factor)
    return 1.0


def clauses(said: Instruction) -> list[Clause]:
    """The prompt cut at stops, and before `and make …`."""
    found: list[list[int]] = [[]]
    texts = [w.text for w in said.words]
    for i, text in enumerate(texts):
        if text in _STOPS or (i and texts[i - 1] == "and" and text in _set("asking")):
            found.append([])
        if text not in _STOPS:
            found[-1].append(i)
    return [Clause(tuple(c), _asks([texts[i] for i in c])) for c in found if c]


def _asks(texts: Sequence[str]) -> bool:
    first = next((t for t in texts if t not in _LEADING and not t.endswith("ly")), "")
    return first in _set("asking")


def without_passage(prompt: str) -> str:
    """A prompt without its wish to come to the last image, which a last image fulfils."""
    way = r"(?:smoothly |slowly |gently |seamlessly )*"
    verb = r"(?:morph|transition|transform|change|turn|dissolve|blend|fade|move)(?:s|es|ing)?"
    end = r"(?: ?(?:in)?to (?:the )?(?:last|end|final|second|tail|other) (?:frame|image|picture|photo))"
    return re.sub(rf"(?i)\b{way}{verb}{end}\b", " ", prompt)


def weather_patterns() -> dict[str, str]:
    """Name of an op -> pattern of descriptions in which its weather is on the move."""
    return dict(_data()["weather"])


def negated(said: Instruction, index: int) -> bool:
    """Whether the phrase that begins at a word is taken back by one of the two words before it."""
    return any(w.text in _set("negations") for w in said.words[max(index - 2, 0) : index])


def doing(said: Instruction, clause: Clause, left: Sequence[int]) -> list[int]:
    """Those of the words `left` that ask for what no still gives: an act, or a move taken back."""
    beyond = _set("beyond") | _moving()
    named = {
        i for i in left if i and said.words[i].text == "pan" and said.words[i - 1].text in _ARTICLES
    }
    return [
        i for i in left
        if i not in named and (said.words[i].text in beyond or _acts(said, clause, i))
    ]  # fmt: skip


def altering(said: Instruction, left: Sequence[int]) -> list[int]:
    """Those of the words `left` by which something comes to be what it is not in the image."""
    texts = [w.text for w in said.words]
    return [
        i for i in left
        if texts[i] in _set("altering")
        or (texts[i] in {"turns", "turning"} and texts[i + 1 : i + 2] == ["into"])
    ]  # fmt: skip


@cache
def _moving() -> frozenset[str]:
    """Words of camera moves that stand in no other sense: left over, they were not understood."""
    return frozenset(
        [
            "zoom",
            "zooms",
            "zooming",
            "pan",
            "pans",
            "panning",
            "dolly",
            "tilt",
            "tilts",
            "tilting",
            "orbit",
            "orbits",
        ]
    )


def _acts(said: Instruction, clause: Clause, index: int) -> bool:
    text = said.words[index].text
    place = clause.words.index(index)
    before = said.words[clause.words[place - 1]].text if place else ""
    after = said.words[clause.words[place + 1]].text if place + 1 < len(clause.words) else ""
    if text.endswith("ing"):
        return text not in _set("states")
    if text not in _finite():
        return False
    if before in _PRONOUNS | {"to", "will", "can", "should"}:
        return True
    if not place:  # no subject goes before it: a name, unless it is all that is said
        return text in _set("actions") - _set("both") or after in {"", "to", "like", "around"}
    return text not in _set("both") or before not in _set("determiners")


@cache
def _finite() -> frozenset[str]:
    """The verbs of doing, and their third person."""
    return frozenset(form for verb in _set("actions") for form in (verb, _third(verb)))


def _third(verb: str) -> str:
    if verb.endswith(("s", "sh", "ch", "x", "o")):
        return verb + "es"
    if verb.endswith("y") and verb[-2] not in "aeou":
        return verb[:-1] + "ies"
    return verb + "s"
