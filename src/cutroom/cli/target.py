"""Where a result is to go: whether it can."""

import os
from pathlib import Path

from cutroom.errors import InvalidParams


def check_target(video: Path, target: Path, *, force: bool) -> None:
    """See that `target` can be written. Raises InvalidParams with the reason."""
    if target.suffix.lower() not in {".mp4", ".m4v"}:
        raise InvalidParams(f"Results are MP4 files; name it {target.stem or 'result'}.mp4.")
    try:
        _check_place(video, target, force=force)
    except OSError as error:  # a name that is too long, a folder that may not be looked into
        raise InvalidParams(f"{target} cannot be written: {error.strerror}.") from error


def _check_place(video: Path, target: Path, *, force: bool) -> None:
    if target.exists() and target.samefile(video):
        raise InvalidParams(f"{target} is the video itself; give another name with -o.")
    if target.exists() and not force:
        raise InvalidParams(f"{target} is already there; --force writes over it.")
    folder = target.absolute().parent
    if not folder.is_dir():
        raise InvalidParams(f"There is no folder {folder}.")
    if not os.access(folder, os.W_OK):
        raise InvalidParams(f"The folder {folder} cannot be written to.")
