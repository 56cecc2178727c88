"""The errors of all addresses, made from the one table of `api/errors.py`, in both dialects."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from cutroom.api import errors
from cutroom.api.openapi.operation import JSON, Dialect
from cutroom.api.openapi.shapes import Schema, maybe, record, ref, text

ANSWERS = (
    *errors.ANSWERS.values(),
    *errors.HTTP_ANSWERS.values(),
    *errors.LOCAL_ANSWERS.values(),
)
HEADERS: Mapping[int, tuple[str, str]] = {
    401: ("WWW-Authenticate", "`Bearer`."),
    405: ("Allow", "The methods that the address answers."),
    429: ("Retry-After", "Seconds after which to come back."),
    503: ("Retry-After", "Seconds after which to come back."),
}

SCHEMAS: Mapping[str, Schema] = {
    "Error": record(
        "What went wrong.",
        {
            "error": record(
                "",
                {
                    "type": text(
                        "The word for programs.",
                        enum=sorted({answer.type for answer in ANSWERS}),
                    ),
                    "title": text("The sentence of its kind."),
                    "detail": text("What it is in this case, where that says more."),
                },
                optional=["detail"],
            ),
            "status": text(const="error"),
            "status_message": text("The word again."),
        },
    ),
    "UnknownModel": record(
        "No such model.",
        {"error": record("", {"message": text("`Model not found: NAME`.")})},
    ),
    "OpenAIError": record(
        "What went wrong, as OpenAI's clients read it.",
        {
            "error": record(
                "",
                {
                    "message": text("The sentence."),
                    "type": text("OpenAI's word for the kind, e.g. `invalid_request_error`."),
                    "param": maybe(text("The field at fault, where one is.")),
                    "code": maybe(text("The word that `error.type` has in the other dialect.")),
                },
            )
        },
    ),
}


def name_of(status: int, dialect: Dialect) -> str:
    """The name of an error's answer among the document's components: `PaymentRequired`."""
    words = "".join(
        word.capitalize() for word in re.findall("[A-Za-z]+", HTTPStatus(status).phrase)
    )
    return f"OpenAI{words}" if dialect == "openai" else words


def responses() -> dict[str, Any]:
    """The answers of all errors, by name; those of one status are told together."""
    result: dict[str, Any] = {}
    for status in sorted({answer.status for answer in ANSWERS}):
        answers = list(dict.fromkeys(answer for answer in ANSWERS if answer.status == status))
        headers: dict[str, Any] = {"x-request-id": {"$ref": "#/components/headers/RequestId"}}
        if status in HEADERS:
            name, about = HEADERS[status]
            headers[name] = {"description": about, "schema": text()}
        told = {"description": " Or: ".join(answer.title for answer in answers), "headers": headers}
        hosted = ref("Error")
        if status == 404:
            hosted = {"anyOf": [ref("Error"), ref("UnknownModel")]}
        example = errors.body(answers[0])
        contents: Mapping[Dialect, Any] = {
            "hosted": {"schema": hosted, "example": example},
            "openai": {"schema": ref("OpenAIError")},
        }
        for dialect, content in contents.items():
            result[name_of(status, dialect)] = told | {"content": {JSON: content}}
    return result
