"""The words of asking in an instruction: they carry no wish of their own."""

from functools import cache

from cutroom.engines.classical.planner.clauses import clauses
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.planner.language import Token, language, pieces, tokens
from cutroom.engines.classical.planner.template import spelled

_QUESTIONS = frozenset({"is", "are", "was", "were", "am", "does", "did", "has", "had", "why", "what", "who", "where", "when", "how", "which", "do"})  # fmt: skip


def glue(said: Instruction) -> frozenset[int]:
    """The indexes of words that ask for nothing by themselves; of a question none is."""
    heard = tokens(said)
    if any(word.text == "?" for word in said.words) and heard[0].text in _QUESTIONS:
        return frozenset()
    single = (i for i, word in enumerate(said.words) if _single(said, i, word.text))
    return frozenset(single) | _asides(said, heard)


def _single(said: Instruction, index: int, text: str) -> bool:
    if text in language().glue or all(p in language().glue for p in pieces(text)):
        return True
    after = said.words[index + 1].text if index + 1 < len(said.words) else ""
    return "-".join(pieces(f"{text} {after}")) in language().compounds


@cache
def _known() -> dict[str, list[tuple[tuple[str, ...], bool]]]:
    """First piece -> the pieces of asides, and whether they stand at the start of a clause only."""
    found: dict[str, list[tuple[tuple[str, ...], bool]]] = {}
    for template in language().asides:
        for phrase in spelled(template.removeprefix("^")):
            wanted = pieces(phrase)
            found.setdefault(wanted[0], []).append((wanted, template.startswith("^")))
    return found


def _asides(said: Instruction, heard: tuple[Token, ...]) -> frozenset[int]:
    found: set[int] = set()
    its = clauses(said)
    for first, token in enumerate(heard):
        for wanted, starting in _known().get(token.text, ()):
            last = first + len(wanted)
            if tuple(t.text for t in heard[first:last]) != wanted:
                continue
            clause = [t.text for t, n in zip(heard[:first], its, strict=False) if n == its[first]]
            if not starting or all(t in {"and", "then", "but", "so"} for t in clause):
                found |= {t.word for t in heard[first:last]}
    return frozenset(found)
