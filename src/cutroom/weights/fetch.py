"""One file of the hub onto the disk, byte for byte, from where an earlier attempt stopped.

Plain HTTP with ranges instead of the hub library's own download: that keeps nothing of a file whose download was
killed, and these files have up to five gigabytes each. The hash is taken as the bytes come, so nothing is read twice.
"""

import errno
import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import httpx

from cutroom.errors import EngineFailed, Unreachable
from cutroom.weights.hub import Remote
from cutroom.weights.manifest import PULLING, Entry

_PIECE = 1 << 20
_TRIES = 5
"""In a row without a single byte, until it is given up."""
_PASSING = {408, 425, 429, 500, 502, 503, 504}
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

Came = Callable[[int], None]
"""Is told how many more bytes are on the disk, fewer as a negative number; what it raises stops the download."""


class Digest:
    """The hashes by which the hub knows a file, of what was taken in so far."""

    def __init__(self, file: Remote) -> None:
        self._file = file
        self.restart()

    def restart(self) -> None:
        """Forget what was taken in."""
        self.bytes = 0
        self._sha256 = hashlib.sha256()
        header = f"blob {self._file.bytes}\0".encode()
        self._blob = None if self._file.sha256 else hashlib.sha1(header, usedforsecurity=False)

    def update(self, piece: bytes) -> None:
        """Take in what comes next."""
        self.bytes += len(piece)
        self._sha256.update(piece)
        if self._blob:
            self._blob.update(piece)

    @property
    def fits(self) -> bool:
        """Whether what was taken in is the file: by SHA-256 where the hub tells it, else by git's hash."""
        told = self._file.sha256 or self._file.blob
        return self.bytes == self._file.bytes and (self._blob or self._sha256).hexdigest() == told

    @property
    def entry(self) -> Entry:
        """What was taken in, for the manifest."""
        return Entry(self.bytes, self._sha256.hexdigest())

    @classmethod
    def of(cls, path: Path, file: Remote, read: Came) -> "Digest":
        """That of what lies at a path; `read` is told zero at every piece, to stop it."""
        digest = cls(file)
        with path.open("rb") as stream:
            while piece := stream.read(_PIECE):
                digest.update(piece)
                read(0)
        return digest


def part_of(folder: Path, file: Remote) -> Path:
    """Where the file lies until it is whole.

    Named by its content, so that no other version is ever gone on with, and by its path: two files may be alike.
    """
    place = hashlib.sha256(file.path.encode()).hexdigest()[:12]
    return folder / PULLING / f"{file.sha256 or file.blob}.{place}"


def begun(folder: Path, file: Remote) -> int:
    """How many bytes of it an earlier attempt left."""
    part = part_of(folder, file)
    return part.stat().st_size if part.exists() else 0


def fetch(client: httpx.Client, url: str, file: Remote, folder: Path, came: Came) -> Entry:
    """Bring a file to its place in a folder, whole and with the hash that the hub tells.

    Raises Unreachable when the hub does not give it, EngineFailed for a full disk or another hash, and what `came` raises.
    """
    part, place = part_of(folder, file), folder / file.path
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        place.parent.mkdir(parents=True, exist_ok=True)
        entry = _Download(client, url, file, part, came).run()
        part.replace(place)
    except OSError as error:
        if error.errno in _FULL:
            raise EngineFailed(
                f"The disk of {folder} is full. What was fetched stays: once there is room, the same command goes on."
            ) from error
        told = f"{error.filename or folder} cannot be written: {error.strerror}"
        raise EngineFailed(told) from error
    return entry


@dataclass(slots=True)
class _Download:
    client: httpx.Client
    url: str
    file: Remote
    part: Path
    came: Came
    digest: Digest = field(init=False)

    def run(self) -> Entry:
        """All of the file in the part."""
        begun = self.part.exists()
        self.digest = Digest.of(self.part, self.file, self.came) if begun else Digest(self.file)
        if begun and not self._completed():
            self._discard()  # what an earlier attempt left was not right; nothing says that the hub is at fault
            begun = False
        if not begun and not self._completed():
            self._discard()
            raise EngineFailed(
                f"{self.file.path} came from the hub with another hash than the hub tells of it, so it was thrown away."
                " Try again; if it stays so, the hub or something on the way to it cannot be trusted."
            )
        return self.digest.entry

    def _completed(self) -> bool:
        """Fetch what is missing; whether it then is the file."""
        vain = 0
        self.part.touch()
        while (before := self.digest.bytes) < self.file.bytes:
            try:
                self._stream()
            except (httpx.TransportError, _Passing) as error:
                vain = 0 if self.digest.bytes > before else vain + 1
                if vain >= _TRIES:
                    raise Unreachable(
                        f"The hub does not give {self.file.path}: {str(error) or type(error).__name__}. What was fetched"
                        " stays: the same command goes on."
                    ) from error
                _wait(2.0**vain / 2, self.came)
        return self.digest.fits

    def _stream(self) -> None:
        """Append what is missing, as far as one answer goes."""
        before = self.digest.bytes
        asked = {"Range": f"bytes={before}-"} if before else {}
        with self.client.stream("GET", self.url, headers=asked) as answer:
            _judge(answer, self.file)
            if before and answer.status_code != HTTPStatus.PARTIAL_CONTENT:
                self._discard()
            with self.part.open("ab") as stream:
                for piece in answer.iter_raw():
                    stream.write(piece)
                    self.digest.update(piece)
                    self.came(len(piece))
                    if self.digest.bytes > self.file.bytes:
                        return
                stream.flush()
                os.fsync(stream.fileno())
        if self.digest.bytes <= before:
            raise _Passing("it sends nothing more")

    def _discard(self) -> None:
        self.came(-self.digest.bytes)
        self.part.unlink()
        self.digest.restart()


class _Passing(Exception):  # noqa: N818 - says what it is
    """An answer that may be another one in a moment."""


def _judge(answer: httpx.Response, file: Remote) -> None:
    status = answer.status_code
    if status in {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}:
        return
    if status in _PASSING:
        raise _Passing(f"it answers {status}")
    raise EngineFailed(f"The hub does not give {file.path}: it answers {status}.")


def _wait(seconds: float, came: Came) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        came(0)
        time.sleep(min(0.1, seconds))
