"""Where results and uploads lie: a folder, or a bucket of S3, GCS or Azure.

The only importer of obstore. A key looks like `namespace/repository/folder/name.mp4`.
"""

import re
import secrets
import time
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path, PurePosixPath

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import LocalStore, from_url

from cutroom import points
from cutroom.errors import InvalidParams, NotFound, Unreachable
from cutroom.settings import Settings

CHUNK = 1 << 20
"""Bytes that `open` reads at a time, at least."""
PARTS = 4
"""Parts of a large file that are under way at once; a part is 5 MiB, so a put holds 20 MiB."""
SMALL = 16 << 20
"""Largest file that is put in one piece, and so read into memory, to be created atomically."""
ABANDONED = 86_400.0
"""Seconds after which nobody writes to an unfinished file any more."""
ASIDE = ".aside"
"""Where large files wait until they are whole; no namespace begins with a dot."""
_STAGED = re.compile(r"#\d+$")
"""How the names of files end that a folder's store has not finished yet; no key ends so."""
CROSSING = "Invalid path: a folder and a file of one name."
KEY_BYTES = 900
"""Longest key: S3 takes 1024 bytes, of which the installation's prefix needs some."""
SEGMENT_BYTES = 200
"""Longest part of a key between slashes: file systems take 255 bytes, staging adds a few."""

TYPES = {
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".mkv": "video/x-matroska",
    ".mov": "video/quicktime",
    ".mp4": "video/mp4",
    ".png": "image/png",
    ".webm": "video/webm",
    ".webp": "image/webp",
}


def content_type(key: str) -> str:
    """The media type to serve a key as; nothing that a browser would run, whatever its suffix."""
    return TYPES.get(PurePosixPath(key).suffix.lower(), "application/octet-stream")


def owner(key: str) -> str:
    """The namespace that a key lies in."""
    return key.partition("/")[0]


def check_key(key: str) -> str:
    """The key itself. Raises InvalidParams for one that could mean a place outside the storage."""
    segments = key.split("/")
    if any(segment in {"", ".", ".."} for segment in segments):
        raise InvalidParams("Invalid path: empty, '.' and '..' are not names.")
    if "\\" in key or any(unicodedata.category(letter)[0] == "C" for letter in key):
        raise InvalidParams("Invalid path: it holds a character that is not allowed.")
    if any(map(_STAGED.search, segments)):
        raise InvalidParams("Invalid path: a name may not end in '#' and digits.")
    if len(key.encode()) > KEY_BYTES or any(len(s.encode()) > SEGMENT_BYTES for s in segments):
        raise InvalidParams("Invalid path: too long.")
    return key


class Replaced(Unreachable):
    """The file was replaced while it was read; ask again."""


@dataclass(frozen=True, slots=True)
class File:
    """A stored file as it is at one moment."""

    key: str
    bytes: int
    modified: datetime
    tag: str | None
    """Its entity tag, in quotes; another content has another one. None where the storage has none."""


class Storage:
    """The files of one installation."""

    def __init__(self, settings: Settings) -> None:
        url = settings.storage
        try:
            if url.startswith("file:"):
                # Empty folders go: what was a folder may become a file.
                self._store = from_url(url, mkdir=True, automatic_cleanup=True)
            else:
                self._store = from_url(url)
        except (BaseError, ValueError, OSError) as error:
            raise InvalidParams(f"CUTROOM_STORAGE_URL cannot be used: {error}.") from error

    def put_file(self, key: str, path: Path, *, create: bool = False) -> bool:
        """Keep a copy of a local file, whole or not at all; returns whether this call wrote it.

        Raises Unreachable when the storage does not take it.

        With `create` a key that is already there stays as it is. In a bucket that promise has a
        window for files over 16 MiB: of two writers in the same moment the later one wins.
        """
        check_key(key)
        if not create:
            self._put(key, path)
            return True
        if path.stat().st_size <= SMALL:
            try:
                self._put(key, path, create=True)
            except FileExistsError:
                return False
            return True
        if self.exists(key):
            return False
        if not isinstance(self._store, LocalStore):
            self._put(key, path)
            return True
        return self._put_aside(key, path)

    def put_stream(self, key: str, chunks: Iterable[bytes]) -> int:
        """Keep what the chunks come to, whole or not at all; returns its bytes.

        What `chunks` raises passes through. Raises Unreachable when the storage does not take it.
        """
        check_key(key)
        counted = _Counted(chunks)
        self._put(key, iter(counted))
        return counted.bytes

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
        if start == end:
            return iter(())
        try:
            found = obstore.get(
                self._store, file.key, options={"range": (start, end), "if_match": file.tag}
            )
        except FileNotFoundError:
            raise NotFound from None
        except PreconditionError:
            raise Replaced from None
        except BaseError as error:
            raise Unreachable("The storage cannot be read.") from error
        return (bytes(chunk) for chunk in found.stream(min_chunk_size=CHUNK))

    def find(self, key: str) -> File:
        """The file of this key. Raises NotFound, Unreachable."""
        try:
            found = obstore.head(self._store, check_key(key))
        except FileNotFoundError:
            raise NotFound from None
        except BaseError as error:
            if self._crosses(key):
                raise NotFound from None
            raise Unreachable("The storage cannot be read.") from error
        return _file(found)

    def path(self, file: File) -> Path | None:
        """Where a file lies on this machine, to read it; None for a bucket's."""
        if not isinstance(self._store, LocalStore):
            return None
        return Path(str(self._store.prefix), check_key(file.key))

    def holds(self, folder: str) -> bool:
        """Whether there is any file in this folder or below it. Raises Unreachable."""
        try:
            return any(obstore.list(self._store, f"{check_key(folder)}/", chunk_size=1))
        except BaseError as error:
            raise Unreachable("The storage cannot be read.") from error

    def contents(self, folder: str) -> tuple[list[str], list[File]]:
        """The folders in a folder, by name, and its files; in no order. Raises Unreachable."""
        try:
            found = obstore.list_with_delimiter(self._store, f"{check_key(folder)}/")
        except BaseError as error:
            raise Unreachable("The storage cannot be read.") from error
        folders = [PurePosixPath(one).name for one in found["common_prefixes"]]
        return folders, [_file(one) for one in found["objects"]]

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
            raise Unreachable("The storage cannot be written.") from error
        return True

    def tidy(self) -> int:
        """Remove what uploads left behind whose process was killed; returns how many files."""
        if not isinstance(self._store, LocalStore):
            return 0  # a bucket has rules for that
        too_old = time.time() - ABANDONED
        removed = 0
        root = Path(str(self._store.prefix))
        staged = (path for path in root.rglob("*#*") if _STAGED.search(path.name))
        for path in chain(staged, (root / ASIDE).glob("*")):
            with suppress(OSError):  # somebody else was first, or it was finished just now
                if path.stat().st_mtime < too_old:
                    path.unlink()
                    removed += 1
        return removed

    def _put(self, key: str, source: Path | Iterator[bytes], *, create: bool = False) -> None:
        local = isinstance(self._store, LocalStore)
        try:
            obstore.put(
                self._store,
                key,
                source,
                mode="create" if create else "overwrite",
                attributes=None if local else {"Content-Type": content_type(key)},
                max_concurrency=PARTS,
            )
        except AlreadyExistsError:
            raise FileExistsError(key) from None
        except BaseError as error:
            if self._crosses(key):
                raise InvalidParams(CROSSING) from error
            raise Unreachable("The storage cannot be written.") from error

    def _crosses(self, key: str) -> bool:
        """Whether the key of a file is also a folder, or one of its folders is a file."""
        if not isinstance(self._store, LocalStore):
            return False  # a bucket does not mind
        root = Path(str(self._store.prefix))
        folders = PurePosixPath(key).parents
        return (root / key).is_dir() or any(
            (root / folder).is_file() for folder in folders if folder.name
        )

    def _put_aside(self, key: str, path: Path) -> bool:
        """Put a large file aside, then rename it to its place unless somebody was first."""
        aside = f"{ASIDE}/{secrets.token_hex(8)}"
        self._put(aside, path)
        points.reach("uploading")
        try:
            obstore.rename(self._store, aside, key, overwrite=False)
        except AlreadyExistsError:
            self.delete(aside)
            return False
        return True


def _file(meta: "obstore.ObjectMeta") -> File:
    return File(meta["path"], meta["size"], meta["last_modified"], meta["e_tag"])


class _Counted:
    """An iterable that knows how many bytes went through it."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self.bytes = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.bytes += len(chunk)
            if chunk:
                yield chunk
                points.reach("uploading")
