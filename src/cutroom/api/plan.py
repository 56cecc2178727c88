"""/api/ai/plan: what a request would come to; nothing is queued, held or fetched."""

from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cutroom.api import asking, wire
from cutroom.api.bodies import an_object


async def ask(request: Request) -> Response:
    """POST: the body of /api/ai/queue; 200 with `plan`, or with `refusal` in words, and what it would cost."""
    caller = await asking.caller(request)
    async with an_object(request, asking.settings(request).max_body_bytes) as body:
        told = await run_in_threadpool(partial(asking.service(request).requests.plan, caller, body))
    return JSONResponse(wire.estimate(told))
