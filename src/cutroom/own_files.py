"""The files of this installation that a generation may read: uploads and earlier results."""

from collections.abc import Iterator

from cutroom import accounts
from cutroom.db import Database, reading
from cutroom.errors import NotFound
from cutroom.signatures import Signatures
from cutroom.storage import File, Storage, owner
from cutroom.types import Generation
from cutroom.urls import OwnFile


class OwnFiles:
    """Finds files on behalf of generations."""

    def __init__(self, engine: Database, storage: Storage, signatures: Signatures) -> None:
        self._engine = engine
        self._storage = storage
        self._signatures = signatures

    def __call__(self, generation: Generation, file: OwnFile) -> Iterator[bytes]:
        """The file's bytes; see `find`."""
        return self._storage.read(self.find(generation, file))

    def find(self, generation: Generation, file: OwnFile) -> File:
        """The file: for whoever asks with a good signature, and for its owner.

        An owner's signature may have expired while the generation waited. Raises Forbidden for a
        stranger's signature that does not hold, NotFound for a stranger without.
        """
        if not self._owns(generation, file.key):
            if "oxen_signature=" not in file.query:
                raise NotFound
            self._signatures.verify(file.path, "GET", file.query)
        return self._storage.find(file.key)

    def in_bucket(self, generation: Generation, url: str) -> OwnFile | None:
        """The generation's owner's own file that a URL of the bucket itself names.

        None for any other: a stranger's is fetched from the bucket, which looks at the signature.
        """
        key = self._storage.key_of(url)
        if key is None or not self._owns(generation, key):
            return None
        return OwnFile(key, "", "")

    def _owns(self, generation: Generation, key: str) -> bool:
        with reading(self._engine) as tx:
            asker = accounts.caller(tx, generation.user)
        return owner(key) in asker.namespaces | {generation.namespace}
