"""Secrets that an installation makes for itself: files of the data folder, readable by their owner alone."""

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def written(path: Path, content: bytes) -> Path:
    """A draft beside the path with this content, on disk and readable by its owner alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return draft


def made_once(path: Path, make: Callable[[], bytes]) -> bytes:
    """The secret in a file, made at first use.

    Several processes may come at once: all return the same bytes, and none sees half a file.
    """
    if not path.exists():
        draft = written(path, make())
        with suppress(FileExistsError):  # somebody else was first; theirs is the one that counts
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_bytes()
