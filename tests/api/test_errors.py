"""The table of errors: every class has its answer, in the documented shape."""

import json

import pytest

from cutroom import errors
from cutroom.api.errors import Stopping, TooLarge, respond, unexpected

INVALID = "Invalid parameters supplied, please check your request and try again."


def shape_a(kind: str, title: str, detail: str | None = None) -> dict[str, object]:
    error = {"type": kind, "title": title} | ({"detail": detail} if detail else {})
    return {"error": error, "status": "error", "status_message": kind}


@pytest.mark.parametrize(
    ("error", "status", "body"),
    [
        (errors.CutroomError(), 500, shape_a("unknown_error", "Internal error")),
        (errors.InvalidParams("Field required: prompt"), 400, shape_a("invalid_params", INVALID, "Field required: prompt")),
        (errors.InvalidParams(), 400, shape_a("invalid_params", INVALID)),
        (errors.InvalidMedia("Too short"), 400, shape_a("invalid_params", INVALID, "Too short")),
        (errors.Unauthenticated(), 401, shape_a("unauthenticated", "You must provide a valid API key.")),
        (errors.InsufficientCredits(), 402, shape_a("insufficient_credits", "You have run out of credits.")),
        (errors.Forbidden(), 403, shape_a("forbidden", "Your key may not do this.")),
        (errors.NotFound(), 404, shape_a("resource_not_found", "The requested resource could not be found")),
        (errors.UnknownModel("Model not found: x"), 404, {"error": {"message": "Model not found: x"}}),
        (errors.AlreadyExists(), 409, shape_a("resource_already_exists", "There is one of that name already.")),
        (errors.Cancelled(), 409, shape_a("cancelled", "The generation was cancelled.")),
        (TooLarge("Too many bytes"), 413, shape_a("payload_too_large", "The request is too large.", "Too many bytes")),
        (errors.CannotDo("No lip sync"), 422, shape_a("cannot_do", "This engine cannot carry out that instruction.", "No lip sync")),
        (errors.Busy(), 429, shape_a("rate_limited", "Too many requests; try again in a moment.")),
        (errors.EngineFailed("It broke"), 502, shape_a("upstream", "The model provider returned an error.", "It broke")),
        (errors.Unreachable("No database"), 503, shape_a("unavailable", "The server cannot take work now.", "No database")),
        (Stopping("Come back"), 503, shape_a("unavailable", "The server cannot take work now.", "Come back")),
    ],
)  # fmt: skip
def test_an_error_has_its_status_and_body(error, status, body):
    response = respond(error, "/")
    assert (response.status_code, json.loads(response.body)) == (status, body)


def test_headers_that_say_what_to_do_next():
    assert respond(errors.Unauthenticated(), "/").headers["www-authenticate"] == "Bearer"
    assert respond(errors.Busy(retry_after=7.4), "/").headers["retry-after"] == "7"
    assert respond(errors.Busy(retry_after=0), "/").headers["retry-after"] == "1"
    assert int(respond(Stopping(), "/").headers["retry-after"]) > 0


def test_a_bug_tells_nothing():
    assert json.loads(unexpected("/api/ai/queue").body) == shape_a(
        "unknown_error", "Internal error"
    )


def test_a_class_nobody_listed_is_answered_as_its_parent():
    class Odd(errors.EngineFailed):
        """Something new."""

    assert respond(Odd(), "/").status_code == 502
