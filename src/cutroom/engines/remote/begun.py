"""What an earlier attempt at an edit began at the remote server, kept on this machine."""

import json
from contextlib import suppress

from cutroom.engines.remote.server import Server
from cutroom.types import Edit

_FILE = "remote.json"


class Begun:
    """The generation that works for an edit, so that another attempt finds it and none is paid twice."""

    def __init__(self, edit: Edit, server: Server) -> None:
        """Kept in the folder of the edit's parts, from attempt to attempt; where it has none, nothing is."""
        self._path = edit.parts / _FILE if edit.parts else None
        self._there = [edit.id, server.url, server.protocol, server.model]

    def find(self) -> tuple[int, str | None, list[str]]:
        """The attempt that was begun last at this server, its generation, and the files left there for it.

        1, None and nothing where none was.
        """
        with suppress(OSError, ValueError, LookupError, TypeError):
            told = json.loads(self._path.read_text(encoding="utf-8")) if self._path else {}
            if told["server"] == self._there:
                return int(told["attempt"]), str(told["generation"]), list(told["left"])
        return 1, None, []

    def keep(self, attempt: int, generation: str, left: list[str]) -> None:
        """Remember the generation."""
        if self._path is None:
            return
        told = {"server": self._there, "attempt": attempt, "generation": generation, "left": left}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".draft")
        draft.write_text(json.dumps(told), encoding="utf-8")
        draft.replace(self._path)
