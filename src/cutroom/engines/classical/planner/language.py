"""The small closed classes of words: spelling, glue, degrees, negation. Data in `language.toml`."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from cutroom.engines.classical.planner.instruction import Instruction

_SPELLINGS = (
    (re.compile(r"color"), "colour"),
    (re.compile(r"\bgr[ae]y(?=s?c|\b|e|i)"), "grey"),
    (re.compile(r"center"), "centre"),
    (re.compile(r"iz(e|ed|es|er|ing|ation)\b"), r"is\1"),
)


@dataclass(frozen=True, slots=True)
class Language:
    """What `language.toml` holds, canonically spelled."""

    glue: frozenset[str]
    """Words of asking: they carry no wish of their own."""
    compounds: frozenset[str]
    """`colour-grade`: a word that is glue where the other follows."""
    degrees: dict[tuple[str, ...], float]
    """`a little` -> 0.5: factors on what the next op does by default."""
    scaling: frozenset[str]
    """Every word of degrees."""
    negations: frozenset[str]
    removals: frozenset[str]
    """Verbs that take away, and `less`."""
    trailing: frozenset[str]
    """Last words of degrees that may follow what they scale: `darken it SLIGHTLY`."""
    changes: frozenset[str]
    """Verbs of `change X to Y`."""
    definite: frozenset[str]
    """`the`, `this`, ...: what follows is in the clip already."""
    lookwords: frozenset[str]
    """`look`, `effect`, ...: what goes before is asked for, even after `the`."""
    places: frozenset[str]
    """`in`, `at`, `add`, ...: before `the X` they ask for X."""
    qualities: frozenset[str]
    """`contrast`, `colours`, ...: every clip has them, so after `the` they can still be asked to change."""
    rises: frozenset[str]
    falls: frozenset[str]
    """Words that say where a quality should go."""
    cranks: frozenset[str]
    """Verbs that leave it to `up` and `down` where to."""
    joints: frozenset[str]
    """What stands between two wishes and belongs to neither."""
    verbs: frozenset[str]
    """Verbs that begin a wish: `make`, `add`, ..."""
    praise: frozenset[str]
    """`beautiful`, `nice`, ...: before what is asked for they ask for nothing more."""
    asides: tuple[str, ...]
    """Templates of several words that are glue together; `^` in front: at the start of a clause."""
    classes: dict[str, tuple[str, ...]]
    """`up` -> `increase`, `turn up`, ...: what templates write as `{up}`."""


@dataclass(frozen=True, slots=True)
class Token:
    """A canonically spelled piece of a word (hyphens part words) and the index of that word."""

    text: str
    word: int


@lru_cache(maxsize=8192)
def canonical(text: str) -> str:
    """One spelling for British and American: `gray color stylized` -> `grey colour stylised`."""
    for pattern, spelling in _SPELLINGS:
        text = pattern.sub(spelling, text)
    return text


def pieces(text: str) -> tuple[str, ...]:
    """The canonical pieces of a phrase or word: `Black-and-white` -> black, and, white."""
    if text.startswith(("@", '"')):
        return (text,)
    # Not by a regular expression: this is asked for every phrase of every op when a program starts.
    return tuple(map(canonical, text.lower().replace("-", " ").split())) or (text,)


@lru_cache(maxsize=64)
def tokens(said: Instruction) -> tuple[Token, ...]:
    """An instruction as tokens, in order."""
    return tuple(Token(p, i) for i, word in enumerate(said.words) for p in pieces(word.text))


@cache
def language() -> Language:
    """The words of `language.toml`."""
    data = tomllib.loads((files(__package__) / "language.toml").read_text("utf-8"))
    words = {
        k: frozenset(canonical(w) for w in v.split()) for k, v in data.items() if isinstance(v, str)
    }
    return Language(
        degrees={pieces(k): float(v) for k, v in data["degrees"].items()},
        scaling=frozenset(p for phrase in data["degrees"] for p in pieces(phrase)),
        asides=tuple(data["asides"]),
        classes={k: tuple(v) for k, v in data["classes"].items()},
        **words,
    )
