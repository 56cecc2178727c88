"""What `api_speed.py` compares with: a bare route, and a queue of Celery over Redis behind the same framework.

`BROKER` in the environment is the URL of the Redis. Nobody works the queue off: asking and looking are measured.
"""

import os
from functools import cache
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from celery import Celery  # type: ignore[import-not-found]


async def bare(request: Request) -> Response:
    """POST: read JSON, answer JSON: the least that any service does."""
    body = await request.json()
    return JSONResponse({"generations": [{"generation_id": body["prompt"], "status": "queued"}]})


async def enqueue(request: Request) -> Response:
    """POST: one task more in Celery's queue."""
    body = await request.json()
    task = await run_in_threadpool(celery().send_task, "generation", (body,))
    return JSONResponse({"generations": [{"generation_id": task.id, "status": "queued"}]})


async def one(request: Request) -> Response:
    """GET: the task's state."""
    task = celery().AsyncResult(request.path_params["task"])
    state = await run_in_threadpool(lambda: task.state)
    return JSONResponse({"generation_id": task.id, "status": state})


@cache
def celery() -> "Celery":
    """Celery over the Redis of the environment."""
    from celery import Celery  # noqa: PLC0415  the bare route needs none

    return Celery("peer", broker=os.environ["BROKER"], backend=os.environ["BROKER"])


app = Starlette(
    routes=[
        Route("/bare", bare, methods=["POST"]),
        Route("/queue", enqueue, methods=["POST"]),
        Route("/queue/{task}", one),
    ]
)
