"""/api/ai/videos/generate: one generation, answered when it is done."""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from cutroom import errors
from cutroom.api import asking, repeats
from cutroom.api.bodies import an_object
from cutroom.api.errors import Stopping
from cutroom.api.requests import add_header
from cutroom.types import Caller, Generation, Status

FORMATS = ("url", "b64_json")
SOONEST, LATEST = 0.2, 2.0
"""Seconds between two looks at a generation that somebody waits for; a twentieth of the time waited."""


async def generate(request: Request) -> Response:
    """POST: submit and wait. A caller that hangs up loses nothing: the generation goes on."""
    caller = await asking.caller(request)
    generation, response_format = await accept(request, caller)
    done = await final(request, caller, generation.id)
    if done is None:
        return Response(status_code=499)  # nobody reads it
    if response_format == "b64_json":
        return await inline(request, done)
    return linked(request, done)


async def accept(request: Request, caller: Caller) -> tuple[Generation, str]:
    """The generation asked for, which every answer names, and how its video is to be answered.

    The body is forgotten.
    """
    submit, origin = asking.service(request).requests.submit, asking.origin(request)
    async with an_object(request, asking.settings(request).max_body_bytes) as body:
        response_format = a_format(body)
        once = await repeats.once(request, caller, body)
        accepted = await run_in_threadpool(
            partial(submit, caller, body, count=1, origin=origin, once=once)
        )
    (generation,) = repeats.tell(request, accepted).generations
    add_header(request, "x-generation-id", generation.id)
    return generation, response_format


def a_format(body: dict[str, Any]) -> str:
    """How the video is to be answered. Raises InvalidParams."""
    given = body.get("response_format")
    if given is None:
        return FORMATS[0]
    if given not in FORMATS:
        raise errors.InvalidParams("response_format must be 'url' or 'b64_json'")
    return str(given)


async def final(request: Request, caller: Caller, generation_id: str) -> Generation | None:
    """The generation once it succeeded; None when the caller hung up meanwhile.

    Raises what it failed with, Cancelled, or Stopping when the server is about to end.
    """
    service = asking.service(request)
    began = time.monotonic()
    while True:
        try:
            found = await run_in_threadpool(service.get, caller, generation_id)
        except errors.Unreachable:
            found = None  # the database may be back before the caller's patience ends
        if found is not None and found.status is Status.SUCCEEDED:
            return found
        if found is not None and found.status.final:
            raise outcome(found)
        if await request.is_disconnected():
            return None
        if request.app.state.stopping():
            raise Stopping(
                "The server is stopping; the generation goes on as "
                f"/api/ai/queue/{generation_id} when it is back."
            )
        waited = time.monotonic() - began
        await asyncio.sleep(min(LATEST, max(SOONEST, waited / 20)))


def outcome(generation: Generation) -> errors.CutroomError:
    """The error that a generation without a result ended with."""
    if generation.status is Status.CANCELLED:
        return errors.Cancelled()
    return errors.by_kind(generation.error_kind or "")(generation.error_message or "")


def envelope(generation: Generation, video: dict[str, str]) -> dict[str, Any]:
    """The answer that carries one video."""
    return {"created": generation.completed_at, "model": generation.model, "videos": [video]}


def linked(request: Request, generation: Generation) -> Response:
    """The answer with a signed URL."""
    base, ours = asking.base_url(request), asking.from_our_page(request)
    url = asking.service(request).result_url(generation, base, ours=ours)
    return JSONResponse(envelope(generation, {"url": url or ""}))


async def inline(request: Request, generation: Generation) -> Response:
    """The answer with the video itself in base64, streamed from storage."""
    files = asking.service(request).files
    file = await run_in_threadpool(files.find, generation.result_key or "")
    chunks = await run_in_threadpool(files.read, file)
    mark = "*"  # not in base64, JSON's syntax or a model's id
    head, _, tail = json.dumps(envelope(generation, {"b64_json": mark})).partition(mark)
    length = len(head) + (file.bytes + 2) // 3 * 4 + len(tail)

    async def pieces() -> AsyncIterator[bytes]:
        yield head.encode()
        rest = b""
        async for chunk in iterate_in_threadpool(chunks):
            whole = rest + chunk
            cut = len(whole) - len(whole) % 3  # only the last piece may be padded
            rest = whole[cut:]
            yield base64.b64encode(whole[:cut])
        yield base64.b64encode(rest) + tail.encode()

    headers = {"Content-Length": str(length)}
    return StreamingResponse(pieces(), media_type="application/json", headers=headers)
