"""The request_schema of a model: its parameters as JSON Schema, with the extensions clients draw forms from."""

from collections.abc import Mapping
from typing import Any

from cutroom.params import CLASSES
from cutroom.types import Kind, Limits, Model

BASIC: Mapping[Kind, tuple[str, ...]] = {
    Kind.EDIT: ("input_image", "input_video", "elements"),
    Kind.REFERENCE: ("start_image_url", "tail_image_url", "input_image"),
    Kind.IMAGE: ("input_image", "tail_image_url"),
    Kind.TEXT: (),
    Kind.MOTION: ("input_image", "input_video"),
    Kind.OMNI: ("input_image", "input_video", "elements"),
}
"""The fields that a form shows first, besides the prompt."""
MENTIONED = {"input_image": "@Image", "elements": "@Element", "input_video": "@Video"}


def request_schema(
    model: Model, *, keep_audio_default: bool = False, relax_limits: bool = False
) -> dict[str, Any]:
    """JSON Schema of what the model takes, less `model`, `response_format` and `target_namespace`.

    `relax_limits`: files of any size and length are taken.
    """
    raw = CLASSES[model.kind].model_json_schema()
    definitions = raw.get("$defs", {})
    properties = {
        name: flat(spec, definitions)
        for name, spec in raw["properties"].items()
        if name not in model.without
    }
    properties["seed"] = properties.pop("seed")
    required = [name for name in raw.get("required", ()) if name in properties]
    if model.limits.min_images and "input_image" not in required:
        required.append("input_image")
    narrow(properties, model)
    for spec in properties.values():
        tell_limits(spec, Limits() if relax_limits else model.limits)
    if model.kind is Kind.EDIT:
        properties["keep_audio"]["default"] = keep_audio_default
    for order, spec in enumerate(properties.values()):
        spec["x-order"] = order
    return {
        "type": "object",
        "title": "Input",
        "required": required,
        "x-max-references": model.limits.max_images,
        "basic": [name for name in BASIC[model.kind] if name in properties],
        "properties": properties,
    }


def fitting(limits: Limits, media: str) -> dict[str, float]:
    """What a file of `media`, `video-url` or `image-url`, must be like; bytes, pixels and seconds."""
    told: dict[str, dict[str, float | None]] = {
        "video-url": {
            "max_bytes": limits.max_video_bytes,
            "min_side": limits.min_side,
            "max_side": limits.max_side,
            "min_seconds": limits.min_seconds,
            "max_seconds": limits.max_seconds,
        },
        "image-url": {"max_bytes": limits.max_image_bytes, "min_side": limits.min_image_side},
    }
    return {name: value for name, value in told[media].items() if value is not None}


def tell_limits(spec: dict[str, Any], limits: Limits) -> None:
    """Write `x-limits` into every media parameter of a schema, however deep."""
    if media := spec.get("renderType"):
        spec["x-limits"] = fitting(limits, media)
    for part in [*spec.get("properties", {}).values(), *filter(None, [spec.get("items")])]:
        tell_limits(part, limits)


def narrow(properties: dict[str, dict[str, Any]], model: Model) -> None:
    """Write the model's limits and what its prompt may mention into the properties."""
    limits = model.limits
    if "duration" in properties:
        whole = range(limits.durations[0], limits.durations[-1] + 1)
        if limits.durations == tuple(whole):
            properties["duration"] |= {"minimum": whole[0], "maximum": whole[-1]}
        else:
            properties["duration"]["enum"] = list(limits.durations)
    if limits.max_images is not None and properties.get("input_image", {}).get("type") == "array":
        properties["input_image"]["maxItems"] = limits.max_images
    groups = [
        {"field": name, "pattern": pattern}
        for name, pattern in MENTIONED.items()
        if name in properties
    ]
    if groups:
        properties["prompt"]["x-media-references"] = {"groups": groups}


def flat(spec: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with its references written out and `null` alternatives as `nullable`."""
    if "$ref" in spec:
        return flat(definitions[spec["$ref"].rpartition("/")[2]] | drop(spec, "$ref"), definitions)
    if "anyOf" in spec:
        kinds = [kind for kind in spec["anyOf"] if kind.get("type") != "null"]
        rest = drop(spec, "anyOf")
        if rest.get("default", ...) is None:
            del rest["default"]
        return flat(kinds[0] | rest, definitions) | {"nullable": True}
    result = dict(spec)
    if "items" in spec:
        result["items"] = flat(spec["items"], definitions)
    if "properties" in spec:
        result["properties"] = {
            name: flat(part, definitions) for name, part in spec["properties"].items()
        }
    return result


def drop(spec: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The mapping less one key."""
    return {key: value for key, value in spec.items() if key != name}
