"""What another server says went wrong, as errors of ours."""

from collections.abc import Mapping
from typing import Any

from cutroom.errors import CannotDo, CutroomError, EngineFailed, InvalidParams, KeyReused, by_kind

_LONGEST = 2000
"""Letters of somebody else's sentence that are passed on."""
_PASSED = frozenset({"cannot_do", "invalid_params", "invalid_media"})
"""Errors that are about the request: whoever asked us can mend it."""
BUSY = "The remote server is too busy; try again later."
NO_CREDIT = "The account that this server has at the remote server has run out of credits."
NO_KEY = "The remote server does not accept this server's key; whoever runs this server must look at CUTROOM_REMOTE_KEY."
_ELSEWHERE = "The remote server sends us elsewhere, which is not followed; CUTROOM_REMOTE_URL must be its own address."
_FIXED = {401: NO_KEY, 402: NO_CREDIT, 429: BUSY}
"""What is told of a status, whatever the server says of it: that is for whoever runs this server."""
_OURS = frozenset({400, 409, 413, 415, 422})
"""Statuses that are about the request."""


def refused(status: int, body: object, key: str) -> CutroomError:
    """The error that an answer of a status from 300 on comes to."""
    kind, said = _told(body, key)
    if status in _FIXED:
        return EngineFailed(_FIXED[status])
    if status in _OURS and said:
        known = {"cannot_do": CannotDo, "idempotency_key_reused": KeyReused}
        return known.get(kind, InvalidParams)(said)
    if status < 400:
        return EngineFailed(_ELSEWHERE)
    told = f": {said}" if said and status < 500 else "."
    return EngineFailed(f"The remote server answered with status {status}{told}")


def failed(kind: object, message: object, key: str) -> CutroomError:
    """The error that a generation failed with there."""
    said = sentence(message, key)
    if said and isinstance(kind, str) and kind in _PASSED:
        return by_kind(kind)(said)
    if kind == "insufficient_credits" or "insufficient credits" in said.lower():
        return EngineFailed(NO_CREDIT)
    return EngineFailed(
        f"The remote server failed: {said}" if said else "The remote server failed."
    )


def sentence(text: object, key: str) -> str:
    """Somebody else's sentence on one line and not too long; our key is not in it, whatever they say."""
    if not isinstance(text, str):
        return ""
    if key:
        text = text.replace(key, "[the key]")
    said = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"


def _told(body: object, key: str) -> tuple[str, str]:
    """The error's kind and sentence in any of the shapes that servers of this sort use."""
    if not isinstance(body, Mapping):
        return "", ""
    error: Any = body.get("error")
    if isinstance(error, Mapping):
        kind = error.get("type") or error.get("code")
        said = error.get("detail") or error.get("message") or error.get("title")
    else:
        kind, said = "", body.get("detail") or body.get("message") or error
    if isinstance(said, list):  # FastAPI's: one object for each field
        parts = [one.get("msg") for one in said if isinstance(one, Mapping)]
        said = "; ".join(part for part in parts if isinstance(part, str))
    return str(kind), sentence(said, key)
