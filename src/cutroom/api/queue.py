"""/api/ai/queue: ask for generations, look at them, cancel them."""

from collections.abc import Iterable
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cutroom.api import asking, wire
from cutroom.api.bodies import an_object
from cutroom.errors import InvalidParams
from cutroom.types import Generation, Status

MEDIA_TYPES = ("image", "video")


async def enqueue(request: Request) -> Response:
    """POST: accept 1 to 4 generations of one request."""
    caller = await asking.caller(request)
    submit, origin = asking.service(request).submit, asking.origin(request)
    async with an_object(request, asking.settings(request).max_body_bytes) as body:
        generations = await run_in_threadpool(partial(submit, caller, body, origin=origin))
    return JSONResponse({"generations": [wire.accepted(one) for one in generations]})


async def active(request: Request) -> Response:
    """GET: the caller's generations, newest first; without `status` only those not finished."""
    caller = await asking.caller(request)
    query = request.query_params
    found = await run_in_threadpool(
        partial(
            asking.service(request).list,
            caller,
            namespace=query.get("namespace") or None,
            model=query.get("model") or None,
            status=a_status(query.get("status")),
        )
    )
    kept = placed(found, query.get("repo"), query.get("folder"))
    if a_media_type(query.get("media_type")) == "image":
        kept = []
    return JSONResponse(
        {"count": len(kept), "generations": [row(request, generation) for generation in kept]}
    )


async def one(request: Request) -> Response:
    """GET: one generation, with a freshly signed URL of its result."""
    caller = await asking.caller(request)
    found = await run_in_threadpool(
        asking.service(request).get, caller, request.path_params["generation_id"]
    )
    return JSONResponse(row(request, found))


async def cancel(request: Request) -> Response:
    """DELETE: cancel one; a finished one stays as it is."""
    caller = await asking.caller(request)
    generation_id = request.path_params["generation_id"]
    await run_in_threadpool(asking.service(request).cancel, caller, generation_id)
    return JSONResponse({"status": "success", "generation_id": generation_id})


def row(request: Request, generation: Generation) -> dict[str, object]:
    """The generation's row, its result signed for whoever reads it now."""
    url = asking.service(request).result_url(generation, asking.base_url(request))
    return wire.row(generation, url)


def placed(
    generations: Iterable[Generation], repo: str | None, folder: str | None
) -> list[Generation]:
    """Those whose request named this repository and this folder as the place of its result."""
    return [
        one
        for one in generations
        if (not repo or one.params.get("target_repo") == repo)
        and (not folder or one.params.get("target_directory") == folder)
    ]


def a_status(text: str | None) -> Status | None:
    """The status of a query. Raises InvalidParams."""
    if not text:
        return None
    try:
        return Status(text)
    except ValueError:
        raise InvalidParams(f"status must be one of {', '.join(Status)}") from None


def a_media_type(text: str | None) -> str | None:
    """The media type of a query. Raises InvalidParams."""
    if text and text not in MEDIA_TYPES:
        raise InvalidParams(f"media_type must be one of {', '.join(MEDIA_TYPES)}")
    return text
