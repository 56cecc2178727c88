"""The command line. Whatever is slow to import waits until a command needs it."""

import sys
from collections.abc import Sequence

from cutroom.cli.app import app

__all__ = ["app", "main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave the process with its exit code (`cutroom --help` lists them)."""
    sys.exit(app.main(list(arguments) if arguments is not None else None, prog_name="cutroom"))
