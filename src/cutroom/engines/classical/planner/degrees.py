"""How much: `slightly`, `a lot`, `by 50%`, `twice as`, before or after what they scale."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from cutroom.engines.classical.planner.language import Token, language

_BETWEEN = frozenset({"a", "an", "of", "the", "some", "more", "it", "this"})
"""May stand between a degree and what it scales: `a hint OF THE vintage look`, `slightly blur IT`."""
_TRAILING = frozenset({"it", "this", "the", "video", "clip", "footage", "scene", "by", "at", "up", "down", "whole", "picture", "look", "effect", "filter", "style", "tone", "image", "with", "strength", "intensity", ","})  # fmt: skip
"""May stand between an op and the degree after it: `darken THE VIDEO slightly`."""
_FAR = 4
"""Words that may stand between a degree and what it scales."""


@dataclass(frozen=True, slots=True)
class Degree:
    """A factor on what the op does by default, or a share in its place."""

    value: float
    percent: bool
    first: int
    """The tokens it takes, [first, last); those between it and the op are glue."""
    last: int
    weight: float


def degrees(
    heard: tuple[Token, ...], first: int, last: int, company: AbstractSet[str]
) -> Iterator[Degree]:
    """The degree before the phrase [first, last) and the one after it."""
    at = first
    for _ in range(_FAR):
        if found := _ending(heard, at):
            start, value, percent = found
            yield Degree(value, percent, start, at, 1.1)
            break
        if at and (heard[at - 1].text in _BETWEEN or heard[at - 1].text in company):
            at -= 1
        else:
            break
    at = last
    while at < len(heard):
        if found := _starting(heard, at):
            end, value, percent = found
            if percent or heard[end - 1].text in language().trailing:
                yield Degree(value, percent, at, end, 1.0)
            return
        if heard[at].text not in _TRAILING and heard[at].text not in company:
            return
        at += 1


def _ending(heard: tuple[Token, ...], end: int) -> tuple[int, float, bool] | None:
    for length in (4, 3, 2, 1):
        start = end - length
        if start >= 0 and (found := degree_of(heard[start:end])):
            return start, *found
    return None


def _starting(heard: tuple[Token, ...], start: int) -> tuple[int, float, bool] | None:
    for length in (4, 3, 2, 1):
        if start + length <= len(heard) and (found := degree_of(heard[start : start + length])):
            return start + length, *found
    return None


def degree_of(said: tuple[Token, ...]) -> tuple[float, bool] | None:
    """`a little` -> (0.5, False); `50%` or `50 percent` -> (0.5, True)."""
    texts = tuple(token.text for token in said)
    if texts in language().degrees:
        return language().degrees[texts], False
    if len(texts) == 2 and texts[1] in {"%", "percent"}:
        texts = (texts[0] + "%",)
    if len(texts) == 1 and texts[0].endswith("%") and texts[0][:-1].isdecimal():
        percent = int(texts[0][:-1]) if len(texts[0]) < 6 else 0
        return (percent / 100, True) if 0 < percent <= 300 else None
    return None
