"""Where finished parts of long results lie until the whole is there: in the storage, for every worker to find.

A storage that is a folder is worked in at once, and nothing is copied. From a bucket parts are fetched, and to it they
are put, by way of a folder of this machine.
"""

import logging
import secrets
import shutil
from pathlib import Path

from cutroom import generations, segments
from cutroom.db import Database, reading, writing
from cutroom.errors import CutroomError, NotFound
from cutroom.settings import Settings
from cutroom.storage import PARTS, Storage

log = logging.getLogger(__name__)


class Depot:
    """The parts of all generations of one installation."""

    def __init__(self, settings: Settings, engine: Database, storage: Storage) -> None:
        self._engine = engine
        self._storage = storage
        self._local = settings.data_dir.absolute() / "parts"

    @property
    def immediate(self) -> bool:
        """Whether a part is in the storage as soon as it lies in its folder."""
        return self._storage.local

    def folder(self, generation: str) -> Path:
        """Where this machine has the parts of a generation, those of each mark in a folder below."""
        return self._storage.path(f"{PARTS}/{generation}") or self._local / generation

    def key(self, generation: str, mark: str, name: str) -> str:
        """The key of a part."""
        return f"{PARTS}/{generation}/{mark}/{name}"

    def put(self, key: str, path: Path) -> None:
        """Have every worker find a part that lies at `path`, below `folder`. Raises Unreachable."""
        if not self.immediate:
            self._storage.put_file(key, path)

    def fetch(self, key: str, path: Path) -> None:
        """Have the part lie at `path`. Raises NotFound, Unreachable."""
        if self.immediate:
            raise NotFound  # it would be there already
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{secrets.token_hex(4)}-{path.name}")
        try:
            with draft.open("wb") as file:
                for chunk in self._storage.open(key):
                    file.write(chunk)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)

    def forget(self, generation: str) -> None:
        """Remove all parts of a generation that is over. What cannot be done now is done by `tidy`."""
        with reading(self._engine) as tx:
            planned = segments.planned(tx, generation)
        shutil.rmtree(self._local / generation, ignore_errors=True)
        try:
            if planned or self.immediate:  # an engine may have kept there what nobody else knows of
                self._remove(f"{PARTS}/{generation}")
        except CutroomError:
            log.warning("parts of %s could not be removed now", generation)
            return
        if not planned:
            return
        with writing(self._engine) as tx:
            segments.forget(tx, generation)

    def tidy(self) -> int:
        """Remove parts of generations that nobody will work on any more; returns of how many."""
        with reading(self._engine) as tx:
            found = set(segments.left(tx))
        folders, _ = self._storage.contents(PARTS)
        over = [one for one in found | set(folders) if self._over(one)]
        for generation in over:
            self._remove(f"{PARTS}/{generation}")
            with writing(self._engine) as tx:
                segments.forget(tx, generation)
        return len(over) + self.sweep()

    def sweep(self) -> int:
        """As `tidy`, for what this machine alone has."""
        over = [folder for folder in self._local.glob("*") if self._over(folder.name)]
        for folder in over:
            shutil.rmtree(folder, ignore_errors=True)
        return len(over)

    def _over(self, generation: str) -> bool:
        try:
            with reading(self._engine) as tx:
                return generations.get(tx, generation).status.final
        except NotFound:
            return True

    def _remove(self, folder: str) -> None:
        """Remove a folder of the storage with all below it. Raises Unreachable."""
        if (path := self._storage.path(folder)) is not None:
            shutil.rmtree(path, ignore_errors=True)
        else:
            self._storage.delete_all(folder)
