"""How an op that is named by set phrases reads itself: the phrases are data, the grammar is here."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from functools import cache, lru_cache
from typing import Any, ClassVar, TypeAlias, cast

from cutroom.engines.classical.op import Op, Reading
from cutroom.engines.classical.planner.clauses import clauses
from cutroom.engines.classical.planner.degrees import degrees
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.planner.language import Token, language, pieces, tokens
from cutroom.engines.classical.planner.template import spelled, words_of

Phrases: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Phrase, or template of phrases -> the parameters it stands for beyond the op's defaults."""

_ARTICLES = frozenset({"a", "an", "the", "its", "this", "my"})
_MARKS = frozenset({".", ";", ",", "!", "?", ":"})
_FAR = 12
"""Words from a phrase that its company may reach."""
_EXTRA = 3
"""Articles that a phrase may have between two of its words."""
_LIKENESS = frozenset({"like", "as", "with", "lots"})
_LISTED = frozenset({"and", ",", "&", "or"})


class Spoken:
    """What the phrase-read ops share: `read` by their `phrases`, and a plain `say`."""

    __slots__ = ()
    name: ClassVar[str]
    phrases: ClassVar[Phrases]
    scaled: ClassVar[str] = "strength"
    """The field that `slightly`, `very` and `50%` scale; empty: they are not understood."""
    beside: ClassVar[frozenset[str]] = frozenset()
    """Words that may stand apart in the same clause: `make the COLOURS a bit more vivid`."""
    company: ClassVar[str] = ""
    """Words, parted by spaces, that ask for nothing more where they stand by one of the phrases, with
    only glue and each other between: `BIG FLUFFY snowflakes DRIFTING DOWN`. Not the words of other ops."""
    label: ClassVar[str] = ""
    """What `say` calls the op; empty: the name with spaces."""

    @classmethod
    def read(cls, said: Instruction) -> Iterable[Reading]:
        """Every phrase of the op in the instruction, with the degree that goes with it."""
        make = cast("Callable[..., Op]", cls)
        return spoken(
            make, said, cls.phrases, scaled=cls.scaled, beside=cls.beside, company=cls.company
        )

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
    *,
    scaled: str = "strength",
    beside: frozenset[str] = frozenset(),
    company: str = "",
) -> Iterator[Reading]:
    """Readings of `make(**parameters)` wherever one of the phrases is asked for.

    A phrase is not asked for when it is negated (`no snow`), when it names what is in the clip
    already (`make the rain heavier`), or when it is what is to be changed (`turn the rain into …`).
    """
    heard = tokens(said)
    friends = _friends(company)
    for first, last, params in _matches(heard, tuple(phrases), phrases):
        if not _asked(said, first, last) or not _whole_words(heard, first, last, friends):
            continue
        bare = _words(heard, first, last) | _beside(heard, first, beside)
        words = bare | _closest(heard, first, last, friends)
        may = _company(heard, first, last, friends)
        yield Reading(make(**params), words, may=may)
        if words != bare:  # a friend may be the word of another op
            yield Reading(make(**params), bare, 0.9, may)
        for degree in degrees(heard, first, last, friends) if scaled else ():
            value = degree.value
            if not degree.percent:
                value *= float(getattr(make(**params), scaled))
            op = make(**{**params, scaled: round(value, 4)})
            wider = words | _words(heard, degree.first, degree.last)
            yield Reading(op, wider, degree.weight, may)


@cache
def _friends(company: str) -> frozenset[str]:
    return frozenset(p for word in company.split() for p in pieces(word))


@lru_cache(maxsize=1 << 16)
def _beginning(phrases: tuple[str, ...], word: str) -> list[tuple[tuple[str, ...], str]]:
    """The pieces of every phrase that begins with the word, and its template.

    Word by word, as words are said: all phrases are thousands, and a program may read one prompt only.
    """
    return [
        (pieces(phrase), template)
        for template in phrases
        if word in words_of(template)
        for phrase in spelled(template)
        if pieces(phrase.partition(" ")[0])[0] == word
    ]


def _matches(
    heard: tuple[Token, ...], templates: tuple[str, ...], phrases: Phrases
) -> Iterator[tuple[int, int, Mapping[str, Any]]]:
    """Where phrases stand: [first, last) tokens; articles inside may be extra (`boost the contrast`)."""
    for first, token in enumerate(heard):
        for wanted, template in _beginning(templates, token.text):
            if last := _match(heard, first, wanted):
                yield first, last, phrases[template]


def longest(heard: tuple[Token, ...], first: int, phrases: Phrases) -> int:
    """The end of the longest of the phrases that begins at `first`, 0 when none does."""
    if first >= len(heard) or not phrases:
        return 0
    wanted = _beginning(tuple(phrases), heard[first].text)
    return max((_match(heard, first, phrase) for phrase, _ in wanted), default=0)


def _match(heard: tuple[Token, ...], first: int, wanted: tuple[str, ...]) -> int:
    """The end of a phrase that begins at `first`, 0 when it does not stand there."""
    at = first
    for n, piece in enumerate(wanted):
        most = at + _EXTRA if n else at
        while (
            at < min(most, len(heard)) and heard[at].text != piece and heard[at].text in _ARTICLES
        ):
            at += 1
        if at >= len(heard) or heard[at].text != piece:
            return 0
        at += 1
    return at


def _words(heard: tuple[Token, ...], first: int, last: int) -> frozenset[int]:
    return frozenset(token.word for token in heard[first:last])


def _whole_words(heard: tuple[Token, ...], first: int, last: int, friends: frozenset[str]) -> bool:
    """Whether a hyphenated word that the phrase takes part of has nothing else to say."""
    touched = _words(heard, first, last)
    rest = [t.text for i, t in enumerate(heard) if t.word in touched and not first <= i < last]
    return all(text in language().glue or text in friends for text in rest)


def _company(
    heard: tuple[Token, ...], first: int, last: int, friends: frozenset[str]
) -> frozenset[int]:
    """The words around [first, last) that add nothing: friends on both sides, praise before."""
    praised = friends | language().praise
    before, after = _ways(heard, first, last)
    return _walk(heard, before, praised) | _walk(heard, after, friends)


def _ways(heard: tuple[Token, ...], first: int, last: int) -> tuple[range, range]:
    """The tokens near [first, last): those before, nearest first, and those after."""
    before = range(first - 1, max(-1, first - 1 - _FAR), -1)
    return before, range(last, min(len(heard), last + _FAR))


def _closest(
    heard: tuple[Token, ...], first: int, last: int, friends: frozenset[str]
) -> frozenset[int]:
    """The friends with nothing between them and [first, last): `LITTLE GLOWING fireflies`."""
    found = set()
    for way in _ways(heard, first, last):
        for at in way:
            if heard[at].text not in friends:
                break
            found.add(heard[at].word)
    return frozenset(found)


def _walk(heard: tuple[Token, ...], way: range, friends: frozenset[str]) -> frozenset[int]:
    """The words of `friends` on the way until something else is said."""
    known = language()
    found: set[int] = set()
    amount: set[int] = set()  # `lots of` before a friend, taken where the friend is reached
    for at in way:
        text = heard[at].text
        if text in friends:
            found |= {heard[at].word} | amount
            amount = set()
        elif text in _LISTED:
            beyond = at + way.step
            if beyond not in way or heard[beyond].text not in friends | _LIKENESS:
                break
        elif text in _MARKS or text not in known.glue | known.scaling:
            break
        elif way.step > 0 and text in known.scaling:
            amount.add(heard[at].word)
    return frozenset(found)


def _asked(said: Instruction, first: int, last: int) -> bool:
    known, heard = language(), tokens(said)
    its = clauses(said)
    clause = [
        token.text
        for token, number in zip(reversed(heard[:first]), reversed(its[:first]), strict=True)
        if number == its[first]
    ]
    near = clause[: clause.index("and")] if "and" in clause else clause
    if known.negations & set(clause) or known.removals & set(near):
        return False
    if _to_be_changed(heard, first, last):
        return False
    if clause and clause[0] in known.definite and heard[first].text not in known.qualities:
        after = heard[last].text if last < len(heard) else ""
        wished = len(clause) > 1 and clause[1] in known.places
        if clause[0] == "that":  # `give it THAT old film look`
            wished = bool({"give", "with", "want", "get", "has"} & set(clause))
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
