"""Slips of the pen: long words that are known but for a letter or two, put right."""

from collections.abc import Iterable
from functools import cache

from cutroom.engines.classical.ops import OPS
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.planner.language import canonical, language, pieces
from cutroom.engines.classical.planner.template import spelled
from cutroom.engines.classical.planner.wording import VOCABULARY

_SHORTEST = 6
"""Letters of a word that can be told from another in spite of a slip."""


def respelled(said: Instruction, left: Iterable[int]) -> str | None:
    """The prompt with those of the words `left` put right that are slips; None where none is."""
    text, changed = said.prompt, False
    for index in sorted(left, reverse=True):  # from the end, so that places before stay true
        word = said.words[index]
        right = _corrected(word.text) if len(word.text) >= _SHORTEST else word.text
        if right != word.text and text[word.start : word.end].lower() == word.text:
            text, changed = text[: word.start] + right + text[word.end :], True
    return text if changed else None


def _corrected(word: str) -> str:
    """The known word this is a slip of: one letter (two in long words), never the first or only the last."""
    plain = canonical(word)
    if plain in _vocabulary() or not plain.isalpha():
        return word
    from rapidfuzz.distance import OSA  # noqa: PLC0415  slow to import, and most prompts need none

    for known in _by_initial().get(plain[0], ()):
        slips = 2 if len(known) >= 9 else 1
        if OSA.distance(plain, known, score_cutoff=slips) > slips:
            continue
        if plain[:-1] == known or plain[:-1] == known[:-1]:
            continue  # another ending is another word: painter, painting, paintings
        return known
    return word


@cache
def _by_initial() -> dict[str, list[str]]:
    """First letter -> the words that a slip may be of."""
    found: dict[str, list[str]] = {}
    for word in sorted(_vocabulary()):
        if len(word) >= _SHORTEST and word.isalpha():
            found.setdefault(word[0], []).append(word)
    return found


@cache
def _vocabulary() -> frozenset[str]:
    """Every piece of every phrase and example, and the words of the language."""
    known = language()
    phrases = (p for kind in OPS for t in getattr(kind, "phrases", ()) for p in spelled(t))
    examples = (example.lower().strip(".") for kind in OPS for example in kind.examples)
    said = {piece for text in (*phrases, *examples) for piece in pieces(text)}
    return frozenset(said | known.scaling | VOCABULARY).union(
        known.glue, known.negations, known.removals, known.definite, known.changes
    )
