"""What an instruction asks not to do: `don't add rain`. A plan without it has done as it was told."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from cutroom.engines.classical.op import Op
from cutroom.engines.classical.ops import OPS
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.planner.language import canonical

# `no rain` is not here: where it rains, it asks for the rain to go.
_NOT_ADDING = (
    r"(?:(?:do not|don't|dont|never) (?:add|apply|use|put in|make it|make this|turn it)"
    r"|(?:without|not) (?:adding|applying|using|making it|turning it))"
)


@dataclass(frozen=True, slots=True)
class Declined:
    """An op that is not wanted, and the words that say so."""

    words: frozenset[int]
    op: type[Op]
    weight: float = 2.0


def declined(said: Instruction) -> Iterator[Declined]:
    """Every op that the instruction asks not to add."""
    if not re.search(_NOT_ADDING, said.text):
        return  # most prompts; the whole pattern takes its time to compile
    by_phrase, pattern = _phrases()
    for found in said.find(pattern):
        yield Declined(found.words, by_phrase[canonical(found.groups["phrase"] or "")])


@cache
def _phrases() -> tuple[dict[str, type[Op]], str]:
    """Phrase -> its op, and the pattern that finds one declined, longest phrases first."""
    by_phrase = {canonical(p): kind for kind in OPS for p in getattr(kind, "phrases", ())}
    spelled = (
        re.escape(p).replace("colour", "colou?r") for p in sorted(by_phrase, key=len, reverse=True)
    )
    return by_phrase, rf"{_NOT_ADDING} (?:(?:any|a|an|the) )?(?P<phrase>{'|'.join(spelled)})"
