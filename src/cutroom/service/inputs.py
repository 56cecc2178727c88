"""Inputs of generations: copied soon after the request, and removed once nobody can need them."""

import logging
import shutil
import time
from collections.abc import Callable
from contextlib import suppress

from cutroom import inputs
from cutroom.catalog import Catalog
from cutroom.collector import Collector
from cutroom.db import Database, now, reading, writing
from cutroom.generations import Outcome
from cutroom.inputs import Input
from cutroom.life import Life
from cutroom.own_files import OwnFiles
from cutroom.settings import Settings
from cutroom.storage import ABANDONED, INPUTS, Storage, input_folder

log = logging.getLogger(__name__)


class Inputs:
    """The inputs of one installation."""

    def __init__(
        self,
        settings: Settings,
        engine: Database,
        storage: Storage,
        *,
        catalog: Catalog,
        own_files: OwnFiles,
        life: Life,
        take_out: Callable[[str], None],
    ) -> None:
        """`take_out` takes a generation that is final out of the queue."""
        self._settings = settings
        self._engine = engine
        self._storage = storage
        self._life = life
        self._take_out = take_out
        self.collector = Collector(
            settings,
            engine,
            storage,
            catalog,
            own_files=own_files,
            fail=self.fail,
            forget=self.forget,
        )
        """What copies them; a server starts it."""

    def fail(self, mine: Input, outcome: Outcome) -> None:
        """End the generations that wanted an input that cannot be had: they cost nothing."""
        error = outcome.error_message or ""
        for generation_id in self._life.refuse(lambda tx: inputs.fail(tx, mine, error), outcome):
            self._take_out(generation_id)

    def forget(self) -> int:
        """Remove the inputs of generations that are over; returns of how many batches."""
        with reading(self._engine) as tx:
            spent = inputs.spent(tx, now() - self._settings.input_ttl)
        for generation_id in spent:
            # First the files: should this process die now, the rows are still there to say so.
            self._storage.delete_all(input_folder(generation_id))
            with writing(self._engine) as tx:
                inputs.forget(tx, generation_id)
        return len(spent)

    def tidy(self) -> None:
        """Remove what servers left that were killed: inputs that no row knows, and what they had half fetched."""
        too_old = time.time() - ABANDONED
        folders, _ = self._storage.contents(INPUTS)
        with reading(self._engine) as tx:
            strange = set(folders) - inputs.known(tx, folders)
        for folder in strange:
            _, files = self._storage.contents(input_folder(folder))
            if all(one.modified.timestamp() < too_old for one in files):
                self._storage.delete_all(input_folder(folder))
                log.info("removed inputs that nobody knows")
        for left in (self._settings.data_dir / "fetching").glob("*"):
            with suppress(OSError):
                if left.stat().st_mtime < too_old:
                    shutil.rmtree(left)
