"""The errors of all addresses, made from the one table of `api/errors.py`, in both dialects."""

from collections.abc import Mapping, Sequence
from typing import Any

from cutroom.api import errors
from cutroom.api.openapi.operation import JSON, Dialect
from cutroom.api.openapi.shapes import Schema, maybe, record, ref, text

EVERY: Sequence[errors.Answer] = (
    *errors.ANSWERS.values(),
    *errors.HTTP_ANSWERS.values(),
    *errors.LOCAL_ANSWERS.values(),
)
TABLE: Mapping[int, errors.Answer] = {answer.status: answer for answer in EVERY}
"""One for each status, for its name and its example."""
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
                        enum=sorted({answer.type for answer in EVERY}),
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
    """The name of an error's answer among the document's components."""
    words = "".join(word.capitalize() for word in TABLE[status].type.split("_"))
    return f"OpenAI{words}" if dialect == "openai" else words


def responses() -> dict[str, Any]:
    """The answers of all errors, by name."""
    result = {}
    for status, answer in sorted(TABLE.items()):
        headers = {"x-request-id": {"$ref": "#/components/headers/RequestId"}}
        if status in HEADERS:
            name, about = HEADERS[status]
            headers[name] = {"description": about, "schema": text()}  # type: ignore[dict-item]
        hosted = ref("Error")
        if status == 404:
            hosted = {"anyOf": [ref("Error"), ref("UnknownModel")]}
        for dialect, schema in (("hosted", hosted), ("openai", ref("OpenAIError"))):
            content = {JSON: {"schema": schema}}
            if dialect == "hosted":
                content[JSON]["example"] = errors.body(answer)
            titles = dict.fromkeys(one.title for one in EVERY if one.status == status)
            told = {"description": " Or: ".join(titles), "headers": headers, "content": content}
            result[name_of(status, dialect)] = told  # type: ignore[arg-type]
    return result
