"""What a request of OpenAI's dialect asks for, in the words of the main one. What cannot be done is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Literal
from urllib.parse import urlsplit

from cutroom.errors import InvalidParams
from cutroom.fields import whole
from cutroom.types import Kind, Model

NOT_HERE = (
    "fps", "num_frames", "width", "height", "num_inference_steps", "guidance_scale", "guidance_scale_2",
    "true_cfg_scale", "flow_shift", "boundary_ratio", "num_outputs_per_prompt", "lora", "video_params",
)  # fmt: skip
"""What other servers of this dialect can be asked for, and this one cannot."""
SUFFIXES: Mapping[str, Literal["image", "video"]] = {
    **dict.fromkeys((".mp4", ".mov", ".webm", ".mkv", ".avi", ".m4v"), "video"),
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".webp", ".gif", ".avif", ".bmp"), "image"),
}


@dataclass(frozen=True, slots=True)
class Reference:
    """An `input_reference`: a URL, and what it holds as far as that can be told."""

    url: str
    kind: Literal["image", "video"] | None


def references(value: Any) -> list[Reference]:  # noqa: ANN401 - as it came
    """What `input_reference` names: a URL, an object with one, or several of them. Raises InvalidParams."""
    if value is None or value == "":
        return []
    if isinstance(value, list):
        return [one for part in value for one in references(part)]
    if isinstance(value, str):
        return [Reference(value, told_by(value))]
    if not isinstance(value, Mapping):
        raise InvalidParams(
            "input_reference must be a file, a URL, or an object with image_url or video_url"
        )
    if value.get("file_id"):
        raise InvalidParams(
            "input_reference: file_id cannot be used, for there are no stored files here; send the file or a URL"
        )
    kinds: Sequence[Literal["image", "video"]] = ("image", "video")
    found = [
        Reference(url, kind) for kind in kinds if isinstance(url := value.get(f"{kind}_url"), str)
    ]
    if len(found) != 1:
        raise InvalidParams("input_reference must have exactly one of image_url and video_url")
    return found  # fmt: skip


def told_by(url: str) -> Literal["image", "video"] | None:
    """What a URL holds, as it says itself; None where it says nothing."""
    if url[:5].lower() == "data:":
        kind = url[5:11].lower().partition("/")[0]
        return "video" if kind == "video" else "image" if kind == "image" else None
    try:
        return SUFFIXES.get(PurePosixPath(urlsplit(url).path).suffix.lower())
    except ValueError:
        return None


def body(fields: Mapping[str, Any], model: Model, given: Sequence[Reference]) -> dict[str, Any]:
    """The body that the main dialect would have for it. Raises InvalidParams."""
    for name in NOT_HERE:
        if fields.get(name) is not None:
            raise InvalidParams(f"{name} cannot be asked for here")
    if fields.get("n") not in (None, 1, "1"):
        raise InvalidParams("n must be 1: each request makes one video")
    named = {"seconds", "size", "input_reference", "n"}
    result = {name: value for name, value in fields.items() if name not in named}
    if fields.get("seconds") is not None:
        result["duration"] = duration(fields["seconds"], fields, model)
    if fields.get("size") is not None:
        result["aspect_ratio"] = aspect(fields["size"], fields, model)
    for one in given:
        place(one, result, model)
    return result


def duration(seconds: Any, fields: Mapping[str, Any], model: Model) -> int:  # noqa: ANN401 - as it came
    """`seconds` as whole seconds that the model makes. Raises InvalidParams."""
    offered = model.limits.durations
    if not offered:
        raise InvalidParams(
            f"seconds cannot be asked of {model.id}: its result is as long as its input"
        )
    if fields.get("duration") is not None or fields.get("multi_prompt"):
        raise InvalidParams("seconds cannot be given beside duration or multi_prompt")
    found = whole(seconds)
    if found not in offered:
        raise InvalidParams(f"seconds must be one of {', '.join(map(str, offered))} for {model.id}")
    assert found is not None
    return found


def aspect(size: Any, fields: Mapping[str, Any], model: Model) -> str:  # noqa: ANN401 - as it came
    """The aspect ratio whose results have this size. Raises InvalidParams."""
    if not model.sizes:
        raise InvalidParams(f"size cannot be asked of {model.id}: it depends on what comes in")
    if fields.get("aspect_ratio") is not None:
        raise InvalidParams("size cannot be given beside aspect_ratio")
    for ratio, offered in model.sizes.items():
        if size == offered:
            return ratio
    raise InvalidParams(f"size must be one of {', '.join(model.sizes.values())} for {model.id}")


def place(one: Reference, result: dict[str, Any], model: Model) -> None:
    """Make a reference the parameter that it can be for the model. Raises InvalidParams."""
    images = result.get("input_image")
    kind = one.kind
    match model.kind:
        case Kind.TEXT:
            raise InvalidParams(
                f"input_reference cannot be used by {model.id}: it works from text alone"
            )
        case Kind.EDIT:
            kind = kind or ("image" if result.get("input_video") else "video")
        case Kind.MOTION:
            kind = kind or ("video" if images else "image")
        case Kind.IMAGE | Kind.REFERENCE:
            kind = kind or "image"
            if kind == "video":
                raise InvalidParams(f"input_reference must be an image for {model.id}")
    if kind == "video":
        if result.get("input_video"):
            raise InvalidParams("input_reference cannot be a second video")
        result["input_video"] = one.url
    elif model.kind in {Kind.EDIT, Kind.REFERENCE}:
        before = images if isinstance(images, list) else [images] if images else []
        result["input_image"] = [*before, one.url]
    elif images:
        raise InvalidParams("input_reference cannot be a second image")
    else:
        result["input_image"] = one.url
