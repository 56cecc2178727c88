"""What nobody asks for and somebody must do now and then: forget what is kept for a while only."""

import logging
import time
from collections.abc import Callable

from cutroom import answers, whole
from cutroom.db import Database, now, writing
from cutroom.settings import Settings

EVERY = 3600.0
"""Seconds between two rounds."""

log = logging.getLogger(__name__)


class Upkeep:
    """The housekeeping of one installation; several processes may do it at once."""

    def __init__(self, settings: Settings, engine: Database, *chores: Callable[[], object]) -> None:
        """`chores` belong to every round."""
        self._settings = settings
        self._engine = engine
        self._chores = (self.forget, *chores)

    def forever(self) -> None:
        """One round now, and another every hour; never returns."""
        while True:
            self.round()
            time.sleep(EVERY)

    def round(self) -> None:
        """Do every chore once. What goes wrong is logged, and tried again in the next round."""
        for chore in self._chores:
            try:
                chore()
            except Exception:
                log.exception("upkeep: a chore was not done")

    def forget(self) -> None:
        """Forget first answers and data: URIs that were kept long enough."""
        with writing(self._engine) as tx:
            old = answers.prune(tx, now() - self._settings.idempotency_ttl)
            gone = whole.prune(tx, now() - self._settings.retry_ttl)
        if old or gone:
            log.info("forgot %d first answers and the data: URIs of %d generations", old, gone)
