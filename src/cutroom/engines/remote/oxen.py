"""The hosted Oxen API, which another cutroom answers too."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from cutroom.engines.remote import trouble
from cutroom.engines.remote.dialect import Stand
from cutroom.engines.remote.files import Named, named
from cutroom.engines.remote.line import Answer, Content, Line, Upload
from cutroom.engines.remote.result import bring
from cutroom.errors import Cancelled, EngineFailed
from cutroom.types import Edit, Element, Kind

REPOSITORY = "cutroom-inputs"
"""Where in the namespace of our key the files of an edit lie while it is worked on."""
_UPLOAD = 600.0
"""Seconds that one file may take."""
_STATUSES = frozenset({"queued", "processing", "succeeded", "failed", "cancelled"})


class Oxen:
    """One edit as a generation of another server's."""

    def __init__(self, line: Line, edit: Edit, most: int) -> None:
        """`most`: bytes of a result."""
        self._line = line
        self._edit = edit
        self._most = most
        self._model = line.server.model or edit.model
        self.left: list[str] = []

    def check(self) -> None:
        """Nothing to refuse: this API can be given all that an edit can hold."""

    def begin(self, attempt: int) -> str:
        """Bring the files there and ask for the generation, under a name that makes a repeat the same one."""
        urls = self._brought()
        body = {"model": self._model, **request(self._edit, urls)}
        name = self._edit.id if attempt == 1 else f"{self._edit.id}-{attempt}"
        try:
            answer = self._line.ask(
                "POST", "/api/ai/queue", Content(json=body, headers={"Idempotency-Key": name})
            )
        except Cancelled:
            if late := self._line.late():
                self.drop(_id(late))
            raise
        return _id(answer)

    def look(self, generation: str) -> Stand:
        """How it stands."""
        path = f"/api/ai/queue/{quote(generation, safe='')}"
        answer = self._line.ask("GET", path, okay=lambda answer: answer.status == 404)
        if answer.status == 404:
            return Stand("gone")
        row = answer.body
        status, progress = row.get("status"), row.get("progress")
        if status not in _STATUSES:
            raise EngineFailed("The remote server answered something that is not its API.")
        notes = row.get("notes")
        key = self._line.server.key
        error = trouble.failed(row.get("error_type"), row.get("error_message"), key)
        return Stand(
            cast("Any", status),
            float(progress) if isinstance(progress, int | float) else 0.0,
            str(row.get("result_url") or ""),
            tuple(filter(None, (trouble.sentence(note, key) for note in notes)))
            if isinstance(notes, list)
            else (),
            error if status == "failed" else None,
        )

    def drop(self, generation: str) -> None:
        """Cancel it."""
        self._line.last_word("DELETE", f"/api/ai/queue/{quote(generation, safe='')}")

    def bring(self, stand: Stand, out: Path) -> None:
        """Download the result: what that server promises of it is what this one promises."""
        if not stand.url:
            raise EngineFailed(
                "The remote server says that it is done, but not where the result is."
            )
        bring(self._line, stand.url, out, self._most)

    def tidy(self) -> None:
        """Remove the files that we put there."""
        self._line.last_word("DELETE", *self.left)
        self.left = []

    def _brought(self) -> Mapping[Path, str]:
        """Every file of the edit -> its URL there."""
        paths = list(dict.fromkeys(_paths(self._edit)))
        if not paths:
            return {}
        me = self._line.ask("GET", "/api/users/me").body.get("user")
        if not isinstance(me, Mapping) or not isinstance(me.get("username"), str):
            raise EngineFailed("The remote server does not say whose key ours is.")
        owner = quote(me["username"], safe="")
        repository = {
            "namespace": me["username"],
            "name": REPOSITORY,
            "description": "Files of edits that are under way",
            "visibility": "private",
            "user": {"name": "cutroom", "email": ""},
        }
        self._line.ask(
            "POST",
            "/api/repos",
            Content(json=repository),
            okay=lambda answer: answer.status == 409,
        )
        # Another cutroom reads files of its own for whoever owns them, under names that never change, so that
        # the same request is the same again. The hosted API fetches what anybody could.
        ours = "balance" in me
        urls: dict[Path, str] = {}
        for place, path in enumerate(paths):
            urls[path] = self._put(owner, named(path), signed=not ours)
            self._line.pulse.reach(0.05 * (place + 1) / len(paths))
        return urls

    def _put(self, owner: str, file: Named, *, signed: bool) -> str:
        path = f"{quote(self._edit.id, safe='')}/{file.name}"
        address = f"/api/repos/{owner}/{REPOSITORY}/file/main/{path}"
        self.left.append(address)
        form = {"message": "for an edit", "name": "cutroom", "email": "cutroom@localhost"}
        upload = Upload("file", file.name, file.path, file.kind)
        self._line.ask("PUT", address, Content(form=form, files=[upload]), seconds=_UPLOAD)
        if not signed:
            return f"{self._line.server.url}{address}"
        presigned = f"/api/repos/{owner}/{REPOSITORY}/file/presigned_url/main/{path}"
        url = self._line.ask("GET", presigned).body.get("url")
        if not isinstance(url, str):
            raise EngineFailed("The remote server gives no URL for an uploaded file.")
        return url


def request(edit: Edit, urls: Mapping[Path, str]) -> dict[str, Any]:
    """The edit as the parameters it was made from: every field, with `urls` in the place of files."""
    body = {name: value for name, value in edit.params.items() if value is not None}
    if edit.prompt or not body.get("multi_prompt"):
        body["prompt"] = edit.prompt
    else:
        body.pop("duration", None)  # the shots have theirs; this one is a default nobody asked for
    return {**body, **_media(edit, urls), "seed": edit.seed, "num_generations": 1}


def _media(edit: Edit, urls: Mapping[Path, str]) -> dict[str, Any]:
    """The fields that name files, and what is to become of the sound in them."""
    images = [urls[path] for path in edit.images]
    told: dict[str, Any] = {
        "input_video": urls[edit.video.path] if edit.video else None,
        "elements": [_element(element, urls) for element in edit.elements],
        "tail_image_url": urls[edit.tail_image] if edit.tail_image else None,
    }
    match edit.kind:
        case Kind.EDIT:
            told |= {"input_image": images, "keep_audio": edit.keep_audio}
        case Kind.MOTION:
            told |= {"input_image": images[0], "keep_original_sound": edit.keep_audio}
        case Kind.IMAGE:
            told |= {"input_image": urls[edit.start_image] if edit.start_image else None}
        case _:
            start = urls[edit.start_image] if edit.start_image else None
            told |= {"input_image": images, "start_image_url": start}
            if edit.video:
                told |= {"video_mode": "reference", "keep_audio": edit.keep_audio}
    return {name: value for name, value in told.items() if value not in (None, [])}


def _element(element: Element, urls: Mapping[Path, str]) -> dict[str, Any]:
    return {
        "frontal_image_url": urls[element.frontal],
        "reference_image_urls": [urls[path] for path in element.angles],
    }


def _paths(edit: Edit) -> list[Path]:
    """Every file of the edit."""
    found = [edit.video.path] if edit.video else []
    found += edit.images
    for element in edit.elements:
        found += [element.frontal, *element.angles]
    return found + [path for path in (edit.start_image, edit.tail_image) if path]


def _id(answer: Answer) -> str:
    """The one generation that a queue answered with."""
    match answer.body.get("generations"):
        case [{"generation_id": str() as generation}]:
            return generation
    raise EngineFailed("The remote server took the request, but does not say under which id.")
