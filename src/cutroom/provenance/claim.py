"""What a manifest claims of a result: what was done, with what, of what. Nothing of who asked, or in which words."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cutroom import __version__
from cutroom.errors import InvalidMedia
from cutroom.media import sniff
from cutroom.types import Edit, Kind

LABEL = "org.cutroom.generation"
"""The assertion of our own in a manifest."""
DRAWING = frozenset({"classical", "echo"})
"""Engines that draw and filter by rule. Of any other we say that it generates: nothing made by AI shall pass for less."""

_SOURCES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_TYPES = {
    "mov": "video/mp4", "avi": "video/avi", "JPEG": "image/jpeg", "PNG": "image/png",
    "WebP": "image/webp", "WEBP": "image/webp", "GIF": "image/gif", "AVIF": "image/avif",
}  # fmt: skip
"""What `sniff` says -> a type in which C2PA knows manifests. Matroska, WebM and others have none."""


@dataclass(frozen=True, slots=True)
class Input:
    """A file that a result was made of."""

    role: str
    """Which it was: `input_video`, `image 2`."""
    path: Path
    sha256: str
    format: str | None
    """The type under which a manifest may be found in it; None where there can be none."""

    @property
    def id(self) -> str:
        """What the manifest calls it."""
        return self.role.replace(" ", "-")


@dataclass(frozen=True, slots=True)
class Claim:
    """A manifest's definition, as c2pa takes it, and the definition of each of its ingredients."""

    manifest: Mapping[str, Any]
    ingredients: Sequence[tuple[Input, Mapping[str, Any]]]


def inputs(edit: Edit) -> list[Input]:
    """The files of an edit, each once; the video first."""
    found: dict[Path, Input] = {}
    for role, path in _named(edit):
        if path not in found:
            found[path] = Input(role, path, _digest(path), _type(path))
    return list(found.values())


def manifest_type(path: Path) -> str | None:
    """The type under which C2PA looks into a file for manifests; None where it has no place for one.

    Raises InvalidMedia for what is no video or image.
    """
    return _TYPES.get(sniff.sniff(path).format)


def request_digest(salt: str, request: Mapping[str, Any]) -> str:
    """The SHA-256 that stands for a request: of the salt, a line break, and the request as compact JSON with sorted keys.

    A prompt can be guessed; without the salt, which is not in the file, a guess cannot be tried.
    """
    told = json.dumps(request, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{salt}\n{told}".encode()).hexdigest()


def claim(edit: Edit, engine: str, given: Sequence[Input], digest: str) -> Claim:
    """What is said of the result of an edit that `engine` carried out on what was `given`."""
    parent = next((one for one in given if _parent(edit, one)), None)
    others = [one for one in given if one is not parent]
    drawn = engine in DRAWING
    agent = {"name": f"cutroom {engine}", "version": __version__}
    done: dict[str, Any] = {
        "action": "c2pa.edited" if parent else "c2pa.created",
        "when": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "softwareAgent": agent,
        "digitalSourceType": _SOURCES + _source(parent=bool(parent), drawn=drawn, given=bool(given)),
        "parameters": {"org.cutroom.model": edit.model},
    }  # fmt: skip
    actions = [done]
    if parent:
        opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": [parent.id]}}
        trimmed = {"action": "c2pa.trimmed", "softwareAgent": agent}
        actions[:0] = [opened, trimmed] if edit.video and edit.video.cut_from else [opened]
    if others and drawn:
        # What is drawn from a picture shows the picture itself; a network only looked at it.
        placed = {"ingredientIds": [one.id for one in others]}
        actions.append({"action": "c2pa.placed", "softwareAgent": agent, "parameters": placed})
    elif others:
        done["parameters"]["ingredientIds"] = [one.id for one in others]
    relation = "componentOf" if drawn else "inputTo"
    return Claim(
        {
            "claim_version": 2,
            "claim_generator_info": [{"name": "cutroom", "version": __version__}],
            "title": "result.mp4",
            "format": "video/mp4",
            "assertions": [
                _created("c2pa.actions.v2", {"actions": actions, "allActionsIncluded": True}),
                _created(LABEL, _own(edit, engine, given, digest)),
            ],
        },
        [(one, _ingredient(one, "parentOf" if one is parent else relation)) for one in given],
    )


def _own(edit: Edit, engine: str, given: Sequence[Input], digest: str) -> Mapping[str, Any]:
    return {
        "model": edit.model,
        "engine": engine,
        "version": __version__,
        "request_digest": digest,
        "inputs": [{"role": one.role, "sha256": one.sha256} for one in given],
    }


def _created(label: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"label": label, "data": data, "created": True}


def _ingredient(one: Input, relation: str) -> Mapping[str, Any]:
    return {
        "title": one.role,
        "label": one.id,
        "instance_id": one.id,
        "relationship": relation,
        **({"format": one.format} if one.format else {}),
    }


def _source(*, parent: bool, drawn: bool, given: bool) -> str:
    """IPTC's word for where the result's pictures come from."""
    if drawn:
        return "composite" if given else "algorithmicMedia"
    return "compositeWithTrainedAlgorithmicMedia" if parent else "trainedAlgorithmicMedia"


def _parent(edit: Edit, one: Input) -> bool:
    """Whether the result is that file with something changed, not something new made with its help."""
    clip = edit.video if edit.kind is Kind.EDIT else None
    return clip is not None and one.path == (clip.cut_from or clip.path)


def _named(edit: Edit) -> Iterator[tuple[str, Path]]:
    if edit.video is not None:
        yield "input_video", edit.video.cut_from or edit.video.path
    for number, path in enumerate(edit.images, 1):
        yield f"image {number}", path
    for number, element in enumerate(edit.elements, 1):
        for angle, path in enumerate((element.frontal, *element.angles), 1):
            yield f"element {number}" + (f" angle {angle}" if angle > 1 else ""), path
    for role, still in (("start image", edit.start_image), ("tail image", edit.tail_image)):
        if still is not None:
            yield role, still


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _type(path: Path) -> str | None:
    try:
        return manifest_type(path)
    except InvalidMedia:
        return None
