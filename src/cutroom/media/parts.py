"""Finished parts of a long result, in a folder."""

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

from cutroom.engine import Division
from cutroom.media.segments import Segment

_MANIFEST = "manifest.json"
_MARK = 24
"""Digits of the digest that tells what parts are made of."""
_LIBRARIES = ("av", "numpy", "opencv-contrib-python-headless")
"""Another version of these may make other pixels, or code them otherwise."""


class Parts:
    """A folder in which the parts of one result lie, made in this process or an earlier one.

    A part has its name once it is whole and on the disk. A manifest tells what all of them were made
    of, so that parts of another edit, clip or version of the code are never joined with these.
    """

    def __init__(
        self,
        folder: Path,
        made_of: Callable[[], Mapping[str, str]],
        division: Division | None = None,
        *,
        last: bool = True,
    ) -> None:
        """`made_of` is asked when there are parts to be kept, not for a result in one piece.

        With a `division` other processes work in the folder too: then every mark has a folder of its own in
        it. `last`: whether the parts come to the result, and not to what a further pass begins with.
        """
        self.folder = folder
        self.division = division
        self.joined = division is None or division.joins or not last
        """Whether the parts are to be joined here, and not only made."""
        self._made_of = made_of
        self._draft = secrets.token_hex(4)

    def open(self, spans: Sequence[Segment]) -> None:
        """Make the folder ready; what was made of something else, or not finished, goes."""
        manifest = json.dumps({**self._made_of(), "code": code()}, indent=1, sort_keys=True)
        if self.division is not None:
            mark = hashlib.sha256(f"{self.folder.name} {manifest}".encode()).hexdigest()[:_MARK]
            self.folder = self.folder.parent / mark
            self.folder.mkdir(parents=True, exist_ok=True)
            self.division.begin(mark, spans, joined=self.joined)
            return
        path = self.folder / _MANIFEST
        if not path.is_file() or path.read_text(encoding="utf-8") != manifest:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)
            draft = self.draft(Segment(0, 0))
            draft.write_text(manifest, encoding="utf-8")
            draft.replace(path)
        for left in self.folder.glob(".*"):
            left.unlink(missing_ok=True)

    def path(self, segment: Segment) -> Path:
        """Where a finished part lies."""
        return self.folder / part_name(*segment)

    def draft(self, segment: Segment) -> Path:
        """Where a part is written: here and not in another process that should still be at it."""
        return self.folder / f".{self._draft}-{self.path(segment).name}"

    def keep(self, segment: Segment) -> None:
        """The part of this segment is whole: give it its name."""
        draft = self.draft(segment)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(self.path(segment))

    def holds(self, segment: Segment) -> bool:
        """Whether the part of this segment is finished."""
        return self.path(segment).is_file()


def part_name(start: int, stop: int) -> str:
    """The name of the part of these frames."""
    return f"{start:07}-{stop:07}.mp4"


def finished(folder: Path) -> int:
    """Bytes of all the finished parts below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("[0-9]*-[0-9]*.mp4"))


def digest(path: Path) -> str:
    """What tells a file's contents from any other."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def code() -> str:
    """What tells this code, with the libraries that make pixels and files, from any other."""
    from importlib.metadata import version  # noqa: PLC0415  a result in one piece does without

    found = hashlib.sha256(" ".join(version(name) for name in _LIBRARIES).encode())
    root = Path(__file__).parent.parent
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            found.update(str(path.relative_to(root)).encode())
            found.update(path.read_bytes())
    return found.hexdigest()
