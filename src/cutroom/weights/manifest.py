"""What was pulled of a set of weights: commit, files, sizes and SHA-256, written into its folder at the end of a pull."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from cutroom.errors import EngineFailed

NAME = "cutroom.json"
PULLING = ".pulling"
"""The folder, beside the files of a set, of what has not come whole yet."""
_MARKS = ".checked.json"
_NEW = ".new"
_CHUNK = 8 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One file as the hub has it."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder of weights holds when it is whole."""

    id: str
    repo: str
    revision: str
    """The commit it was pulled at; empty: it was adopted as it lay there."""
    files: Mapping[str, Entry]
    """By their path in the folder, which is that in the repository."""
    licence: str = ""
    moved: bool = False
    """Whether it was pulled with `--update`, past the commit that the rows name."""
    pulled: int = 0
    """Unix seconds."""

    @property
    def bytes(self) -> int:
        """Of all files."""
        return sum(entry.bytes for entry in self.files.values())

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """The manifest in a folder; None where there is none. Raises EngineFailed for one that cannot be read."""
        try:
            told = json.loads((folder / NAME).read_text("utf-8"))
            files = {path: Entry(**entry) for path, entry in told.pop("files").items()}
            return cls(**told, files=files)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
            raise EngineFailed(
                f"{folder / NAME} cannot be read ({error}). cutroom weights pull {folder.name} writes it anew."
            ) from error

    def write(self, folder: Path) -> None:
        """Leave it in the folder, whole or not at all."""
        replace_file(folder / NAME, asdict(self))


class Marks:
    """When which file of a folder was found to be what the manifest says.

    A file is hashed again once its size, its time of change or that of its inode is another: the last is the
    system's own and cannot be set back. Without marks every load would read a hundred gigabytes twice.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / _MARKS
        self._folder = folder
        self._marks = self._read()

    def holds(self, path: str, entry: Entry) -> bool:
        """Whether the file is as it was when it was last hashed, and was right then."""
        return self._marks.get(path) == self._mark(path, entry)

    def add(self, path: str, entry: Entry) -> None:
        """Remember that the file is right as it is now."""
        self._marks[path] = self._mark(path, entry)

    def save(self) -> None:
        """Keep them. Where the folder may not be written to, the same files are hashed again at the next load."""
        try:
            replace_file(self._file, self._marks)
        except OSError:
            return

    def _mark(self, path: str, entry: Entry) -> list[Any]:
        found = (self._folder / path).stat()
        return [entry.sha256, found.st_size, found.st_mtime_ns, found.st_ctime_ns]

    def _read(self) -> dict[str, list[Any]]:
        try:
            told = json.loads(self._file.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return told if isinstance(told, dict) else {}


def found_in(folder: Path) -> Iterator[str]:
    """Paths of the files in a folder of weights; not our own, and nothing hidden: no loader reads that."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = (Path(place) / name).relative_to(folder).as_posix()
            if path != NAME and not name.startswith("."):
                yield path


def clear_up(folder: Path) -> None:
    """Take away what pulls left beside the files of a set, those that were killed too."""
    shutil.rmtree(folder / PULLING, ignore_errors=True)
    for stale in folder.glob(f".*{_NEW}"):
        stale.unlink(missing_ok=True)


def sha256_of(file: Path, read: Callable[[int], None]) -> str:
    """The SHA-256 of a file in hex; `read` is told the bytes of every piece, and what it raises passes."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while piece := stream.read(_CHUNK):
            digest.update(piece)
            read(len(piece))
    return digest.hexdigest()


def replace_file(file: Path, value: object) -> None:
    """Write JSON into a file so that a reader sees the old or the new, whole."""
    beside = file.with_name(f".{file.name}.{os.getpid()}{_NEW}")
    try:
        with beside.open("w", encoding="utf-8") as stream:
            json.dump(value, stream, indent=1, sort_keys=True)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
