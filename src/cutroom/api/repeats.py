"""`Idempotency-Key`: a request that may come twice and is carried out once."""

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from cutroom.api import asking
from cutroom.api.requests import add_header
from cutroom.errors import InvalidParams
from cutroom.service import Accepted, Once
from cutroom.types import Caller

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
LONGEST = 255


async def once(
    request: Request, caller: Caller, body: Mapping[str, Any] | None = None
) -> Once | None:
    """What the request is known by when it comes again; None without a key. Raises InvalidParams.

    The body counts by what it says: how it is spaced and in which order it names things does not
    matter.
    """
    given = request.headers.getlist(HEADER)
    if not given:
        return None
    said = saying(request.method, request.scope["path"], body)
    requests = asking.service(request).requests
    return await run_in_threadpool(partial(requests.once, caller, a_key(given), said))


def a_key(given: list[str]) -> str:
    """The key of the header, quoted as its specification wants it or bare. Raises InvalidParams."""
    key = given[0].strip()
    if len(key) > 1 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if len(given) > 1 or not 1 <= len(key) <= LONGEST or not (key.isascii() and key.isprintable()):
        raise InvalidParams(f"{HEADER} must be 1 to {LONGEST} printable ASCII letters")
    return key


def saying(method: str, path: str, body: Mapping[str, Any] | None) -> Iterator[bytes]:
    """What a request says, piece by piece: a body may hold videos."""
    yield f"{method}\n{path}\n".encode(errors="surrogateescape")
    if body is not None:
        encoder = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
        for piece in encoder.iterencode(body):
            yield piece.encode()


def tell(request: Request, accepted: Accepted) -> Accepted:
    """The same; the answer says so where it is that of an earlier request."""
    if accepted.replayed:
        add_header(request, REPLAYED, "true")
    return accepted
