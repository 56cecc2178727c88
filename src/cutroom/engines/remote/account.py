"""The account that our key belongs to at the other server, and the files of an edit in it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import quote

from cutroom.engines.remote.files import named
from cutroom.engines.remote.line import Content, Line, Upload
from cutroom.errors import EngineFailed

REPOSITORY = "cutroom-inputs"
"""Where in the namespace of our key the files of an edit lie while it is worked on."""
_UPLOAD = 600.0
"""Seconds that one file may take."""


@dataclass(frozen=True, slots=True)
class Account:
    """Whose key ours is, and of which of the servers that answer this API."""

    owner: str
    ours: bool
    """Whether it is another cutroom: the hosted API does not tell balances, nor know an Idempotency-Key."""

    @classmethod
    def of(cls, line: Line) -> Self:
        """Ask the server. Raises EngineFailed for a key that is not taken."""
        me = line.ask("GET", "/api/users/me").body.get("user")
        if not isinstance(me, Mapping) or not isinstance(me.get("username"), str):
            raise EngineFailed("The remote server does not say whose key ours is.")
        return cls(me["username"], "balance" in me)

    def put(
        self, paths: Collection[Path], name: str, line: Line, left: list[str]
    ) -> Mapping[Path, str]:
        """Each file's URL there, once it is uploaded; `left` gets the addresses of what is to be removed.

        Another cutroom reads files of its own for whoever owns them, under names that never change, so
        that the same request is the same again. The hosted API fetches what anybody could.
        """
        self._make_repository(line)
        urls: dict[Path, str] = {}
        for place, path in enumerate(paths):
            file = named(path)
            there = f"main/{quote(name, safe='')}/{file.name}"
            address = f"{self._files}/{there}"
            left.append(address)
            form = {"message": "for an edit", "name": "cutroom", "email": "cutroom@localhost"}
            upload = Upload("file", file.name, file.path, file.kind)
            line.ask("PUT", address, Content(form=form, files=[upload]), seconds=_UPLOAD)
            urls[path] = f"{line.server.url}{address}" if self.ours else self._signed(there, line)
            line.pulse.reach(0.05 * (place + 1) / len(paths))
        return urls

    @property
    def _files(self) -> str:
        return f"/api/repos/{quote(self.owner, safe='')}/{REPOSITORY}/file"

    def _make_repository(self, line: Line) -> None:
        repository = {
            "namespace": self.owner,
            "name": REPOSITORY,
            "description": "Files of edits that are under way",
            "visibility": "private",
            "user": {"name": "cutroom", "email": "cutroom@localhost"},
        }
        content = Content(json=repository)
        line.ask("POST", "/api/repos", content, okay=lambda answer: answer.status == 409)

    def _signed(self, there: str, line: Line) -> str:
        url = line.ask("GET", f"{self._files}/presigned_url/{there}").body.get("url")
        if not isinstance(url, str):
            raise EngineFailed("The remote server gives no URL for an uploaded file.")
        return url
