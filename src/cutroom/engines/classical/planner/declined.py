"""What an instruction asks not to do: `don't add rain or snow`. A plan without it has done as it was told."""

from collections.abc import Iterator
from dataclasses import dataclass

from cutroom.engines.classical.op import Op
from cutroom.engines.classical.ops import OPS
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.planner.language import Token, tokens
from cutroom.engines.classical.planner.phrases import longest

# `no rain` is not here: where it rains, it asks for the rain to go.
_NOT_ADDING = (
    r"(?:(?:do not|don't|dont|never|please no) (?:add|apply|use|put in|put|include|make it|make this|turn it|give it)"
    r"|(?:without|not) (?:adding|applying|using|including|making it|turning it))"
)
_BEFORE = frozenset({"any", "a", "an", "the", "some", "more", "extra"})
_JOINTS = frozenset({",", "or", "and", "nor"})


@dataclass(frozen=True, slots=True)
class Declined:
    """An op that is not wanted, and the words that say so."""

    words: frozenset[int]
    op: type[Op]
    weight: float = 2.0


def declined(said: Instruction) -> Iterator[Declined]:
    """Every op that the instruction asks not to add."""
    heard = tokens(said)
    for found in said.find(_NOT_ADDING):
        at = next(i for i, token in enumerate(heard) if token.word == max(found.words)) + 1
        words = found.words
        while hit := _named(heard, at):
            end, kind = hit
            yield Declined(words | {t.word for t in heard[at:end]}, kind)
            words, at = frozenset(), end  # the words of not adding count for the first


def _named(heard: tuple[Token, ...], at: int) -> tuple[int, type[Op]] | None:
    """The end and the op of the longest phrase at `at`, past joints and articles."""
    first = at
    while first < len(heard) and heard[first].text in _BEFORE | _JOINTS:
        first += 1
    ends = [(longest(heard, first, getattr(kind, "phrases", {})), kind) for kind in OPS]
    end, kind = max(ends, key=lambda pair: pair[0])
    return (end, kind) if end else None
