"""The files of this installation that a generation may read: uploads and earlier results."""

from collections.abc import Iterator

from cutroom import accounts
from cutroom.db import Database, reading
from cutroom.errors import NotFound
from cutroom.signatures import Signatures
from cutroom.storage import Storage
from cutroom.types import Generation
from cutroom.urls import OwnFile


class OwnFiles:
    """Reads files on behalf of generations."""

    def __init__(self, engine: Database, storage: Storage, signatures: Signatures) -> None:
        self._engine = engine
        self._storage = storage
        self._signatures = signatures

    def __call__(self, generation: Generation, file: OwnFile) -> Iterator[bytes]:
        """The file's bytes: for whoever asks with a good signature, and for its owner.

        An owner's signature may have expired while the generation waited. Raises Forbidden for a
        stranger's signature that does not hold, NotFound for a stranger without.
        """
        if not self._owns(generation, file):
            if "oxen_signature=" not in file.query:
                raise NotFound
            self._signatures.verify(file.path, "GET", file.query)
        return self._storage.open(file.key)

    def _owns(self, generation: Generation, file: OwnFile) -> bool:
        with reading(self._engine) as tx:
            asker = accounts.caller(tx, generation.user)
        return file.key.partition("/")[0] in asker.namespaces | {generation.namespace}
