"""Starting the process of an engine: in which folder, with what of our environment, bound to what."""

import os
import subprocess
import sys
from pathlib import Path

from cutroom.inherited import inherited, private
from cutroom.settings import Settings
from cutroom.worker.confinement import Grounds

QUIET = {"OPENBLAS_NUM_THREADS": "1"}
"""Keeps NumPy from starting threads when it is imported, unless the environment says otherwise."""


def start(engine: str, settings: Settings, folder: Path, parts: Path) -> "subprocess.Popen[bytes]":
    """A running `cutroom.worker.child` that works in `folder`, and finds finished parts of long results in `parts`.

    Nothing that is secret is in its environment, but the key of an engine of ours that asks others.
    """
    parts.mkdir(parents=True, exist_ok=True)  # it could not be bound to what is not there
    grounds = Grounds(folder, parts, private(settings)).to_text()
    return subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "cutroom.worker.child", str(os.getpid()), engine, grounds],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env={**QUIET, **inherited(settings, (engine,)), "TMPDIR": str(folder)},
        start_new_session=True,
    )
