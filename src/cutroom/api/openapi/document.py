"""The OpenAPI document: what all nouns say of themselves, and the requests of the models on offer."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from cutroom import __version__
from cutroom.api import cookie
from cutroom.api.openapi import (
    accounts,
    events,
    faults,
    files,
    generations,
    models,
    pages,
    plan,
    queue,
    session,
    videos,
    webhooks,
)
from cutroom.api.openapi.operation import JSON, Content, Operation
from cutroom.api.openapi.shapes import Schema, modern, ref, text
from cutroom.schema import request_schema
from cutroom.types import Model

NOUNS = (
    queue,
    plan,
    generations,
    events,
    webhooks,
    models,
    files,
    accounts,
    session,
    videos,
    pages,
)  # fmt: skip
"""The modules that describe addresses, in the order of the page. Each has `OPERATIONS` and `SCHEMAS`."""
SUCCESS = 200
OPERATIONS: tuple[Operation, ...] = tuple(one for noun in NOUNS for one in noun.OPERATIONS)

ABOUT = """\
Edits and makes videos by saying what should be in them. It answers the hosted Oxen video API.

Send `Authorization: Bearer KEY`; a key belongs to a namespace, which owns what it makes and pays for it. \
A browser may sign in at `/api/session` instead; its cookie then does what a key does. \
What the key must be good for (`read`, `write` or `admin`) stands at each address. \
Fields of a request that a model does not know are accepted, and come back in its rows. `null` means "not given". \
HEAD is answered wherever GET is. Every answer has an `x-request-id`: the one that was sent, or a new one. \
Where the server limits how often a key may ask, answers have `RateLimit` and `RateLimit-Policy`."""


def document(
    offered: Iterable[Model], *, auth: bool = True, keep_audio_default: bool = False
) -> dict[str, Any]:
    """The document of a server with these models."""
    schemas: dict[str, Schema] = dict(requests(offered, keep_audio_default=keep_audio_default))
    for noun in (*NOUNS, faults):
        schemas |= noun.SCHEMAS
    paths: dict[str, dict[str, Any]] = {}
    for one in map(partial(named, schemas=schemas), OPERATIONS):
        paths.setdefault(one.path, {})[one.method.lower()] = described(one, auth=auth)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "cutroom",
            "version": __version__,
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(one.tag for one in OPERATIONS)],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": faults.responses(),
            "headers": {
                "RequestId": {
                    "description": "The request's name in the server's log.",
                    "schema": text(),
                }
            },
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer"},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": cookie.NAME,
                    "description": "What `POST /api/session` sets; on a port of its own the server adds that to the name.",
                },
                "signature": {"type": "apiKey", "in": "query", "name": "oxen_signature"},
            },
        },
    }


def text_of(document: Mapping[str, Any]) -> bytes:
    """The document as it is sent."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def named(one: Operation, schemas: dict[str, Schema]) -> Operation:
    """The operation, its JSON objects among the schemas: generated clients call them by their names.

    Those that have no name yet get one of its own: `GetUsageAnswer`, `CreateKeyBody`.
    """
    title = one.name[0].upper() + one.name[1:]

    def put(content: Content, name: str) -> Content:
        schema = content.of.get(JSON, {})
        if "properties" not in schema:
            return content
        schemas[name] = schema
        return replace(content, of={**content.of, JSON: ref(name)})

    answers = {
        status: put(content, f"{title}Answer" if status == SUCCESS else f"{title}{status}")
        for status, content in one.answers.items()
    }
    body = None if one.body is None else put(one.body, f"{title}Body")
    return replace(one, answers=answers, body=body)


def described(one: Operation, *, auth: bool) -> dict[str, Any]:
    """The Operation Object."""
    told: dict[str, Any] = {"operationId": one.name, "tags": [one.tag], "summary": one.summary}
    if one.about:
        told["description"] = one.about
    if one.parameters:
        told["parameters"] = [parameter.to_json() for parameter in one.parameters]
    if one.body is not None:
        told["requestBody"] = one.body.to_json() | {"required": True}
    told["responses"] = {str(status): response(content) for status, content in one.answers.items()}
    for status in one.statuses():
        name = faults.name_of(status, one.dialect)
        told["responses"][str(status)] = {"$ref": f"#/components/responses/{name}"}
    told["security"] = [{}]
    if one.scope is not None:
        told["security"] = [{way: [one.scope.value]} for way in ("key", "session")]
        told["security"] += [{"signature": []}] * one.signed + [{}] * (not auth)
    return told


def response(content: Content) -> dict[str, Any]:
    """The Response Object of what goes well."""
    headers: dict[str, Any] = {"x-request-id": {"$ref": "#/components/headers/RequestId"}}
    for name, about in content.headers.items():
        headers[name] = {"description": about, "schema": text()}
    return content.to_json() | {"headers": headers}


def requests(offered: Iterable[Model], *, keep_audio_default: bool) -> Mapping[str, Schema]:
    """The schema of each model's request, and `Request`, which is any of them as `model` says."""
    every = {name_of(model): a_request(model, keep_audio_default) for model in offered}
    mapping = {
        schema["properties"]["model"]["const"]: ref(name)["$ref"] for name, schema in every.items()
    }
    any_of_them = {
        "description": "The parameters of the model that `model` names.",
        "type": "object",
        "required": ["model"],
        "oneOf": [ref(name) for name in every],
        "discriminator": {"propertyName": "model", "mapping": mapping},
    }
    waiting = {
        "oneOf": [ref("Request")],
        "type": "object",
        "properties": {
            "response_format": text("How the video is answered.", enum=["url", "b64_json"], default="url")
        },
    }  # fmt: skip
    return {"Request": any_of_them, "GenerateRequest": waiting} | every


def name_of(model: Model) -> str:
    """What the schema of a model's request is called: `KlingVideoV26ProTextToVideoRequest`."""
    words = "".join(letter if letter.isalnum() else " " for letter in model.id).split()
    return "".join(word.capitalize() for word in words) + "Request"


def a_request(model: Model, keep_audio_default: bool) -> Schema:  # noqa: FBT001 - as the setting is called
    """The whole body of a request to a model."""
    own = modern(request_schema(model, keep_audio_default=keep_audio_default))
    named = text("The model.", const=model.id)
    return {
        "type": "object",
        "description": model.summary,
        "required": ["model", *own["required"]],
        "properties": {"model": named, **own["properties"], **queue.ENVELOPE},
    }
