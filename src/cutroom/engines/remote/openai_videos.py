"""OpenAI's `/v1/videos` as SGLang-Diffusion and vLLM-Omni speak it."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cutroom.engine import Share
from cutroom.engines.remote import trouble
from cutroom.engines.remote.dialect import Stand, share
from cutroom.engines.remote.due import Due, deliver
from cutroom.engines.remote.form import Form
from cutroom.engines.remote.line import Answer, Line
from cutroom.engines.remote.result import bring
from cutroom.engines.remote.takes import Taker, taker
from cutroom.errors import Cancelled, EngineFailed, InvalidParams
from cutroom.types import Edit

_UPLOAD = 600.0
"""Seconds that the request with its files may take."""
_CFG = 0.5
"""`cfg_scale` where nobody asked for another."""


class OpenAIVideos:
    """One edit as a video of another server's."""

    def __init__(self, line: Line, edit: Edit, most: int) -> None:
        """`most`: bytes of a result."""
        self._line = line
        self._edit = edit
        self._most = most
        self._taker: Taker | None = None
        self._due: Due | None = None
        self.left: list[str] = []

    def check(self) -> None:
        """Ask the server what it is, and refuse what it cannot be given."""
        server = self._line.server
        models = self._line.ask(
            "GET", self._path("models"), okay=lambda answer: answer.status == 404
        )
        self._taker = taker(server.protocol, server.takes, models.body)
        self._taker.check(self._edit)
        self._due = Due.of(self._edit)

    def begin(self, attempt: int) -> str:  # noqa: ARG002  these servers know no names of ours
        """Ask for the video, once: who cannot tell whether the server heard it does not ask again."""
        with tempfile.TemporaryDirectory(prefix="cutroom-remote-") as folder:
            assert self._due is not None
            assert self._taker is not None
            pulse, model = self._line.pulse, self._line.server.model
            form = Form(self._edit, self._due, self._taker.manner, model, pulse.note)
            content = form.content(Path(folder))
            try:
                answer = self._line.ask(
                    "POST", self._path("videos"), content, again=False, seconds=_UPLOAD
                )
            except Cancelled:
                if late := self._line.late():
                    self.drop(_id(late))
                raise
        generation = _id(answer)
        self.left = [self._path("videos", generation)]
        if self._edit.params.get("cfg_scale", _CFG) != _CFG:
            self._line.pulse.note(
                "cfg_scale was not passed on: the remote server's own guidance holds."
            )
        return generation

    def look(self, generation: str) -> Stand:
        """How it stands. vLLM-Omni tells of a failed one with the status that it failed with."""
        path = self._path("videos", generation)
        answer = self._line.ask(
            "GET", path, okay=lambda found: found.status == 404 or _video(found)
        )
        if not _video(answer):
            return Stand("gone")
        return _stand(answer.body, self._line.server.key)

    def drop(self, generation: str) -> None:
        """Remove it. SGLang then only forgets it, and its GPU works on."""
        self._line.last_word("DELETE", self._path("videos", generation))
        self.left = []

    def bring(self, stand: Stand, out: Path) -> None:
        """Download the result and make of it what is due."""
        assert self._due is not None
        raw = out.with_name(f"{out.name}.raw")
        url = stand.url or f"{self._line.server.url}{self.left[0]}/content"
        try:
            bring(self._line, url, raw, self._most)
            deliver(raw, self._due, self._edit, out, Share(self._line.pulse, 0.95, 1.0))
        finally:
            raw.unlink(missing_ok=True)

    def tidy(self) -> None:
        """Remove the video there."""
        self._line.last_word("DELETE", *self.left)
        self.left = []

    def _path(self, *parts: str) -> str:
        """An address below /v1, whether or not the base has it already."""
        base = "" if self._line.server.url.endswith("/v1") else "/v1"
        return "/".join([base, *(quote(part, safe="") for part in parts)])


def _video(answer: Answer) -> bool:
    """Whether the answer tells of a video."""
    return answer.body.get("object") == "video" and isinstance(answer.body.get("status"), str)


def _stand(body: Mapping[str, Any], key: str) -> Stand:
    done = share(body.get("progress"), of=100)
    match body["status"]:
        case "queued":
            return Stand("queued")
        case "in_progress":
            return Stand("processing", done)
        case "completed":
            return Stand("succeeded", 1.0, str(body.get("url") or ""))
        case "deleted":
            return Stand("gone")
        case "failed":
            return Stand("failed", error=_error(body.get("error"), key))
    raise EngineFailed("The remote server answered something that is not its API.")


def _error(error: object, key: str) -> InvalidParams | EngineFailed:
    """A failure; one with a status of 400 to 499 is about the request."""
    code, message = (
        (error.get("code"), error.get("message")) if isinstance(error, Mapping) else (None, error)
    )
    said = trouble.sentence(message, key)
    if said and isinstance(code, int) and 400 <= code < 500 and code != 429:
        return InvalidParams(said)
    return EngineFailed(
        f"The remote server failed: {said}" if said else "The remote server failed."
    )


def _id(answer: Answer) -> str:
    """The video that a server answered with."""
    generation = answer.body.get("id")
    if not isinstance(generation, str) or not generation:
        raise EngineFailed("The remote server took the request, but does not say under which id.")
    return generation
