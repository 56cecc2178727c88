"""Phrases written short: `{up} contrast`, `(falling|drifting) snow [flakes]` stand for all they spell."""

import re
from functools import cache
from itertools import product

from cutroom.engines.classical.planner.language import language, pieces

_PIECE = re.compile(r"\s*([()\[\]|]|\{\w+\}|[^\s()\[\]{}|]+)")


@cache
def spelled(template: str) -> tuple[str, ...]:
    """Every phrase a template stands for, in the order of its alternatives.

    `(a|b c)` is one of them, `[a|b]` one of them or nothing, `{up}` a class of `language.toml`.
    Raises ValueError where brackets do not match.
    """
    parts = _PIECE.findall(template)
    phrases, rest = _alternatives(parts, 0)
    if rest != len(parts):
        raise ValueError(f"brackets that do not match: {template}")
    return tuple(dict.fromkeys(" ".join(words) for words in phrases))


@cache
def words_of(template: str) -> frozenset[str]:
    """All words its phrases are made of: where none of them is said, no phrase is.

    To ask this costs far less than to spell all the phrases out.
    """
    classes = language().classes
    told = (
        phrase
        for part in _PIECE.findall(template)
        for phrase in (classes[part[1:-1]] if part.startswith("{") else (part,))
    )
    return frozenset(piece for phrase in told for piece in pieces(phrase))


def _alternatives(pieces: list[str], at: int) -> tuple[list[tuple[str, ...]], int]:
    """The sequences up to a closing bracket or the end, and where that is."""
    found: list[tuple[str, ...]] = []
    parts: list[list[tuple[str, ...]]] = []
    while at < len(pieces) and pieces[at] not in ")]":
        piece = pieces[at]
        if piece == "|":
            found += _joined(parts)
            parts = []
        elif piece in "([":
            inside, at = _alternatives(pieces, at + 1)
            if at >= len(pieces):
                raise ValueError(f"an open bracket: {' '.join(pieces)}")
            parts.append([*inside, ()] if piece == "[" else inside)
        elif piece.startswith("{"):
            parts.append([(phrase,) for phrase in language().classes[piece[1:-1]]])
        else:
            parts.append([(piece,)])
        at += 1
    return found + _joined(parts), at


def _joined(parts: list[list[tuple[str, ...]]]) -> list[tuple[str, ...]]:
    return [tuple(word for part in one for word in part) for one in product(*parts)]
