"""What came of an attack: one line of the report each."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

MOST = 5
"""Things that got through that one line names; the rest is counted."""
LONGEST = 300
"""Letters that are told of each."""


class Outcome(StrEnum):
    """How a guard stood."""

    HOLDS = "holds"
    FAILS = "fails"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one guard stood, and against what."""

    attack: str
    guard: str
    outcome: Outcome
    says: str
    tried: int = 0
    """Things that were tried against it."""


def judged(attack: str, guard: str, tried: int, through: Sequence[str], what: str) -> Verdict:
    """The verdict on a guard against which `tried` things, called `what`, were tried.

    `through` says of each that got through what it was. A guard against which nothing was tried
    does not hold: an attack that lost its corpus must not look like a success.
    """
    if not tried:
        return Verdict(attack, guard, Outcome.FAILS, f"nothing was tried: no {what}")
    if not through:
        return Verdict(attack, guard, Outcome.HOLDS, f"{tried} {what}", tried)
    named = "; ".join(one[:LONGEST] for one in through[:MOST])
    more = f"; and {len(through) - MOST} more" if len(through) > MOST else ""
    says = f"{len(through)} of {tried} {what} got through: {named}{more}"
    return Verdict(attack, guard, Outcome.FAILS, says, tried)


def skipped(attack: str, guard: str, why: str) -> Verdict:
    """The verdict on a guard that could not be tried."""
    return Verdict(attack, guard, Outcome.SKIPPED, why)
