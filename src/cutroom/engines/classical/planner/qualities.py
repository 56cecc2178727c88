"""More or less of what every clip has: `pump the contrast`, `bring the brightness down a bit`."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from cutroom.engines.classical.op import Op, Reading
from cutroom.engines.classical.ops import named
from cutroom.engines.classical.planner.clauses import clauses
from cutroom.engines.classical.planner.degrees import Degree, degree_of, degrees
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.planner.language import Token, canonical, language, tokens

_UP, _DOWN = 1, -1
_PASSED = frozenset(
    {"a", "the", "its", "some", "of", "in", "it", "should", "be", "is", "to", "by", "my", "all"}
    | {"look", "looks", "make", "this", "overall", "video", "image", "picture", "clip", "set"}
)
"""May stand between a quality and where it should go."""


@dataclass(frozen=True, slots=True)
class Quality:
    """One table of `qualities.toml`."""

    up: str
    """The name of an op, or nothing."""
    down: str


def qualities(said: Instruction) -> Iterator[Reading]:
    """Readings of every quality that should go up or down."""
    heard = tokens(said)
    for at, token in enumerate(heard):
        quality = _known().get(token.text)
        if quality is None:
            continue
        for first, last, way in _ways(heard, at):
            name = quality.up if way == _UP else quality.down
            if name and not _negated(said, first):
                yield from _readings(named(name), heard, first, last)


def _readings(kind: type[Op], heard: tuple[Token, ...], first: int, last: int) -> Iterator[Reading]:
    make: Any = kind
    words = frozenset(token.word for token in heard[first:last])
    yield Reading(make(), words)
    found = [*degrees(heard, first, last, frozenset()), *_inside(heard, first, last)]
    for degree in found:
        default = 1.0 if degree.percent else float(getattr(make(), make.scaled))
        wider = words | {token.word for token in heard[degree.first : degree.last]}
        yield Reading(make(**{make.scaled: round(default * degree.value, 4)}), wider, degree.weight)


def _ways(heard: tuple[Token, ...], at: int) -> Iterator[tuple[int, int, int]]:
    """(first, last, up or down) of every way in which the quality at `at` is told to change."""
    first, before = _to(heard, at, -1)
    last, after = _to(heard, at, 1)
    if before and after and first >= 0:
        particle = heard[last].text in {"up", "down"} and before * after > 0
        if particle or heard[first].text in language().cranks:
            yield first, last + 1, after
    if before:
        yield first, at + 1, before
    if after:
        yield at, last + 1, after


def _to(heard: tuple[Token, ...], at: int, step: int) -> tuple[int, int]:
    """Where the furthest word of direction from `at` is, and its way; 0 where there is none."""
    known = language()
    found, way = at, 0
    at += step
    while 0 <= at < len(heard):
        text = heard[at].text
        sense = _UP if text in known.rises else _DOWN if text in known.falls else 0
        if sense:
            way = _DOWN if way < 0 or sense < 0 else _UP
            found = at
        elif text == "few" or text not in _PASSED | known.scaling:
            break
        at += step
    return found, way


def _inside(heard: tuple[Token, ...], first: int, last: int) -> Iterator[Degree]:
    """A degree between the quality and its direction: `should be MUCH higher`."""
    for at in range(first + 1, last - 1):
        for length in (3, 2, 1):
            found = degree_of(heard[at : at + length]) if at + length < last else None
            if found and found[0] != 1.0:
                yield Degree(*found, at, at + length, 1.2)
                return


def _negated(said: Instruction, first: int) -> bool:
    its = clauses(said)
    before = zip(tokens(said)[:first], its[:first], strict=True)
    return any(t.text in language().negations for t, number in before if number == its[first])


@cache
def _known() -> dict[str, Quality]:
    """Word -> what it is a word for."""
    data = tomllib.loads((files(__package__) / "qualities.toml").read_text("utf-8"))
    return {
        canonical(word): Quality(row["up"], row["down"])
        for row in data.values()
        for word in row["words"].split()
    }
