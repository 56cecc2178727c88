"""An edit as a request for a video: fields that SGLang and vLLM-Omni know, and files the way each wants them."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cutroom.engines.remote.due import Due, framed, shrunk
from cutroom.engines.remote.files import named
from cutroom.engines.remote.line import Content, Upload
from cutroom.engines.remote.takes import Manner
from cutroom.engines.slots import Slots, Wording, slots, spoken
from cutroom.media import images
from cutroom.prompt import MentionKind
from cutroom.types import Edit, Kind

_FORM_FIELD = 1_000_000
"""Bytes of a form's field that is no file; vLLM-Omni's framework takes 1 MiB."""
_WORDS: Mapping[MentionKind, str] = {
    "image": "the image",
    "video": "the video",
    "element": "the subject",
}


@dataclass(frozen=True, slots=True)
class Form:
    """What a server is told of an edit that it can be given all of."""

    edit: Edit
    due: Due
    manner: Manner
    model: str
    """What to name; empty: nothing is named."""
    note: Callable[[str], None]

    def content(self, folder: Path) -> Content:
        """The request; pictures that have to be made for it are put into `folder`."""
        edit, due = self.edit, self.due
        shared = self._shared()
        fields: dict[str, Any] = {
            "prompt": shared.prompt if shared else spoken(edit.prompt, _WORDS),
            "model": self.model or None,
            "size": "{}x{}".format(*due.asked_size),
            "num_frames": due.asked_frames,
            "fps": due.asked_rate,
            "seed": edit.seed,
            "negative_prompt": edit.params.get("negative_prompt"),
            "generate_sound": "true" if edit.params.get("generate_audio") else None,
        }
        references = [exhibit.path for exhibit in shared.exhibits] if shared else []
        files = self._files(references, folder)
        if listed := self._listed(references):
            fields["image_reference"] = json.dumps(listed)
        told = {name: value for name, value in fields.items() if value is not None}
        if self._sglang and not files:
            return Content(json=told)  # what is no form with files, it reads as JSON
        return Content(form={name: str(value) for name, value in told.items()}, files=files)

    @property
    def _sglang(self) -> bool:
        return self.manner.owner == "sglang"

    def _shared(self) -> Slots | None:
        """References in the order in which they are sent, and the prompt that numbers them."""
        edit = self.edit
        if edit.kind not in {Kind.EDIT, Kind.REFERENCE} or not (edit.images or edit.elements):
            return None
        shared = slots(edit, self.manner.images, wording=Wording.SPOKEN)
        for note in shared.notes:
            self.note(note)
        return shared

    def _files(self, references: Sequence[Path], folder: Path) -> list[Upload]:
        """A video as it is, alone or before its references; a first image in the shape of the video."""
        edit = self.edit
        if edit.video is not None and references:
            return [_upload("input_references", path) for path in (edit.video.path, *references)]
        found: list[Upload] = []
        if edit.video is not None:
            field = "video_reference" if self._sglang else "input_reference"
            found.append(_upload(field, edit.video.path))
        first = edit.images[0] if edit.kind is Kind.MOTION else edit.start_image
        if first and not edit.tail_image:
            made = self._framed(first, folder / "first.png")
            found.append(Upload("input_reference", made.name, made, "image/png"))
        return found

    def _framed(self, path: Path, out: Path) -> Path:
        pixels, fitted = framed(path, self.due.asked_size)
        for note in fitted.notes:
            self.note(note)
        images.save(out, pixels)
        return out

    def _listed(self, references: Sequence[Path]) -> list[dict[str, str]]:
        """vLLM-Omni's list of images where there is no video: references, or the first and the last."""
        edit, paths = self.edit, list(references)
        if edit.start_image and edit.tail_image:
            paths = [edit.start_image, edit.tail_image]
        if edit.video is not None or not paths:
            return []
        most = _FORM_FIELD // len(paths) * 3 // 4 - 100
        told = (
            base64.b64encode(shrunk(path, self.due.asked_size, most)).decode() for path in paths
        )
        return [{"image_url": f"data:image/jpeg;base64,{text}"} for text in told]


def _upload(field: str, path: Path) -> Upload:
    file = named(path)
    return Upload(field, file.name, file.path, file.kind)
