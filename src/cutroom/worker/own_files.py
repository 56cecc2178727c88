"""The files of this installation that a generation may read: uploads and earlier results."""

from collections.abc import Iterator

from cutroom import accounts
from cutroom.db import Database, reading
from cutroom.errors import NotFound
from cutroom.storage import Storage
from cutroom.types import Generation
from cutroom.urls import OwnFile


class OwnFiles:
    """Reads files on behalf of generations."""

    def __init__(self, engine: Database, storage: Storage) -> None:
        self._engine = engine
        self._storage = storage

    def __call__(self, generation: Generation, file: OwnFile) -> Iterator[bytes]:
        """The file's bytes.

        Raises NotFound for what is in none of the asker's namespaces, Forbidden for a signature
        that does not hold.
        """
        if "oxen_signature=" in file.query:
            self._storage.verify(file.path, "GET", file.query)
            return self._storage.open(file.key)
        with reading(self._engine) as tx:
            asker = accounts.caller(tx, generation.user)
        if file.key.partition("/")[0] not in asker.namespaces | {generation.namespace}:
            raise NotFound
        return self._storage.open(file.key)
