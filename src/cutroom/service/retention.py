"""How long results are kept: for ever, unless the operator says for how many seconds."""

import logging

from cutroom import generations
from cutroom.db import Database, now, reading, writing
from cutroom.settings import Settings
from cutroom.storage import Storage

RECENT = 7200
"""Seconds after the end of a generation in which it is looked at: two rounds of upkeep."""

log = logging.getLogger(__name__)


class Retention:
    """Deletes results that are older than the settings want them to become."""

    def __init__(self, settings: Settings, engine: Database, storage: Storage) -> None:
        self._settings = settings
        self._engine = engine
        self._storage = storage

    def sweep(self) -> int:
        """Delete what attempts left in the storage that came to nothing; returns how many files.

        The worker does so too, where it may; one that died cannot.
        """
        with reading(self._engine) as tx:
            ended = generations.troubled(tx, now() - RECENT)
        keys = [
            key
            for one in ended
            for key in map(one.key, range(1, one.attempts + 1))
            if key != one.result_key
        ]
        return sum(map(self._storage.delete, keys))

    def enforce(self) -> int:
        """Delete what is too old; returns how many. Their rows stay, and say so as of any deleted result."""
        if not self._settings.result_ttl:
            return 0
        gone = 0
        while True:
            with reading(self._engine) as tx:
                old = generations.older(tx, now() - self._settings.result_ttl)
            for generation_id, key in old:
                # First the file: should this process die now, the row still says that it was to go.
                self._storage.delete(key)
                with writing(self._engine) as tx:
                    generations.delete(tx, generation_id)
            gone += len(old)
            if not old:
                if gone:
                    log.info("deleted %d results that were too old", gone)
                return gone
