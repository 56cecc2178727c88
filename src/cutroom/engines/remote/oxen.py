"""The hosted Oxen API, which another cutroom answers too."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from cutroom.engines.remote import trouble
from cutroom.engines.remote.account import Account
from cutroom.engines.remote.dialect import Stand, share
from cutroom.engines.remote.line import Answer, Content, Line
from cutroom.engines.remote.result import bring
from cutroom.errors import Cancelled, EngineFailed, InvalidMedia
from cutroom.types import Clip, Edit, Element, Kind

_MOST = 50
"""Notes and details that are passed on."""
_STATUSES = frozenset({"queued", "processing", "succeeded", "failed", "cancelled"})


class Oxen:
    """One edit as a generation of another server's."""

    def __init__(self, line: Line, edit: Edit, most: int) -> None:
        """`most`: bytes of a result."""
        self._line = line
        self._edit = edit
        self._most = most
        self._model = line.server.model or edit.model
        self._hosted = False
        self.left: list[str] = []

    def check(self) -> None:
        """Nothing to refuse: this API can be given all that an edit can hold."""

    def begin(self, attempt: int) -> str:
        """Bring the files there and ask for the generation, under a name that makes a repeat the same one."""
        account = Account.of(self._line)
        paths = dict.fromkeys(_paths(self._edit))
        urls = account.put(paths, self._edit.id, self._line, self.left) if paths else {}
        body = {"model": self._model, **request(self._edit, urls)}
        name = self._edit.id if attempt == 1 else f"{self._edit.id}-{attempt}"
        content = Content(json=body, headers={"Idempotency-Key": name})
        self._hosted = not account.ours
        try:
            # The hosted API does not know the header: there a repeat might be another generation.
            answer = self._line.ask("POST", "/api/ai/queue", content, again=account.ours)
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
        status = row.get("status")
        if not isinstance(status, str) or status not in _STATUSES:
            raise EngineFailed("The remote server answered something that is not its API.")
        notes, details, key = row.get("notes"), row.get("details"), self._line.server.key
        told = (
            [trouble.sentence(one, key) for one in notes[:_MOST]] if isinstance(notes, list) else []
        )
        error = trouble.failed(row.get("error_type"), row.get("error_message"), key)
        return Stand(
            cast("Any", status),
            share(row.get("progress"), of=1),
            str(row.get("result_url") or ""),
            tuple(filter(None, told)),
            _texts(details) if isinstance(details, Mapping) else {},
            error if status == "failed" else None,
        )

    def drop(self, generation: str) -> None:
        """Cancel it, and remove its files."""
        self._line.last_word("DELETE", f"/api/ai/queue/{quote(generation, safe='')}", *self.left)
        self.left = []

    def bring(self, stand: Stand, out: Path) -> None:
        """Download the result: what that server promises of it is what this one promises."""
        if not stand.url:
            raise EngineFailed(
                "The remote server says that it is done, but not where the result is."
            )
        bring(self._line, stand.url, out, self._most)
        if self._hosted and self._edit.kind is Kind.EDIT and self._edit.video:
            for note in _differences(self._edit.video, out):
                self._line.pulse.note(note)

    def tidy(self) -> None:
        """Remove the files that we put there."""
        self._line.last_word("DELETE", *self.left)
        self.left = []


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


def _texts(details: Mapping[Any, Any]) -> dict[str, str]:
    """What is text under a name that is one."""
    return {
        name[:100]: text[:10_000]
        for name, text in islice(details.items(), _MOST)
        if isinstance(name, str) and isinstance(text, str)
    }


def _differences(source: Clip, out: Path) -> Iterator[str]:
    """What the hosted models do not keep of a source, as this API's other servers do."""
    from cutroom.media.probe import probe  # noqa: PLC0415  it loads codecs

    with suppress(InvalidMedia):  # the worker says so
        made = probe(out)
        if (made.width, made.height, made.rate) != (source.width, source.height, source.rate):
            yield (
                f"The remote server made {made.width}x{made.height} at {float(made.rate):g} frames a second;"
                f" the source has {source.width}x{source.height} at {float(source.rate):g}."
            )


def _id(answer: Answer) -> str:
    """The one generation that a queue answered with."""
    match answer.body.get("generations"):
        case [{"generation_id": str() as generation}] if generation:
            return generation
    raise EngineFailed("The remote server took the request, but does not say under which id.")
