"""Where one wish ends and the next begins: punctuation, `but`, `then`, `and make ...`."""

from functools import lru_cache

from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.planner.language import Token, language, tokens

_MARKS = frozenset({".", ";", ",", "!", "?", ":"})
_TURNS = frozenset({"but", "then", "while", "plus", "also"})


@lru_cache(maxsize=64)
def clauses(said: Instruction) -> tuple[int, ...]:
    """The number of the clause that each token is in; marks and `and` belong to the one before."""
    heard = tokens(said)
    number = 0
    numbers: list[int] = []
    for at, token in enumerate(heard):
        before = heard[at - 1].text if at else ""
        begins = before in _MARKS or token.text in _TURNS or _asks(heard, at)
        if begins and at and numbers[-1] == number and not _only_joints(heard, numbers, number):
            number += 1
        numbers.append(number)
    return tuple(numbers)


def _asks(heard: tuple[Token, ...], at: int) -> bool:
    """Whether a verb of asking begins here: `and MAKE it`, `... snow, ADD fog`, `rain MAKE it`."""
    known = language()
    if heard[at].text not in known.verbs or not at:
        return False
    before = heard[at - 1].text
    return before in known.joints


def _only_joints(heard: tuple[Token, ...], numbers: list[int], number: int) -> bool:
    """Whether the clause so far holds nothing but marks and joints."""
    return all(
        token.text in language().joints | _MARKS | _TURNS
        for token, its in zip(heard, numbers, strict=False)
        if its == number
    )
