"""What those hear who listen: the events of an audience, and how far generations are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cutroom import deliveries, events, underway
from cutroom.db import Database, reading, writing
from cutroom.errors import Forbidden
from cutroom.events import Audience, Event
from cutroom.settings import Settings
from cutroom.types import Caller
from cutroom.underway import Progress


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a stream begins."""

    cursor: int
    """The events past this number are told."""
    gap: str | None = None
    """Why events may be missing before that, None when none are: `expired` or `unknown`."""


class Events:
    """The events of one installation."""

    def __init__(self, settings: Settings, engine: Database) -> None:
        self._settings = settings
        self._engine = engine

    def audience(self, caller: Caller, namespace: str | None = None) -> Audience:
        """Whose events a caller hears: its own, or all of a namespace it may act for.

        Raises Forbidden for a stranger's.
        """
        if namespace is not None and namespace not in caller.namespaces:
            raise Forbidden("Your key may not listen to that namespace.")
        return Audience(caller.namespace, namespace, caller.namespaces)

    def last(self) -> int:
        """The number of the last event there was; 0 before the first."""
        with reading(self._engine) as tx:
            return events.ends(tx)[1]

    def news(self, seq: int) -> tuple[Sequence[Event], Sequence[Progress]]:
        """Everybody's events past a number, and how far the generations are that none of them ended."""
        with reading(self._engine) as tx:
            happened = events.after(tx, seq)
            # In this order: what ends between the two is not told as under way after its end.
            return happened, underway.everything(tx)

    def opening(self, audience: Audience, last_id: str | None, until: int) -> Opening:
        """Where the stream of somebody begins who has seen `last_id`; numbers past `until` come live.

        Without `last_id` it begins shortly before now: a generation that ends while its caller is
        still connecting is not missed.
        """
        with reading(self._engine) as tx:
            if not last_id:
                seconds = self._settings.events_replay
                return Opening(events.before_recent(tx, audience, seconds, until))
            first, last = events.ends(tx)
        if not re.fullmatch(r"[0-9]{1,18}", last_id, re.ASCII) or int(last_id) > last:
            return Opening(until, "unknown")
        if int(last_id) < first - 1:
            return Opening(until, "expired")
        return Opening(int(last_id))

    def between(self, audience: Audience, seq: int, until: int) -> Sequence[Event]:
        """The first events for an audience past one number, up to and with another; empty at the end."""
        if seq >= until:
            return ()
        with reading(self._engine) as tx:
            return events.between(tx, audience, seq, until)

    def prune(self) -> int:
        """Forget events and messages to webhooks older than the settings keep; how many events."""
        with writing(self._engine) as tx:
            deliveries.prune(tx, self._settings.events_kept)
            return events.prune(tx, self._settings.events_kept)
