"""JSON Schema in few words: what the descriptions of requests and answers are written in."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

Schema: TypeAlias = Mapping[str, Any]
"""JSON Schema of draft 2020-12, which OpenAPI 3.1 speaks."""


def ref(name: str) -> Schema:
    """The schema of that name among the document's components."""
    return {"$ref": f"#/components/schemas/{name}"}


def text(about: str = "", **more: Any) -> Schema:  # noqa: ANN401 - any keyword of JSON Schema
    """A string."""
    return _told({"type": "string"}, about, more)


def whole(about: str = "", **more: Any) -> Schema:  # noqa: ANN401 - as above
    """A whole number."""
    return _told({"type": "integer"}, about, more)


def number(about: str = "", **more: Any) -> Schema:  # noqa: ANN401 - as above
    """A number."""
    return _told({"type": "number"}, about, more)


def flag(about: str = "", **more: Any) -> Schema:  # noqa: ANN401 - as above
    """True or false."""
    return _told({"type": "boolean"}, about, more)


def moment(about: str) -> Schema:
    """A time, as unix seconds."""
    return whole(f"{about} Unix seconds.")


def money(about: str) -> Schema:
    """Dollars as a decimal string, exact to the millionth."""
    return text(f"{about} Dollars, a decimal string.", pattern=r"^-?[0-9]+\.[0-9]{6}$")


def several(items: Schema, about: str = "", **more: Any) -> Schema:  # noqa: ANN401 - as above
    """A list."""
    return _told({"type": "array", "items": items}, about, more)


def texts(about: str) -> Schema:
    """An object of strings by names of their own."""
    return {"type": "object", "description": about, "additionalProperties": {"type": "string"}}


def record(about: str, properties: Mapping[str, Schema], *, optional: Sequence[str] = ()) -> Schema:
    """An object that has all these properties but the optional ones, and may have others."""
    required = [name for name in properties if name not in optional]
    schema: dict[str, Any] = {"type": "object"}
    if about:
        schema["description"] = about
    if required:
        schema["required"] = required
    return schema | {"properties": dict(properties)}


MORE: Schema = {"additionalProperties": True}
"""Of an object that has other properties than those that are told; generated clients let them be read."""


def maybe(schema: Schema) -> Schema:
    """The schema, or null."""
    if "type" not in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    result = dict(schema) | {"type": [*kinds, "null"]}
    if "enum" in schema:
        result["enum"] = [*schema["enum"], None]
    return result


def modern(schema: Schema) -> Schema:
    """A model's `request_schema` in the words of JSON Schema: `nullable` is one of OpenAPI 3.0."""
    result = {
        name: part
        for name, part in schema.items()
        if name not in {"nullable", "properties", "items", "basic", "title", "x-order"}
    }
    if "properties" in schema:
        result["properties"] = {name: modern(part) for name, part in schema["properties"].items()}
    if "items" in schema:
        result["items"] = modern(schema["items"])
    return maybe(result) if schema.get("nullable") else result


def _told(schema: dict[str, Any], about: str, more: Mapping[str, Any]) -> Schema:
    return schema | ({"description": about} if about else {}) | dict(more)
