"""The files of one installation: put whole or not at all, read in pieces, listed, signed, deleted."""

import mmap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import cached_property
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import LocalStore, MemoryStore

from cutroom import points
from cutroom.errors import InvalidParams, NotFound, Unreachable
from cutroom.settings import Settings
from cutroom.storage import leftovers, store
from cutroom.storage.counted import Counted
from cutroom.storage.file import File, Replaced
from cutroom.storage.keys import check_key, content_type, disposition

if TYPE_CHECKING:
    from obstore import Attributes, ObjectMeta
    from obstore.store import ObjectStore

CHUNK = 1 << 20
"""Bytes that a file is read by from a folder, at least."""
PIECE = 4 << 20
"""Bytes that a file is read by from a bucket: a request each, so that nobody's slowness keeps one open."""
PARTS = 4
"""Parts of a stream that are under way at once; a part is 5 MiB, so a put holds 20 MiB."""
CROSSING = "Invalid path: a folder and a file of one name."
LONGEST = timedelta(days=7)
"""How long a store's own signature is good at most: S3 and GCS take no more."""
READY = ".ready"
"""What is written to see whether anything can be; no namespace begins with a dot."""
NO_WRITE, NO_READ = "The storage cannot be written.", "The storage cannot be read."


class Storage:
    """The files of one installation."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store = store.opened(settings)

    @property
    def local(self) -> bool:
        """Whether it is a folder, whose files other programs read by its path and nobody signs."""
        return isinstance(self._store, LocalStore)

    def put_file(self, key: str, path: Path, *, create: bool = False) -> bool:
        """Keep a copy of a local file, whole or not at all; returns whether this call wrote it.

        With `create` a key that is already there stays as it is: of several writers exactly one is told
        yes, whatever the size. Raises Unreachable when the storage does not take it.
        """
        check_key(key)
        points.reach("uploading")
        if not create:
            self._put(key, path)
            return True
        with path.open("rb") as file:
            if not path.stat().st_size:
                return self._create(key, b"")
            # One conditional request carries all of it, which no upload in parts can. The file's pages are
            # the system's to keep or drop; the memory of this process does not grow.
            return self._create(key, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ))

    def keeps(self, key: str, path: Path) -> bool:
        """Whether what lies there is this file, byte for byte."""
        with suppress(NotFound, Unreachable), path.open("rb") as file:
            if self.find(key).bytes == path.stat().st_size:
                return all(chunk == file.read(len(chunk)) for chunk in self.open(key))
        return False

    def put_stream(self, key: str, chunks: Iterable[bytes]) -> int:
        """Keep what the chunks come to, whole or not at all; returns its bytes.

        What `chunks` raises passes through. Raises Unreachable when the storage does not take it.
        """
        check_key(key)
        counted = Counted(chunks)
        self._put(key, iter(counted))
        return counted.bytes

    def check(self) -> None:
        """Write something small, to see whether it can be. Raises Unreachable, soon."""
        try:
            obstore.put(self._store, READY, b"ready")
        except BaseError as error:
            raise Unreachable(NO_WRITE) from error

    def open(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Bytes [start, end) in chunks of about 1 MiB. Raises NotFound at once, not when read."""
        return self.read(self.find(key), start, end)

    def read(self, file: File, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Bytes [start, end) of the file as it was found, in chunks of about 1 MiB.

        Raises Replaced or NotFound when it is another one by now, at once, not when read.
        """
        end = file.bytes if end is None else min(end, file.bytes)
        if not 0 <= start <= end:
            raise InvalidParams(f"Bytes {start} to {end} are not in a file of {file.bytes} bytes.")
        if self.local:
            return self._piece(file, start, end)
        pieces = (self._piece(file, at, min(at + PIECE, end)) for at in range(start, end, PIECE))
        return chain.from_iterable(chain([next(pieces, iter(()))], pieces))

    def find(self, key: str) -> File:
        """The file of this key. Raises NotFound, Unreachable."""
        try:
            found = obstore.head(self._store, check_key(key))
        except FileNotFoundError:
            raise NotFound from None
        except BaseError as error:
            if self._crosses(key):
                raise NotFound from None
            raise Unreachable(NO_READ) from error
        return File.of(found)

    def path(self, file: File | str) -> Path | None:
        """Where a file, or what has a key, lies on this machine or would; None for a bucket's."""
        if not self.local:
            return None
        return self._root / check_key(file if isinstance(file, str) else file.key)

    def holds(self, folder: str) -> bool:
        """Whether there is any file in this folder or below it. Raises Unreachable."""
        try:
            return any(self._listed(folder))
        except BaseError as error:
            raise Unreachable(NO_READ) from error

    def contents(self, folder: str) -> tuple[list[str], list[File]]:
        """The folders in a folder, by name, and its files; in no order. Raises Unreachable."""
        try:
            found = obstore.list_with_delimiter(self._store, f"{check_key(folder)}/")
        except BaseError as error:
            raise Unreachable(NO_READ) from error
        folders = [PurePosixPath(one).name for one in found["common_prefixes"]]
        return folders, [File.of(one) for one in found["objects"]]

    def fits(self, key: str) -> None:
        """Let a key pass that a file could have. Raises InvalidParams where another is in its way."""
        if self._crosses(check_key(key)):
            raise InvalidParams(CROSSING)

    def exists(self, key: str) -> bool:
        """Whether there is a file of this key."""
        try:
            self.find(key)
        except NotFound:
            return False
        return True

    def delete(self, key: str) -> bool:
        """Forget a file; whether there was one. Raises Unreachable."""
        if not self.exists(key):
            return False
        try:
            obstore.delete(self._store, key)
        except FileNotFoundError:
            return False
        except BaseError as error:
            raise Unreachable(NO_WRITE) from error
        return True

    def copy(self, file: File, key: str) -> None:
        """Have the content of a file under another key too; in a folder it takes no room. Raises NotFound, Unreachable."""
        try:
            obstore.copy(self._patient, file.key, check_key(key))
        except FileNotFoundError:
            raise NotFound from None
        except BaseError as error:
            raise Unreachable(NO_WRITE) from error

    def delete_all(self, folder: str) -> int:
        """Forget all files below a folder; returns how many. Raises Unreachable."""
        found: list[str] = []
        try:
            found += [one["path"] for one in chain.from_iterable(self._listed(folder))]
            if found:
                obstore.delete(self._store, found)
        except FileNotFoundError:
            pass  # somebody else does the same
        except BaseError as error:
            raise Unreachable(NO_WRITE) from error
        return len(found)

    def sign(self, key: str, seconds: float) -> str:
        """A URL of the store's own that lets anybody GET the key for a while, a week at most.

        Raises InvalidParams for a store that has none, Unreachable.
        """
        try:
            return obstore.sign(  # type: ignore[call-overload,no-any-return]
                self._store, "GET", check_key(key), min(timedelta(seconds=seconds), LONGEST)
            )
        except (TypeError, ValueError):
            raise InvalidParams("This storage has no URLs of its own to sign.") from None
        except BaseError as error:
            raise Unreachable("The storage does not sign.") from error

    def key_of(self, url: str) -> str | None:
        """The key that a URL of the store's own names, signed or not; None for any other URL."""
        if self.local or self._base is None or not url.startswith(self._base):
            return None
        key = unquote(url.removeprefix(self._base).partition("#")[0].partition("?")[0])
        with suppress(InvalidParams):
            return check_key(key)
        return None

    def tidy(self) -> int:
        """Remove what uploads left behind whose process was killed; returns how many files."""
        return leftovers.tidy(self._root) if self.local else 0  # a bucket has rules for that

    def _put(self, key: str, source: Path | Iterator[bytes]) -> None:
        try:
            told = self._told(key)
            obstore.put(self._patient, key, source, attributes=told, max_concurrency=PARTS)
        except BaseError as error:
            raise self._refused(key) from error

    def _create(self, key: str, content: bytes | mmap.mmap) -> bool:
        told = self._told(key)
        try:
            obstore.put(self._patient, key, content, mode="create", attributes=told)
        except AlreadyExistsError:
            return False
        except BaseError as error:
            raise self._refused(key) from error
        return True

    def _refused(self, key: str) -> InvalidParams | Unreachable:
        """Why a key was not written."""
        return InvalidParams(CROSSING) if self._crosses(key) else Unreachable(NO_WRITE)

    def _told(self, key: str) -> "Attributes | None":
        """What a bucket tells those who fetch with a signature of its own: nothing that would run."""
        if self.local:
            return None
        return {"Content-Type": content_type(key), "Content-Disposition": disposition(key)}

    def _listed(self, folder: str) -> "Iterator[Sequence[ObjectMeta]]":
        return iter(obstore.list(self._store, f"{check_key(folder)}/", chunk_size=1000))

    def _piece(self, file: File, start: int, end: int) -> Iterator[bytes]:
        """Bytes [start, end), asked for at once; what is missing or another file by now is told at once."""
        if start == end:
            return iter(())
        options = {"range": (start, end), "if_match": file.tag}
        try:
            found = obstore.get(self._store, file.key, options=options)  # type: ignore[arg-type]
            if self.local:
                return (bytes(chunk) for chunk in found.stream(min_chunk_size=CHUNK))
            return iter((bytes(found.bytes()),))
        except FileNotFoundError:
            raise NotFound from None
        except PreconditionError:
            raise Replaced from None
        except BaseError as error:
            raise Unreachable(NO_READ) from error

    @cached_property
    def _patient(self) -> "ObjectStore":
        """The store, with the time that writing takes."""
        if isinstance(self._store, LocalStore | MemoryStore):
            return self._store
        return store.opened(self._settings, store.PATIENT)

    @cached_property
    def _root(self) -> Path:
        """The folder that the storage is."""
        assert isinstance(self._store, LocalStore)
        return Path(str(self._store.prefix))

    @cached_property
    def _base(self) -> str | None:
        """What the store's own URLs begin with, before the key; None where it has none."""
        try:
            return self.sign("x", 60).partition("?")[0].removesuffix("x")
        except (InvalidParams, Unreachable):
            return None

    def _crosses(self, key: str) -> bool:
        """Whether the key of a file is also a folder, or one of its folders is a file."""
        if not self.local:
            return False  # a bucket does not mind
        root = self._root
        folders = PurePosixPath(key).parents
        return (root / key).is_dir() or any(
            (root / folder).is_file() for folder in folders if folder.name
        )
