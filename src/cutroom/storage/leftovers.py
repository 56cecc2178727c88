"""What killed processes leave in a folder: files that were never finished."""

import time
from contextlib import suppress
from itertools import chain
from pathlib import Path

from cutroom.storage.keys import STAGED

ABANDONED = 86_400.0
"""Seconds after which nobody writes to an unfinished file any more, or is about to note where it lies."""
ASIDE = ".aside"
"""Where large files once waited until they were whole."""


def tidy(root: Path) -> int:
    """Remove what uploads left behind whose process was killed; returns how many files."""
    too_old = time.time() - ABANDONED
    removed = 0
    staged = (path for path in root.rglob("*#*") if STAGED.search(path.name))
    for path in chain(staged, (root / ASIDE).glob("*")):
        with suppress(OSError):  # somebody else was first, or it was finished just now
            if path.stat().st_mtime < too_old:
                path.unlink()
                removed += 1
    return removed
