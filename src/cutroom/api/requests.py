"""The outermost layer: a request's id, its line in the log, and the answer when a bug is met."""

import logging
import re
import time
import uuid
from contextlib import AbstractContextManager, nullcontext

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cutroom import logs, traces
from cutroom.api import errors
from cutroom.api.traffic import METHODS, Traffic
from cutroom.errors import CutroomError, InvalidParams, NotFound

log = logging.getLogger("cutroom.api")
GOOD_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
HEADER = "x-request-id"
PROBES = frozenset({"/livez", "/readyz", "/metrics"})
"""Asked every few seconds; their lines are for debugging."""
FAULTS = 500
"""From this status on an answer is our fault."""
GUARDED = {
    # Data, most of it somebody's own: no cache keeps it, and no browser makes a page of it.
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
"""Headers of answers that have none of their own; the playground shares its origin with them all."""


def add_header(request: Request, name: str, value: str) -> None:
    """Give the answer to a request a header, whichever answer it will be."""
    request.state.headers[name] = value


class Requests:
    """ASGI middleware: every answer carries `x-request-id` and is guarded, and has one line in the log.

    Neither query strings nor headers are logged: signatures and keys are in them.
    """

    def __init__(self, app: ASGIApp, traffic: Traffic) -> None:
        self.app = app
        self._traffic = traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; an exception that nobody foresaw is logged whole."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        request_id = given if GOOD_ID.fullmatch(given) else uuid.uuid4().hex
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        headers: dict[str, str] = state.setdefault("headers", {})
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                told = MutableHeaders(scope=message)
                told.update({HEADER: request_id} | headers)
                for name, value in GUARDED.items():
                    told.setdefault(name, value)
            await send(message)

        began = time.monotonic()
        with logs.about(request_id=request_id), self._span(scope) as span:
            try:
                wrong = nul_in(scope) or two_lengths(scope)
                await (errors.respond(wrong, scope["path"]) if wrong else self.app)(
                    scope, receive, answer
                )
            except Exception:
                log.exception("%s %s failed", scope["method"], plain(scope["path"]))
                if status:  # half an answer is out; only the server can break it off
                    raise
                await errors.unexpected(scope["path"])(scope, receive, answer)
            finally:
                seconds = time.monotonic() - began
                self._traffic.count(scope.get("endpoint"), scope["method"], status, seconds)
                tell(scope, status, seconds)
                span.set(status=status, route=self._traffic.route(scope.get("endpoint")))
                if status >= FAULTS:
                    span.fail(str(status))

    @staticmethod
    def _span(scope: Scope) -> AbstractContextManager[traces.Span]:
        """The request as a span, of its caller's trace if that has one; probes are none."""
        if not traces.on() or scope["path"] in PROBES:
            return nullcontext(traces.Span())
        method = scope["method"] if scope["method"] in METHODS else "other"
        parent = traces.of(Headers(scope=scope))
        return traces.span(f"request {method}", parent, kind="server", method=method)


def tell(scope: Scope, status: int, seconds: float) -> None:
    """The request's line in the log."""
    about = {
        "method": scope["method"],
        "path": plain(scope["path"]),
        "status": status,
        "ms": round(1000 * seconds, 1),
        "namespace": scope["state"].get("namespace", "-"),
    }
    generation = scope.get("path_params", {}).get(logs.GENERATION, "")
    log.log(
        logging.DEBUG if scope["path"] in PROBES else logging.INFO,
        "%(method)s %(path)s %(status)d %(ms).0f ms %(namespace)s",
        about,
        extra={
            "fields": about,
            "ids": {logs.GENERATION: generation} if GOOD_ID.fullmatch(generation) else {},
        },
    )


def plain(path: str) -> str:
    """A path in one line of ASCII: nobody writes a line of the log by asking for it."""
    return ascii(path)[1:-1]


def two_lengths(scope: Scope) -> CutroomError | None:
    """What is wrong with a body that ends where its length says, and where its chunks do.

    A proxy that believes the other one takes the rest of it for somebody else's request (RFC 9112, 6.1).
    """
    names = [name for name, _ in scope["headers"]]
    if b"transfer-encoding" in names and b"content-length" in names:
        return errors.Ambiguous("The request tells both Content-Length and Transfer-Encoding")
    return None


def nul_in(scope: Scope) -> CutroomError | None:
    """What is wrong with an address that holds a NUL: PostgreSQL has no such text to compare it with."""
    if "\x00" in scope["path"]:
        return NotFound()
    if b"%00" in scope["query_string"] or b"\x00" in scope["query_string"]:
        return InvalidParams("The query holds a NUL character")
    return None
