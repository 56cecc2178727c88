"""Whose turn it is in a pool: the policy alone, without a database and without a clock on the wall.

Start-time fair queueing (Goyal, Vin and Cheng, 1996). Every namespace has a reading, `served`: the
seconds of work it was given, divided by its weight. Its next generation starts at that reading, or
at the pool's clock where that is ahead, and whoever starts first is next. The pool's clock shows the
start of the last one that was admitted. So a namespace that was away has neither saved anything up
nor anything to make good, and a thousand that wait in one delay no other's first.

Within a namespace the lower priority number goes first, then the earlier arrival. What a limit
holds back is passed over, and holds back nothing behind it.

The gate of a real installation and the simulation in `benchmarks/scheduling.py` run this same code.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from heapq import heapify, heappop, heappush

PRIORITIES: Mapping[str, int] = {"high": -1, "normal": 0, "low": 1}
"""The words of a request, and what they come to; the lower goes first."""
LEAST = 0.05
"""Seconds that a generation counts for at least: its namespace must get ahead by something."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A generation that is not admitted yet."""

    seq: int
    """The order of arrival."""
    id: str
    namespace: str
    model: str
    priority: int = 0
    cost: float = 1.0
    """Seconds of work that it is expected to be."""

    @property
    def turn(self) -> tuple[int, int]:
        """What its namespace sorts by."""
        return (self.priority, self.seq)

    def costing(self, seconds: float) -> "Waiting":
        """The same, expected to be so many seconds of work."""
        return replace(self, cost=seconds)


@dataclass(slots=True)
class Share:
    """What a namespace got of a pool."""

    served: float = 0.0
    """Seconds of work divided by its weight, on the pool's clock."""
    weight: float = 1.0
    running: int = 0
    """Its generations that are worked on or admitted, in any pool."""
    limit: int | None = None
    """How many of them there may be; None: any number."""


@dataclass(slots=True)
class Turns:
    """A pool as the policy sees it. `admit` changes it."""

    clock: float = 0.0
    shares: dict[str, Share] = field(default_factory=dict)
    running: dict[str, int] = field(default_factory=dict)
    """Model -> its generations that are worked on or admitted."""
    limits: Mapping[str, int] = field(default_factory=dict)
    """Model -> how many of them there may be; not named: any number."""

    def share(self, namespace: str) -> Share:
        """The namespace's, made if need be."""
        return self.shares.setdefault(namespace, Share())

    def start(self, namespace: str) -> float:
        """Where on the clock its next generation starts."""
        return max(self.clock, self.share(namespace).served)

    def held_back(self, one: Waiting) -> bool:
        """Whether a limit holds it back now."""
        share = self.share(one.namespace)
        most = self.limits.get(one.model)
        return (share.limit is not None and share.running >= share.limit) or (
            most is not None and self.running.get(one.model, 0) >= most
        )

    def next(self, heads: Iterable[Waiting]) -> Waiting | None:
        """Whose turn it is among those that wait; None where limits hold all of them back.

        `heads` need only be the first of each model of each namespace.
        """
        first: dict[str, Waiting] = {}
        for one in heads:
            if self.held_back(one):
                continue
            best = first.get(one.namespace)
            if best is None or one.turn < best.turn:
                first[one.namespace] = one
        return min(
            first.values(), key=lambda one: (self.start(one.namespace), one.seq), default=None
        )

    def admit(self, one: Waiting) -> None:
        """Count it as begun, for as long as it is expected to take."""
        share = self.share(one.namespace)
        self.clock = self.start(one.namespace)
        share.served = self.clock + max(one.cost, LEAST) / share.weight
        share.running += 1
        self.running[one.model] = self.running.get(one.model, 0) + 1

    def copy(self) -> "Turns":
        """Another one in the same state."""
        shares = {name: replace(share) for name, share in self.shares.items()}
        return Turns(self.clock, shares, dict(self.running), self.limits)


def corrected(served: float, expected: float, took: float, weight: float) -> float:
    """What a namespace was served once it is known how long one took that was expected to take so long.

    Only so do shares come to be of the workers' time, however wrong what was expected.
    """
    return served + (max(took, 0.0) - max(expected, LEAST)) / weight


def order(turns: Turns, waiting: Iterable[Waiting]) -> Iterator[Waiting]:
    """All that wait in the order in which they would be admitted if no other came and none ended.

    What limits hold back comes last, in the order it would have without them. `turns` is left as it is.
    """
    turns = turns.copy()
    behind: list[Waiting] = []
    yield from _merge(turns, waiting, behind)
    for share in turns.shares.values():
        share.limit = None
    turns.limits = {}
    yield from _merge(turns, behind, [])


def _merge(turns: Turns, waiting: Iterable[Waiting], behind: list[Waiting]) -> Iterator[Waiting]:
    """As `next` and `admit` in turns, with one look at each; what is held back is put `behind`."""
    lines: dict[str, list[Waiting]] = {}
    for one in waiting:
        lines.setdefault(one.namespace, []).append(one)
    for line in lines.values():
        line.sort(key=lambda one: one.turn, reverse=True)

    def head(namespace: str) -> list[tuple[float, int, Waiting]]:
        line = lines[namespace]
        while line:
            one = line.pop()
            if not turns.held_back(one):
                return [(turns.start(namespace), one.seq, one)]
            behind.append(one)
        return []

    heap = [entry for namespace in lines for entry in head(namespace)]
    heapify(heap)
    while heap:
        _, _, one = heappop(heap)
        turns.admit(one)
        yield one
        for entry in head(one.namespace):
            heappush(heap, entry)
        if one.model in turns.limits and turns.running[one.model] >= turns.limits[one.model]:
            # That was the last place of its model: the others' heads of it make way for their next.
            full = [entry[2] for entry in heap if entry[2].model == one.model]
            behind += full
            heap = [entry for entry in heap if entry[2].model != one.model]
            heap += [entry for other in full for entry in head(other.namespace)]
            heapify(heap)
