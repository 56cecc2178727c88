"""Results and uploads: who may write and remove them, and URLs that open them for a while."""

import logging
from collections.abc import Iterator
from urllib.parse import quote

from cutroom.errors import Forbidden, InvalidParams, NotFound
from cutroom.settings import Settings
from cutroom.signatures import Signatures
from cutroom.storage import File, Storage, owner
from cutroom.types import Caller

log = logging.getLogger(__name__)


class Files:
    """The files of one installation. A key is `namespace/repository/path`."""

    def __init__(self, settings: Settings, storage: Storage, signatures: Signatures) -> None:
        """Raises InvalidParams where a storage shall sign that cannot."""
        self._storage = storage
        self._signatures = signatures
        self._store_signs = settings.sign_by == "store"
        self._ttl = settings.url_ttl
        if self._store_signs and storage.local:
            raise InvalidParams(
                "CUTROOM_SIGN_BY=store needs a bucket, and the storage is a folder."
            )

    def find(self, key: str) -> File:
        """A stored file. Raises NotFound."""
        return self._storage.find(key)

    def read(self, file: File, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Bytes [start, end) of a file as it was found. Raises Replaced, NotFound."""
        return self._storage.read(file, start, end)

    def put(self, caller: Caller, key: str, chunks: Iterator[bytes]) -> int:
        """Keep a caller's own file; returns its bytes. Raises Forbidden."""
        if owner(key) not in caller.namespaces:
            raise Forbidden("Your key may not write in that namespace.")
        return self._storage.put_stream(key, chunks)

    def delete(self, caller: Caller, key: str) -> None:
        """Remove a caller's own file. Raises NotFound, for strangers' too.

        A generation that still waits to read it then fails, and costs nothing.
        """
        if owner(key) not in caller.namespaces or not self._storage.delete(key):
            raise NotFound

    def url(self, key: str, base_url: str, *, ours: bool = False) -> str:
        """A freshly signed URL of a file, whether it is there or not.

        The bucket's own where the settings say so, and with `ours` this server's in any case. Raises
        Unreachable where the bucket's keys cannot be had.
        """
        if self._store_signs and not ours:
            return self._storage.sign(key, self._ttl)
        namespace, repository, path = key.split("/", 2)
        place = f"/api/repos/{namespace}/{repository}/file/main/{path}"
        return f"{base_url.rstrip('/')}{quote(place)}?{self.sign(place)}"

    def sign(self, path: str, method: str = "GET") -> str:
        """The query that makes `path` (decoded, e.g. /api/repos/a/b/file/main/c.mp4) good for a while."""
        return self._signatures.sign(path, method)

    def verify(self, path: str, method: str, query: str) -> None:
        """Let a request with a signed query pass. Raises Forbidden."""
        self._signatures.verify(path, method, query)

    def tidy(self) -> None:
        """Remove what killed processes left in the storage; may take a while."""
        if removed := self._storage.tidy():
            log.info("removed %s unfinished files from the storage", removed)
