"""Finished windows of an edit, where whoever asked for it gives a folder that outlives this process."""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from cutroom.engines.diffusion.family import Film
from cutroom.engines.diffusion.fitting.windows import Window


class Kept:
    """Films of windows by what they were made of. A film has its name once it is whole and on the disk."""

    def __init__(self, folder: Path | None, made_of: Mapping[str, object]) -> None:
        """`folder` need not be there yet; None: nothing is kept. `made_of`: all that the pixels depend on."""
        told = json.dumps(made_of, sort_keys=True, default=str).encode()
        self.key = hashlib.sha256(told).hexdigest()
        """What tells these films from those of any other edit."""
        self._folder = folder / self.key[:32] if folder is not None else None

    def film(self, window: Window) -> Film | None:
        """The film of a window, if an earlier attempt finished it."""
        path = self._path(window)
        if path is None or not path.is_file():
            return None
        try:
            film: Film = np.load(path, allow_pickle=False)
        except (OSError, ValueError):  # made anew, rather than failing at every attempt
            return None
        return film

    def keep(self, window: Window, film: Film) -> None:
        """Keep a film for another attempt. A full disk keeps none: this attempt goes on without."""
        path = self._path(window)
        if path is None:
            return
        draft = path.with_suffix(f".{os.getpid()}.draft")
        try:
            draft.parent.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as file:
                np.save(file, film, allow_pickle=False)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except OSError:
            draft.unlink(missing_ok=True)

    def _path(self, window: Window) -> Path | None:
        if self._folder is None:
            return None
        return self._folder / f"{window.start:07}-{window.stop:07}.npy"
