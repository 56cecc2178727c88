"""The inputs of a generation as a worker gets at them: those that the servers copied, and when to wait for one."""

from collections.abc import Callable, Iterator
from time import sleep

from cutroom import inputs
from cutroom.db import Database, reading
from cutroom.errors import Cancelled, NotFound
from cutroom.inputs import State
from cutroom.settings import Settings
from cutroom.storage import Storage
from cutroom.types import Generation


class Inputs:
    """Inputs that were copied into the storage."""

    def __init__(self, settings: Settings, engine: Database, storage: Storage) -> None:
        self._settings = settings
        self._engine = engine
        self._storage = storage

    def of(
        self, generation: Generation, alive: Callable[[], None]
    ) -> Callable[[str], Iterator[bytes] | None]:
        """What gives the bytes of a URL of this generation; it returns None where the worker is to bring them.

        It waits for a server that is at it, and calls `alive` meanwhile, which raises to stop.
        """

        def kept(url: str) -> Iterator[bytes] | None:
            while True:
                with reading(self._engine) as tx:
                    found = inputs.find(tx, generation, url)
                if found is None:
                    return None
                if found.state is State.KEPT:
                    try:
                        return self._storage.open(found.key or "")
                    except NotFound:
                        return None
                if found.state is State.FAILED:
                    raise Cancelled  # it has ended, and so has the generation
                if not found.busy and self._settings.worker_fetches:
                    return None
                alive()
                sleep(min(self._settings.poll_interval, 0.2))

        return kept
