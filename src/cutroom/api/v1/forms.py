"""Bodies of /v1: JSON, or a form whose names may have brackets, as OpenAI's clients send both."""

import json
import re
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from cutroom.api import asking, bodies, uploads
from cutroom.errors import InvalidParams

NAME = re.compile(r"([^\[\]]{1,100})((?:\[[^\[\]]{0,100}\]){0,4})")
WORDS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Sent:
    """What a request says: its fields, and the files that came with it, by the name of their field."""

    fields: dict[str, Any]
    files: list[tuple[str, UploadFile]] = field(default_factory=list)
    form: bool = False
    """Whether every field is a text, because it came in a form."""


@asynccontextmanager
async def sent(request: Request) -> AsyncGenerator[Sent, None]:
    """The request's body, its files on disk until the end of the block. Raises InvalidParams, TooLarge."""
    if not uploads.is_form(request):
        async with bodies.an_object(request, asking.settings(request).max_body_bytes) as body:
            yield Sent(body)
        return
    limit = uploads.limit_of(request)
    async with request.app.state.uploads, uploads.a_form(request, limit) as form:
        texts = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
        files = [
            (name.removesuffix("[]"), value)
            for name, value in form.multi_items()
            if isinstance(value, UploadFile)
        ]
        yield Sent(unfolded(texts), files, form=True)


def unfolded(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The object that the fields of a form spell: `a[b]` is a part of `a`, `a[]` one of several, and `a[][b]` a part of its only one.

    Raises InvalidParams for a name that means nothing, or that comes twice.
    """
    result: dict[str, Any] = {}
    for name, text in pairs:
        bodies.check(name)
        bodies.check(text)
        found = NAME.fullmatch(name)
        if found is None:
            raise InvalidParams(f"The form has a field {name[:100]!a}, which means nothing")
        put(result, [found[1], *re.findall(r"\[([^\]]*)\]", found[2])], text)
    return result


def put(whole: dict[str, Any], path: list[str], text: str) -> None:
    """Put a text into its place. Raises InvalidParams where another is there already."""
    step, *rest = path
    if not rest:
        if step in whole:
            raise InvalidParams(f"The form names {step[:100]!a} twice")
        whole[step] = text
    elif rest[0]:
        put(part(whole, step, {}), rest, text)
    else:
        some = part(whole, step, [])
        if len(rest) == 1:
            some.append(text)
            return
        if not some:
            some.append({})
        if not isinstance(some[-1], dict) or (len(rest) == 2 and rest[1] in some[-1]):
            # Clients send all first parts, then all second ones: nobody can tell which belong together.
            raise InvalidParams(f"{step[:100]}: write a list of several objects as JSON")
        put(some[-1], rest[1:], text)


def part(whole: dict[str, Any], step: str, otherwise: Any) -> Any:  # noqa: ANN401 - a dict or a list
    """The part of that name, made if need be. Raises InvalidParams where it is something else."""
    found = whole.setdefault(step, otherwise)
    if type(found) is not type(otherwise):
        raise InvalidParams(f"The form names {step[:100]!a} twice")
    return found


def typed(fields: Mapping[str, Any], properties: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a form, each text that stands for something else as what its parameter is.

    Lists and objects may be written as JSON. Raises InvalidParams.
    """
    return {name: as_kind(name, value, properties.get(name, {})) for name, value in fields.items()}


def as_kind(name: str, value: Any, schema: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any JSON value
    """A value of a form as its parameter's schema has it."""
    if not isinstance(value, str):
        return value
    kind = schema.get("type")
    if kind in {"array", "object"} and value[:1] in {"[", "{"}:
        try:
            return bodies.parse(value.encode())
        except InvalidParams as error:
            raise InvalidParams(f"{name}: {error.message}") from None
    if kind == "boolean":
        return WORDS.get(value.lower(), value)
    if kind in {"integer", "number"}:
        try:
            return (
                json.loads(value)
                if re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", value)
                else value
            )
        except ValueError:
            return value
    return value
