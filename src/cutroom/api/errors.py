"""Errors as HTTP answers: the only table of them, and the two shapes of the hosted API."""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Route

from cutroom import errors

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """How one class of error is answered."""

    status: int
    type: str
    title: str


ANSWERS: Mapping[type[errors.CutroomError], Answer] = {
    errors.CutroomError: Answer(500, "unknown_error", "Internal error"),
    errors.InvalidParams: Answer(
        400,
        "invalid_params",
        "Invalid parameters supplied, please check your request and try again.",
    ),
    errors.Unauthenticated: Answer(401, "unauthenticated", "You must provide a valid API key."),
    errors.InsufficientCredits: Answer(402, "insufficient_credits", "You have run out of credits."),
    errors.Forbidden: Answer(403, "forbidden", "Your key may not do this."),
    errors.NotFound: Answer(404, "resource_not_found", "The requested resource could not be found"),
    errors.AlreadyExists: Answer(
        409, "resource_already_exists", "There is one of that name already."
    ),
    errors.Cancelled: Answer(409, "cancelled", "The generation was cancelled."),
    errors.KeyReused: Answer(
        422, "idempotency_key_reused", "This Idempotency-Key came with another request before."
    ),
    errors.CannotDo: Answer(422, "cannot_do", "This engine cannot carry out that instruction."),
    errors.Busy: Answer(429, "rate_limited", "Too many requests; try again in a moment."),
    errors.EngineFailed: Answer(502, "upstream", "The model provider returned an error."),
}
HTTP_ANSWERS: Mapping[int, Answer] = {
    400: ANSWERS[errors.InvalidParams],
    404: ANSWERS[errors.NotFound],
    405: Answer(405, "method_not_allowed", "This address does not answer that method."),
}

OPENAI_TYPES: Mapping[int, str] = {
    401: "authentication_error",
    402: "insufficient_quota",
    403: "permission_error",
    429: "rate_limit_error",
}
"""OpenAI's words for the kinds of errors; the rest are `invalid_request_error` or `server_error`."""
FIELD = re.compile(r"(?:Field required|Invalid URL): (\w+)|([a-z_]+)(?:: | must | cannot )")
"""How our sentences name the field at fault."""

ELSEWHERE = ("/api/ai/chat/", "/api/ai/images/", "/api/ai/audio/")
"""Addresses of the hosted API that are not ours."""
NOT_OURS = (
    "cutroom makes videos: there is no chat, and no generation of images, speech or text here."
)

AWAY = Answer(503, "unavailable", "The server cannot take work now.")


class TooLarge(errors.InvalidParams):
    """The body is too large."""


class TooSlow(errors.InvalidParams):
    """The body came too slowly."""


class Ambiguous(errors.InvalidParams):
    """The request can be read in two ways."""


class Stopping(errors.CutroomError):
    """The server is stopping; try again in a moment."""


LOCAL_ANSWERS: Mapping[type[errors.CutroomError], Answer] = {
    TooLarge: Answer(413, "payload_too_large", "The request is too large."),
    TooSlow: Answer(408, "timeout", "The request came too slowly."),
    Stopping: AWAY,
    errors.Unreachable: AWAY,
}


def answer_for(error: errors.CutroomError) -> Answer:
    """The row of the table for the error's class or its nearest ancestor in it."""
    table = {**ANSWERS, **LOCAL_ANSWERS}
    return next(table[kind] for kind in type(error).__mro__ if kind in table)


def body(answer: Answer, detail: str | None = None) -> dict[str, Any]:
    """Shape A: an error with type, title and, where it says more than the title, detail."""
    error = {"type": answer.type, "title": answer.title}
    if detail and detail != answer.title:
        error["detail"] = detail
    return {"error": error, "status": "error", "status_message": answer.type}


def openai_body(answer: Answer, message: str, code: str | None = None) -> dict[str, Any]:
    """The shape that clients of OpenAI's API read."""
    kind = OPENAI_TYPES.get(answer.status) or (
        "server_error" if answer.status >= 500 else "invalid_request_error"
    )
    named = FIELD.match(message)
    param = next(filter(None, named.groups()), None) if named and answer.status == 400 else None
    return {
        "error": {"message": message, "type": kind, "param": param, "code": code or answer.type}
    }


def is_openai(path: str) -> bool:
    """Whether an address is of the dialect of OpenAI's clients."""
    return path == "/v1" or path.startswith("/v1/")


def respond(error: errors.CutroomError, path: str) -> Response:
    """The answer to a request for `path` that raised `error`."""
    answer = answer_for(error)
    told = body(answer, error.message)
    if isinstance(error, errors.UnknownModel):  # shape B
        told = {"error": {"message": error.message}}
    if is_openai(path):
        code = error.kind if isinstance(error, errors.UnknownModel) else None
        told = openai_body(answer, error.message, code)
    headers = {}
    if answer.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, errors.Busy):
        headers["Retry-After"] = str(max(1, round(error.retry_after)))
    if isinstance(error, TooSlow | Ambiguous):
        headers["Connection"] = "close"
    if answer is AWAY:
        headers["Retry-After"] = "5"
    return JSONResponse(told, answer.status, headers)


def unexpected(path: str) -> Response:
    """The answer to a request for `path` that met a bug; the log has the rest."""
    answer = ANSWERS[errors.CutroomError]
    return JSONResponse(
        openai_body(answer, answer.title) if is_openai(path) else body(answer), answer.status
    )


async def on_error(request: Request, error: Exception) -> Response:
    """Starlette's handler for everything that goes wrong on purpose."""
    assert isinstance(error, errors.CutroomError)
    if answer_for(error).status >= 500:
        name = type(error).__name__
        cause = error.__cause__
        log.warning("%s: %s", name, error.message, exc_info=cause)
    return respond(error, request.scope["path"])


async def on_http_error(request: Request, error: Exception) -> Response:
    """Starlette's handler for unknown addresses and wrong methods."""
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(methods_at(request))
    answer = HTTP_ANSWERS.get(error.status_code)
    if answer is None:
        answer = Answer(error.status_code, "invalid_params", error.detail)
    detail = NOT_OURS if request.url.path.startswith(ELSEWHERE) else None
    told = body(answer, detail)
    if is_openai(request.scope["path"]):
        told = openai_body(answer, answer.title)
    return JSONResponse(told, answer.status, headers)


def methods_at(request: Request) -> list[str]:
    """The methods that the request's address answers."""
    routes = (route for route in request.app.routes if isinstance(route, Route))
    return sorted(
        {
            method
            for route in routes
            if route.matches(request.scope)[0] is not Match.NONE
            for method in route.methods or ()
        }
    )
