"""Small pictures of stored videos and images, made where the file can do no harm."""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Literal

from cutroom.errors import InvalidParams
from cutroom.settings import Settings
from cutroom.storage import File, Storage, content_type

KEPT = 64
"""Thumbnails kept in memory, of some tens of kilobytes each: a page asks for them again and again."""


class Thumbnails:
    """The thumbnails of one installation's files."""

    def __init__(self, settings: Settings, storage: Storage) -> None:
        self._storage = storage
        self._settings = settings
        self._lock = Lock()
        self._kept: OrderedDict[object, bytes] = OrderedDict()

    def make(self, file: File, box: tuple[int, int], seconds: float) -> bytes:
        """A JPEG that fits into `box` (width, height) of a video at `seconds`, or of an image.

        Raises InvalidParams for files of other kinds, InvalidMedia for what cannot be read, NotFound.
        """
        kind = kind_of(file)
        name = (file, box, seconds)
        with self._lock:
            if name in self._kept:
                self._kept.move_to_end(name)
                return self._kept[name]
        from cutroom.intake.probe import Probe  # noqa: PLC0415 - most processes never need it

        with self._local(file) as path:
            made = Probe(self._settings).thumbnail(kind, path, box, seconds)
        with self._lock:
            self._kept[name] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return made

    @contextmanager
    def _local(self, file: File) -> Iterator[Path]:
        """The file on this machine: where the storage has it, or a copy for the length of the block."""
        path = self._storage.path(file)
        if path is not None:
            yield path
            return
        with TemporaryDirectory(prefix="cutroom-") as folder:
            copy = Path(folder, "file")
            with copy.open("wb") as out:
                for chunk in self._storage.read(file):
                    out.write(chunk)
            yield copy


def kind_of(file: File) -> Literal["video", "image"]:
    """What a file is by its name. Raises InvalidParams for what has no thumbnail."""
    match content_type(file.key).partition("/")[0]:
        case "video":
            return "video"
        case "image":
            return "image"
        case _:
            raise InvalidParams("Only videos and images have thumbnails.")
