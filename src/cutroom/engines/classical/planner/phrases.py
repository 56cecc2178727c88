"""How an op that is named by set phrases reads itself: the phrases are data, the grammar is here."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from functools import cache
from typing import Any, ClassVar, TypeAlias, cast

from cutroom.engines.classical.op import Op, Reading
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.planner.language import Token, language, pieces, tokens

Phrases: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Phrase -> the parameters it stands for beyond the op's defaults."""

_ARTICLES = frozenset({"a", "an", "the", "its", "some"})
_BETWEEN = frozenset({"a", "an", "of", "the", "some", "more"})
"""May stand between a degree and what it scales: `a hint OF THE vintage look`."""
_TRAILING = frozenset({"it", "this", "the", "video", "clip", "footage", "scene", "by", "at", "up", "whole", "picture", "look", "effect", "filter", "style", "tone", "image"})  # fmt: skip
"""May stand between an op and the degree after it: `darken THE VIDEO slightly`."""


class Spoken:
    """What the phrase-read ops share: `read` by their `phrases`, and a plain `say`."""

    __slots__ = ()
    name: ClassVar[str]
    phrases: ClassVar[Phrases]
    scaled: ClassVar[str] = "strength"
    """The field that `slightly`, `very` and `50%` scale; empty: they are not understood."""
    beside: ClassVar[frozenset[str]] = frozenset()
    """Words that may stand apart in the same clause: `make the COLOURS a bit more vivid`."""
    label: ClassVar[str] = ""
    """What `say` calls the op; empty: the name with spaces."""

    @classmethod
    def read(cls, said: Instruction) -> Iterable[Reading]:
        """Every phrase of the op in the instruction, with the degree that goes with it."""
        return spoken(cast("Callable[..., Op]", cls), said, cls.phrases, cls.scaled, cls.beside)

    def say(self) -> str:
        """The label, and how strong where that is not the default."""
        said = self.label or self.name.replace("_", " ")
        told = [
            f"{f.name.replace('_', ' ')} {value:g}" if isinstance(value, float) else str(value)
            for f in fields(cast("Any", self))
            if (value := getattr(self, f.name)) != f.default
        ]
        return f"{said} ({', '.join(told)})" if told else said


def spoken(
    make: Callable[..., Op],
    said: Instruction,
    phrases: Phrases,
    scaled: str = "strength",
    beside: frozenset[str] = frozenset(),
) -> Iterator[Reading]:
    """Readings of `make(**parameters)` wherever one of the phrases is asked for.

    A phrase is not asked for when it is negated (`no snow`), when it names what is in the clip
    already (`make the rain heavier`), or when it is what is to be changed (`turn the rain into …`).
    """
    heard = tokens(said)
    for first, last, params in _matches(heard, phrases):
        if not _asked(heard, first, last) or not _whole_words(heard, first, last):
            continue
        words = _words(heard, first, last) | _beside(heard, first, beside)
        yield Reading(make(**params), words)
        if scaled:
            for factor, percent, span, weight in _degrees(heard, first, last):
                value = factor if percent else _default(make, params, scaled) * factor
                op = make(**{**params, scaled: round(value, 4)})
                yield Reading(op, words | _words(heard, *span), weight)


@cache
def _split(phrase: str) -> tuple[str, ...]:
    return pieces(phrase)


def _matches(
    heard: tuple[Token, ...], phrases: Phrases
) -> Iterator[tuple[int, int, Mapping[str, Any]]]:
    """Where phrases stand: [first, last) tokens; articles inside may be extra (`boost the contrast`)."""
    for phrase, params in phrases.items():
        wanted = _split(phrase)
        for first, token in enumerate(heard):
            if token.text == wanted[0] and (last := _match(heard, first, wanted)):
                yield first, last, params


def _match(heard: tuple[Token, ...], first: int, wanted: tuple[str, ...]) -> int:
    """The end of a phrase that begins at `first`, 0 when it does not stand there."""
    at = first
    for n, piece in enumerate(wanted):
        while n and at < len(heard) and heard[at].text != piece and heard[at].text in _ARTICLES:
            at += 1
        if at >= len(heard) or heard[at].text != piece:
            return 0
        at += 1
    return at


def _words(heard: tuple[Token, ...], first: int, last: int) -> frozenset[int]:
    return frozenset(token.word for token in heard[first:last])


def _whole_words(heard: tuple[Token, ...], first: int, last: int) -> bool:
    """Whether a hyphenated word that the phrase takes part of has nothing else to say."""
    touched = _words(heard, first, last)
    rest = [t.text for i, t in enumerate(heard) if t.word in touched and not first <= i < last]
    return all(text in language().glue for text in rest)


def _asked(heard: tuple[Token, ...], first: int, last: int) -> bool:
    known = language()
    before = [token.text for token in heard[:first]]
    clause: list[str] = []
    for text in reversed(before):
        if text in {".", ";", ",", "!", "?", ":", "but"}:
            break
        clause.append(text)
    near = clause[: clause.index("and")] if "and" in clause else clause
    if known.negations & set(clause) or known.removals & set(near):
        return False
    if _to_be_changed(heard, first, last):
        return False
    if clause and clause[0] in known.definite - _ARTICLES | {"the"}:
        after = heard[last].text if last < len(heard) else ""
        wished = len(clause) > 1 and clause[1] in known.places
        return wished or after in known.lookwords or heard[last - 1].text in known.lookwords
    return True


def _to_be_changed(heard: tuple[Token, ...], first: int, last: int) -> bool:
    """Whether the phrase is the X of `change X to Y`."""
    known = language()
    for text in (t.text for t in reversed(heard[:first])):
        if text in known.changes:
            break
        if text in {".", ";", ",", "and", "to", "into", "with", "then", "but"}:
            return False
    else:
        return False
    for text in (t.text for t in heard[last:]):
        if text in {"to", "into"}:
            return True
        if text in {".", ";", ",", "and", "then", "but", "with"}:
            return False
    return False


def _beside(heard: tuple[Token, ...], first: int, beside: frozenset[str]) -> frozenset[int]:
    """The word of `beside` that the phrase is about, in the same clause before it."""
    for token in reversed(heard[:first]):
        if token.text in beside:
            return frozenset({token.word})
        if not token.text.isalpha() or token.text in {"and", "but", "then", "with"}:
            break
    return frozenset()


def _default(make: Callable[..., Op], params: Mapping[str, Any], scaled: str) -> float:
    return float(getattr(make(**params), scaled))


def _degrees(
    heard: tuple[Token, ...], first: int, last: int
) -> Iterator[tuple[float, bool, tuple[int, int], float]]:
    """(factor, is a percentage, tokens it takes, weight): the degree before, and the one after."""
    at = first
    for _ in range(3):
        if found := _degree_ending(heard, at):
            start, factor, percent = found
            yield factor, percent, (start, first), 1.1
            break
        if at and heard[at - 1].text in _BETWEEN:
            at -= 1
        else:
            break
    at = last
    while at < len(heard):
        if found := _degree_starting(heard, at):
            end, factor, percent = found
            if not percent and heard[end - 1].text not in language().trailing:
                return
            yield factor, percent, (last, end), 1.0
            return
        if heard[at].text not in _TRAILING:
            return
        at += 1


def _degree_ending(heard: tuple[Token, ...], end: int) -> tuple[int, float, bool] | None:
    for length in (4, 3, 2, 1):
        start = end - length
        if start >= 0 and (found := _degree_of(heard[start:end])):
            return start, *found
    return None


def _degree_starting(heard: tuple[Token, ...], start: int) -> tuple[int, float, bool] | None:
    for length in (4, 3, 2, 1):
        if start + length <= len(heard) and (found := _degree_of(heard[start : start + length])):
            return start + length, *found
    return None


def _degree_of(said: tuple[Token, ...]) -> tuple[float, bool] | None:
    """`a little` -> (0.5, False); `50%` or `50 percent` -> (0.5, True)."""
    texts = tuple(token.text for token in said)
    if texts in language().degrees:
        return language().degrees[texts], False
    if len(texts) == 2 and texts[1] in {"%", "percent"}:
        texts = (texts[0] + "%",)
    if len(texts) == 1 and texts[0].endswith("%") and texts[0][:-1].isdecimal():
        percent = int(texts[0][:-1])
        return (percent / 100, True) if 0 < percent <= 300 else None
    return None
