"""The life of a generation: each step is one transaction over its row and its money.

    queued -> processing -> succeeded | failed | cancelled

Every step may raise Unreachable, and may then simply be taken again. The row is the truth. Durable
workflows only see to it that somebody always works on it, so every step here says what happened if
another was first, and none of them can happen twice. The step that ends a generation writes down its
event as well, and the messages to those who want to be told: there is one for each end.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from cutroom import (
    admission,
    answers,
    deliveries,
    events,
    generations,
    inputs,
    ledger,
    points,
    previews,
    segments,
    spending,
    whole,
)
from cutroom.answers import Once
from cutroom.db import reading, writing
from cutroom.errors import EngineFailed, InvalidParams
from cutroom.generations import Claim, Draft, Outcome
from cutroom.types import Generation, Status
from cutroom.urls import is_shortened


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a request came to."""

    generations: Sequence[Generation]
    replayed: bool = False
    """Whether they are those of an earlier request with the same Idempotency-Key."""
    ended: bool = False
    """Whether the one that was retried was open until now."""


class Life:
    """What can happen to generations in one database."""

    def __init__(
        self, engine: sa.Engine, max_attempts: int, moved: Callable[[], object] = lambda: None
    ) -> None:
        """`moved` is called after the commit of each step that fills the line or makes room in it."""
        self._engine = engine
        self._max_attempts = max_attempts
        self._moved = moved

    def submit(self, drafts: Sequence[Draft], once: Once | None = None) -> Accepted:
        """Rows and holds of one request's drafts, or of none; each has its durable workflow from when it is admitted.

        Of none either where a request of the same key was first; then the answer is its own.
        Raises InsufficientCredits, KeyReused.
        """
        with writing(self._engine) as tx:
            if (before := first(tx, once, drafts)) is not None:
                return before
            accepted = Accepted(self._accept(tx, drafts))
        self._moved()
        return accepted

    def replay(self, once: Once) -> Accepted | None:
        """What the first request of that key was answered with. Raises KeyReused."""
        with reading(self._engine) as tx:
            ids = answers.find(tx, once)
            return None if ids is None else told(tx, ids)

    def retry(self, generation_id: str, draft: Draft, once: Once | None = None) -> Accepted:
        """End a generation unless it is final, and begin another of the same request: both or neither.

        Raises InvalidParams for one that succeeded or whose data: URIs are gone, InsufficientCredits,
        KeyReused.
        """
        with writing(self._engine) as tx:
            if (before := first(tx, once, [draft])) is not None:
                return before
            events.in_order(tx)
            ended = self._settle(tx, generations.cancel(tx, generation_id))
            source = generations.get(tx, generation_id)
            if source.status is Status.SUCCEEDED:
                raise InvalidParams(
                    "A generation that succeeded cannot be retried; ask for it anew"
                )
            if (cut := is_shortened(source.params)) and not whole.is_kept(tx, source.id):
                raise InvalidParams(
                    "The data: URIs of this generation are not kept any more, or went to its last retry;"
                    " retry that, or send the request anew"
                )
            accepted = self._accept(tx, [draft])
            if cut:
                whole.move(tx, source.id, draft.id)
        self._moved()
        return Accepted(accepted, ended=ended)

    def get(self, generation_id: str) -> Generation:
        """One generation. Raises NotFound."""
        with reading(self._engine) as tx:
            return generations.get(tx, generation_id)

    def request(self, generation_id: str) -> Mapping[str, Any]:
        """What was asked for, nothing cut, while it is not final. Raises NotFound."""
        with reading(self._engine) as tx:
            return generations.request(tx, generation_id)

    def take(self, generation_id: str, worker: str) -> Claim | None:
        """The claim on a generation; None when somebody else holds it or it is final."""
        with writing(self._engine) as tx:
            claim = generations.take(tx, generation_id, worker)
        if claim is not None:
            self._moved()
        return claim

    def claim_of(self, generation_id: str, worker: str) -> Claim | None:
        """The claim by which a worker holds a generation; None when it does not."""
        with reading(self._engine) as tx:
            return generations.claim_of(tx, generation_id, worker)

    def holds(self, claim: Claim) -> bool:
        """Whether the claim still stands."""
        with reading(self._engine) as tx:
            return generations.holds(tx, claim)

    def progress(self, claim: Claim, done: float) -> bool:
        """Note progress (0..1); whether the claim still stands."""
        with writing(self._engine) as tx:
            return generations.progress(tx, claim, done)

    def preview(self, claim: Claim, image: bytes) -> bool:
        """Let a frame of the result, a JPEG, be seen until the end; whether the claim still stands."""
        with writing(self._engine) as tx:
            if not generations.holds(tx, claim, still=True):
                return False
            previews.put(tx, claim.id, image)
            return True

    def finish(self, claim: Claim, outcome: Outcome) -> bool:
        """Give the final status and settle; whether this was what ended the generation."""
        with writing(self._engine) as tx:
            events.in_order(tx)
            charge = 0
            if outcome.status is Status.SUCCEEDED:
                row = generations.get(tx, claim.id)
                charge = ledger.cost(outcome.seconds or 0.0, row.price, row.hold)
            cost = charge if outcome.status is Status.SUCCEEDED else None
            first = self._settle(tx, generations.finish(tx, claim, outcome, cost), charge)
        self._moved()
        return first

    def cancel(self, generation_id: str) -> bool:
        """Cancel and release the hold; whether this was what ended the generation."""
        with writing(self._engine) as tx:
            events.in_order(tx)
            first = self._settle(tx, generations.cancel(tx, generation_id))
        self._moved()
        return first

    def refuse(
        self, which: Callable[[sa.Connection], Sequence[str]], outcome: Outcome
    ) -> Sequence[str]:
        """Fail generations that cannot be begun, whoever has taken them, and release their holds.

        `which` tells them in the same transaction; returns what it told.
        """
        with writing(self._engine) as tx:
            events.in_order(tx)
            refused = which(tx)
            for generation_id in refused:
                self._settle(tx, generations.refuse(tx, generation_id, outcome))
        self._moved()
        return refused

    def lose(self, tx: sa.Connection, holder: str | Claim, why: str = "") -> Sequence[str]:
        """Take away what a worker held, or one claim, because the process died.

        What was lost too often fails with a reason. Returns the ids that wait to be taken again.
        """
        events.in_order(tx)
        if isinstance(holder, str):
            segments.leave(tx, holder)
        again = []
        for lost_id, lost in generations.lose(tx, holder).items():
            if lost < self._max_attempts:
                again.append(lost_id)
                continue
            ended = generations.give_up(tx, lost_id, gave_up(lost, why))
            self._settle(tx, ended)
        return again

    def lose_attempt(self, claim: Claim, why: str) -> None:
        """Give up a claim because the engine's process died; a last time, fail the generation."""
        with writing(self._engine) as tx:
            self.lose(tx, claim, why)
        self._moved()

    def give_back(self, worker: str) -> Sequence[str]:
        """Let go of what a worker holds, for later; counts as no attempt lost. Returns the ids."""
        with writing(self._engine) as tx:
            segments.leave(tx, worker)
            back = generations.give_back(tx, worker)
        self._moved()
        return back

    @staticmethod
    def _accept(tx: sa.Connection, drafts: Sequence[Draft]) -> Sequence[Generation]:
        payer, accepted = drafts[0], []
        most = sum(draft.hold for draft in drafts)
        spending.admit(tx, payer.namespace, payer.key_id, most)
        for draft in drafts:
            generation = generations.add(tx, draft)
            ledger.hold(tx, draft.namespace, draft.hold, draft.id)
            accepted.append(generation)
        inputs.add(tx, payer.id, payer.inputs)  # all drafts of a request want the same files
        return accepted

    def _settle(self, tx: sa.Connection, ended: Generation | None, charge: int = 0) -> bool:
        if ended is None:
            return False
        ledger.settle(tx, ended.namespace, ended.id, held=ended.hold, charge=charge)
        admission.settle(tx, ended)
        points.reach("settling")
        event = events.add(tx, ended)
        deliveries.tell_all(tx, event.namespace, event.name, event.generation, event.message())
        return True


def first(tx: sa.Connection, once: Once | None, drafts: Sequence[Draft]) -> Accepted | None:
    """What the first request of that key came to; None when that is this one, or it has no key."""
    if once is None:
        return None
    mine = [draft.id for draft in drafts]
    ids = answers.give(tx, once, mine)
    return None if ids == mine else told(tx, ids)


def told(tx: sa.Connection, ids: Sequence[str]) -> Accepted:
    """The generations of an earlier answer, as they are now."""
    return Accepted([generations.get(tx, one) for one in ids], replayed=True)


def gave_up(lost: int, why: str = "") -> Outcome:
    """The end of a generation that takes its process down every time."""
    times = "1 attempt" if lost == 1 else f"{lost} attempts"
    reason = why or "its worker died each time"
    return Outcome(Status.FAILED, EngineFailed.kind, f"Gave up after {times}: {reason}.")
