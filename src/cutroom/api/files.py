"""/api/repos/...: results and uploads, as bytes."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from cutroom.api import asking
from cutroom.errors import NotFound
from cutroom.storage import content_type

BRANCH = "main"
"""The only branch there is."""


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes [start, end) of a file."""

    start: int
    end: int


async def read(request: Request) -> Response:
    """GET and HEAD: a file, or the range of it that was asked for."""
    key = key_of(request)
    await admit(request, key)
    service = asking.service(request)
    size = await run_in_threadpool(service.file_size, key)
    headers = headers_of(key)
    wanted = request.headers.get("range")
    # Nothing here has a validator, so what If-Range names is never known to be the same.
    if wanted is None or "if-range" in request.headers:
        return await send(request, key, Span(0, size), 200, headers)
    span = a_range(wanted, size)
    if span is None:
        return await send(request, key, Span(0, size), 200, headers)
    if span.start >= span.end:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{size}"
    return await send(request, key, span, 206, headers)


def key_of(request: Request) -> str:
    """Where the file lies. Raises NotFound for a branch that there is not."""
    parts = request.path_params
    if parts["branch"] != BRANCH:
        raise NotFound(f"There is one branch, {BRANCH}.")
    return f"{parts['namespace']}/{parts['repo']}/{parts['path']}"


async def admit(request: Request, key: str) -> None:
    """Let those pass who carry a signature, or a key of the file's namespace.

    Raises Unauthenticated or Forbidden; NotFound for a stranger's key, as if there was no file.
    """
    if "oxen_signature" in request.query_params:
        asking.service(request).verify(request.scope["path"], "GET", request.url.query)
        return
    caller = await asking.caller(request)
    if key.partition("/")[0] not in caller.namespaces:
        raise NotFound


def headers_of(key: str) -> dict[str, str]:
    """What a browser is told of a file: its type, and to run nothing in it whatever it holds."""
    kind = content_type(key)
    shown = "inline" if kind.startswith(("video/", "image/")) else "attachment"
    name = quote(PurePosixPath(key).name, safe="")
    return {
        "Content-Type": kind,
        "Content-Disposition": f"{shown}; filename*=UTF-8''{name}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
        "Cache-Control": "private",
    }


def a_range(header: str, size: int) -> Span | None:
    """The span of a Range header, empty when it lies outside; None when the header is to be ignored.

    Several ranges at once are ignored, which RFC 9110 section 14.2 lets a server do.
    """
    found = re.fullmatch(r"\s*bytes\s*=\s*([0-9]{0,18})\s*-\s*([0-9]{0,18})\s*", header, re.ASCII)
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        return Span(max(0, size - int(found[2])), size if int(found[2]) else 0)
    start, last = int(found[1]), int(found[2] or size)
    if found[2] and last < start:
        return None
    return Span(start, min(last + 1, size))


async def send(
    request: Request, key: str, span: Span, status: int, headers: dict[str, str]
) -> Response:
    """The bytes of the span, read as fast as they are taken; none for HEAD."""
    headers = headers | {"Content-Length": str(span.end - span.start)}
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    open_file = asking.service(request).open_file
    chunks = await run_in_threadpool(open_file, key, span.start, span.end)
    return StreamingResponse(iterate_in_threadpool(chunks), status, headers)
