"""Of readings that overlap, the set that accounts for most words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from cutroom.engines.classical.op import Op, Reading
from cutroom.engines.classical.planner.declined import Declined
from cutroom.engines.classical.planner.keep import Kept

Part: TypeAlias = Reading | Kept | Declined
"""What accounts for words: something to do, to keep, or not to do."""

_EXACT = 14
"""Overlapping parts up to which the best choice is searched for rather than approximated."""
_Score: TypeAlias = tuple[int, int, int, float]


def accounted(part: Part) -> frozenset[int]:
    """The words that need no other part: its own, and those that add nothing beside them."""
    return part.words | part.may if isinstance(part, Reading) else part.words


def choose(found: Iterable[Part]) -> list[Part]:
    """The set without overlaps that accounts for most words, has fewest parts, claims most, weighs most."""
    chosen: list[Part] = []
    for group in _overlapping(_settled(list(found))):
        group.sort(key=lambda p: (len(accounted(p)), len(p.words), p.weight), reverse=True)
        chosen += _greedy(group) if len(group) > _EXACT else _best(group)
    return chosen


def _settled(found: Sequence[Part]) -> list[Part]:
    """The parts, less the company that stands alone and is a word of another op.

    In `colourful leaves falling` it is the leaves that are colourful; in `make it colourful with falling
    leaves` that is a wish of its own.
    """
    claims: dict[int, set[type[Op]]] = {}
    for part in found:
        if isinstance(part, Reading) and len(part.words) == 1:
            claims.setdefault(next(iter(part.words)), set()).add(type(part.op))
    return [_without_wishes(part, claims) if isinstance(part, Reading) else part for part in found]


def _without_wishes(part: Reading, claims: Mapping[int, set[type[Op]]]) -> Reading:
    free = part.may - part.words
    contested = {word for word in free if claims.get(word, set()) - {type(part.op)}}
    sure = accounted(part) - contested
    alone = {word for word in contested if not {word - 1, word + 1} & sure}
    return replace(part, may=part.may - alone) if alone else part


def _overlapping(found: Iterable[Part]) -> list[list[Part]]:
    """Groups that share no word with one another."""
    groups: list[tuple[frozenset[int], list[Part]]] = []
    for part in dict.fromkeys(found):
        joined, words = [part], accounted(part)
        apart = []
        for group_words, members in groups:
            if group_words & words:
                words, joined = words | group_words, members + joined
            else:
                apart.append((group_words, members))
        groups = [*apart, (words, joined)]
    return [members for _, members in groups]


def _greedy(group: list[Part]) -> list[Part]:
    taken: frozenset[int] = frozenset()
    covered: frozenset[int] = frozenset()
    chosen = []
    for part in group:
        if not part.words & taken and part.words - covered:
            chosen.append(part)
            taken |= part.words
            covered |= accounted(part)
    return chosen


def _best(group: Sequence[Part]) -> list[Part]:
    """The best choice by trying all, dropping those that cannot reach the best so far."""
    reach = [frozenset[int]()]
    for part in reversed(group):
        reach.append(reach[-1] | accounted(part))
    reach.reverse()
    best: tuple[_Score, list[Part]] = ((0, 0, 0, 0.0), [])

    def go(at: int, taken: frozenset[int], covered: frozenset[int], chosen: list[Part]) -> None:
        nonlocal best
        score = (len(covered), -len(chosen), len(taken), sum(part.weight for part in chosen))
        if score > best[0]:
            best = (score, chosen)
        if at == len(group) or len(covered | reach[at]) < best[0][0]:
            return
        part = group[at]
        if not part.words & taken:
            go(at + 1, taken | part.words, covered | accounted(part), [*chosen, part])
        go(at + 1, taken, covered, chosen)

    go(0, frozenset(), frozenset(), [])
    return best[1]
