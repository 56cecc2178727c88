"""A schema as nested lists of HTML."""

from collections.abc import Mapping
from html import escape
from typing import Any

from cutroom.api.openapi.shapes import Schema

BOUNDS = {
    "minimum": "from {}",
    "maximum": "to {}",
    "exclusiveMaximum": "below {}",
    "minLength": "at least {} letters",
    "maxLength": "at most {} letters",
    "minItems": "at least {}",
    "maxItems": "at most {}",
    "format": "{}",
    "contentMediaType": "{}",
}


def outline(schema: Schema) -> str:
    """What the schema lets pass: its kind in words, and its properties, as deep as they go."""
    parts = [f"<i>{kind(schema)}</i>"]
    inner = schema.get("items", schema) if isinstance(schema.get("items"), Mapping) else schema
    parts += [properties(one) for one in inner.get("allOf", ()) if "properties" in one]
    if inner.get("properties"):
        parts.append(properties(inner))
    return "".join(parts)


def properties(schema: Schema) -> str:
    """The properties of an object."""
    required = schema.get("required", ())
    rows = []
    for name, one in schema["properties"].items():
        must = " <em>required</em>" if name in required else ""
        about = escape(one.get("description", "")).replace("`", "")
        inner = outline(one).partition("</i>")[2]
        told = f"<dd>{about}{inner}</dd>" if about or inner else ""
        rows.append(f"<dt><code>{escape(name)}</code> <i>{kind(one)}</i>{must}</dt>{told}")
    return f"<dl>{''.join(rows)}</dl>"


def kind(schema: Schema) -> str:
    """The kind of value, in words, with links to what has a name."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#schema-{name}">{name}</a>'
    for word, joint in (("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")):
        if word in schema:
            named = [kind(one) for one in schema[word] if one.keys() & {"$ref", "type", "const"}]
            return joint.join(named)
    if "const" in schema:
        return escape(_shown(schema["const"]))
    if "enum" in schema:
        return escape(" | ".join(_shown(one) for one in schema["enum"]))
    kinds = schema.get("type", "anything")
    text = " or ".join(kinds) if isinstance(kinds, list) else str(kinds)
    if "items" in schema:
        text = text.replace("array", "list of ") + kind(schema["items"])
    else:
        text = escape(text)
    notes = [form.format(escape(str(schema[key]))) for key, form in BOUNDS.items() if key in schema]
    if schema.get("default") not in (None, [], ""):
        notes.append(f"default {escape(_shown(schema['default']))}")
    return ", ".join([text, *notes])


def _shown(value: Any) -> str:  # noqa: ANN401 - any JSON value
    return (
        "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    )
