"""/api/session: how browsers sign in and out."""

from collections.abc import Mapping

from cutroom.api.openapi.operation import Content, Operation, json
from cutroom.api.openapi.shapes import Schema, flag, maybe, moment, record, ref, text

TAG = "Sessions"
BASE = "http://127.0.0.1:8080"
STANDS = {"auth": True, "user": "alice", "expires": 1798027200, "base": BASE}
NOBODY = {"auth": True, "user": None, "expires": None, "base": BASE}
COOKIE = "The session's cookie: `HttpOnly`, `SameSite=Strict`."

SCHEMAS: Mapping[str, Schema] = {
    "Session": record(
        "How who asks is signed in.",
        {
            "auth": flag("Whether keys are needed; where they are not, nobody need sign in."),
            "user": maybe(text("The namespace that they act for; null: not signed in.")),
            "expires": maybe(moment("When the session, or the key, is over; null: never.")),
            "base": text(
                "Under what the server hands out addresses: `CUTROOM_PUBLIC_URL`, or what it was called by."
            ),
        },
    ),
}


def stands(about: str, example: Mapping[str, object], **headers: str) -> Content:
    """A session as an answer."""
    return json(about, ref("Session"), example, Cache_Control="`no-store`.", **headers)


def one(way: str, about: str) -> Schema:
    """A body with one field and no other."""
    field = text(about, minLength=1)
    return {**record("", {way: field}), "additionalProperties": False}


OPERATIONS = (
    Operation(
        "GET", "/api/session", "getSession", TAG, "Whether you are signed in, and as whom.",
        {200: stands("How you stand.", STANDS)},
        about="By cookie or by key. Who is not signed in is told so, with 200.",
        errors=(403, 429), open=True,
    ),
    Operation(
        "POST", "/api/session", "beginSession", TAG, "Sign in with a key, or with a link that is good once.",
        {200: stands("You are signed in.", STANDS, Set_Cookie=COOKIE)},
        about="A session that the browser had before ends. One of a key ends with the key, and may what the key may. "
        "`cutroom link` makes links.",
        body=json(
            "What with.",
            {"anyOf": [one("key", "An API key."), one("link", "What follows `#link=` in a link.")]},
            {"key": "YOUR_API_KEY"},
        ),
        errors=(401, 403, 429), open=True,
    ),
    Operation(
        "DELETE", "/api/session", "endSession", TAG, "Sign out.",
        {200: stands("You are signed out.", NOBODY, Set_Cookie="Takes the cookie back.")},
        errors=(403,), open=True,
    ),
)  # fmt: skip
