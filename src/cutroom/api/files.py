"""/api/repos/...: results and uploads, as bytes."""

import re
from dataclasses import dataclass

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from cutroom.api import asking, thumbnails
from cutroom.api.validators import Verdict, may_continue, validators, verdict
from cutroom.errors import NotFound
from cutroom.storage import File, Replaced, content_type, disposition, owner

BRANCH = "main"
"""The only branch there is."""
TRIES = 3
"""Times a file is looked at that is replaced again and again while it is read."""


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes [start, end) of a file."""

    start: int
    end: int


async def read(request: Request) -> Response:
    """GET and HEAD: a file, the range of it that was asked for, or a thumbnail."""
    key = key_of(request)
    await admit(request, key)
    if thumbnails.wanted(request.query_params):
        found = await run_in_threadpool(asking.service(request).files.find, key)
        return await thumbnails.answer(request, found)
    return await serve(request, key)


async def sign(request: Request) -> Response:
    """GET of the address that presigns: a URL of the file that needs no key for a while."""
    key = key_of(request)
    await admit_owner(request, key)
    files = asking.service(request).files
    await run_in_threadpool(files.find, key)
    base, ours = asking.base_url(request), asking.from_our_page(request)
    return JSONResponse({"url": await run_in_threadpool(files.url, key, base, ours=ours)})


async def delete(request: Request) -> Response:
    """DELETE: remove a file of the caller's own."""
    caller = await asking.caller(request)
    await run_in_threadpool(asking.service(request).files.delete, caller, key_of(request))
    return JSONResponse({"status": "success", "status_message": "resource_deleted"})


async def serve(request: Request, key: str) -> Response:
    """The answer to a GET or HEAD of a file, whoever asks: whole, in part, or not changed."""
    files = asking.service(request).files
    for _ in range(TRIES - 1):
        try:
            return await send(request, await run_in_threadpool(files.find, key))
        except Replaced:
            continue
    return await send(request, await run_in_threadpool(files.find, key))


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
        asking.service(request).files.verify(request.scope["path"], "GET", request.url.query)
        return
    await admit_owner(request, key)


async def admit_owner(request: Request, key: str) -> None:
    """Let those pass who have a key of the file's namespace. Raises Unauthenticated, NotFound."""
    caller = await asking.caller(request)
    if owner(key) not in caller.namespaces:
        raise NotFound


def headers_of(file: File) -> dict[str, str]:
    """What a browser is told of a file: its type, and to run nothing in it whatever it holds."""
    key = file.key
    return {
        "Content-Type": content_type(key),
        "Content-Disposition": disposition(key),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
        # Another file may come to lie there: what is kept is asked for again, by its validators.
        "Cache-Control": "private, no-cache",
        **validators(file),
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


async def send(request: Request, file: File) -> Response:
    """What the conditions and the range of the request come to. Raises Replaced."""
    headers = headers_of(file)
    outcome = verdict(request.headers, file)
    if outcome is not Verdict.SEND:
        return Response(status_code=outcome.value, headers=headers)
    span = None
    if "range" in request.headers and may_continue(request.headers, file):
        span = a_range(request.headers["range"], file.bytes)
    if span is None:
        return await stream(request, file, Span(0, file.bytes), 200, headers)
    if span.start >= span.end:
        headers["Content-Range"] = f"bytes */{file.bytes}"
        return Response(status_code=416, headers=headers)
    headers["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{file.bytes}"
    return await stream(request, file, span, 206, headers)


async def stream(
    request: Request, file: File, span: Span, status: int, headers: dict[str, str]
) -> Response:
    """The bytes of the span, read as fast as they are taken; none for HEAD. Raises Replaced."""
    headers = headers | {"Content-Length": str(span.end - span.start)}
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    read_file = asking.service(request).files.read
    chunks = await run_in_threadpool(read_file, file, span.start, span.end)
    return StreamingResponse(iterate_in_threadpool(chunks), status, headers)
