"""/api/ai/queue: ask for generations, look at them, cancel them."""

from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cutroom.api import asking, filters, repeats, rows, wire
from cutroom.api.bodies import an_object


async def enqueue(request: Request) -> Response:
    """POST: accept 1 to 4 generations of one request."""
    caller = await asking.caller(request)
    submit, origin = asking.service(request).requests.submit, asking.origin(request)
    async with an_object(request, asking.settings(request).max_body_bytes) as body:
        once = await repeats.once(request, caller, body)
        accepted = await run_in_threadpool(partial(submit, caller, body, origin=origin, once=once))
    told = [wire.accepted(one) for one in repeats.tell(request, accepted).generations]
    return JSONResponse({"generations": told})


async def active(request: Request) -> Response:
    """GET: the caller's generations, newest first; without `status` only those not finished."""
    caller = await asking.caller(request)
    newest, wanted = asking.service(request).history.newest, filters.of(request)

    def answer() -> Response:
        told = rows.rows(request, newest(caller, **wanted))
        return JSONResponse({"count": len(told), "generations": told})

    return await run_in_threadpool(answer)


async def one(request: Request) -> Response:
    """GET: one generation, with a freshly signed URL of its result."""
    caller = await asking.caller(request)
    get, generation_id = asking.service(request).get, request.path_params["generation_id"]
    return JSONResponse(
        await run_in_threadpool(lambda: rows.row(request, get(caller, generation_id)))
    )


async def cancel(request: Request) -> Response:
    """DELETE: cancel one; a finished one stays as it is."""
    caller = await asking.caller(request)
    generation_id = request.path_params["generation_id"]
    await run_in_threadpool(asking.service(request).cancel, caller, generation_id)
    return JSONResponse({"status": "success", "generation_id": generation_id})


async def retry(request: Request) -> Response:
    """POST: end one that is not final, and ask for the same again; one that succeeded stays as it is."""
    caller = await asking.caller(request)
    once = await repeats.once(request, caller)
    again, source = asking.service(request).retry, request.path_params["generation_id"]
    accepted = await run_in_threadpool(again, caller, source, once)
    (told,) = [wire.accepted(one) for one in repeats.tell(request, accepted).generations]
    return JSONResponse({"generations": [told], **told, "retried_from_id": source})
