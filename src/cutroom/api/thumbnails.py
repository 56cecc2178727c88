"""`?thumbnail=true` at the address of a file: a small picture of it."""

import math
from dataclasses import replace
from functools import partial

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from cutroom.api import asking
from cutroom.api.validators import Verdict, validators, verdict
from cutroom.errors import Busy, InvalidParams
from cutroom.storage import File

WIDTH, HEIGHT = 320, 1024
"""The box where the query names none."""
SMALLEST, LARGEST = 16, 1024
WAITING = 20
"""Requests that may wait for their turn."""
AGAIN = 2.0
"""Seconds after which there may be room again."""


def wanted(query: QueryParams) -> bool:
    """Whether a thumbnail is asked for."""
    return query.get("thumbnail") == "true"


async def answer(request: Request, file: File) -> Response:
    """The thumbnail of a file that the caller may see. Raises InvalidParams, InvalidMedia, Busy."""
    query = request.query_params
    box = pixels(query, "width", WIDTH), pixels(query, "height", HEIGHT)
    seconds = moment(query)
    shown = replace(file, tag=file.tag and f'{file.tag[:-1]}-{box[0]}x{box[1]}-{seconds!r}"')
    headers = {
        "Content-Type": "image/jpeg",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-cache",
        **validators(shown),
    }
    outcome = verdict(request.headers, shown)
    if outcome is not Verdict.SEND:
        return Response(status_code=outcome.value, headers=headers)
    limiter: CapacityLimiter = request.app.state.thumbnails
    if limiter.statistics().tasks_waiting >= WAITING:
        raise Busy("Too many thumbnails are being made; try again in a moment.", AGAIN)
    make = partial(asking.service(request).thumbnails.make, file, box, seconds)
    jpeg = await to_thread.run_sync(make, limiter=limiter)
    if request.method == "HEAD":
        return Response(headers=headers | {"Content-Length": str(len(jpeg))})
    return Response(jpeg, headers=headers)


def pixels(query: QueryParams, name: str, default: int) -> int:
    """A number of pixels of the query. Raises InvalidParams."""
    text = query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise InvalidParams(f"{name} must be a whole number from {SMALLEST} to {LARGEST}")
    if not SMALLEST <= int(text) <= LARGEST:
        raise InvalidParams(f"{name} must be a whole number from {SMALLEST} to {LARGEST}")
    return int(text)


def moment(query: QueryParams) -> float:
    """The seconds of `timestamp`, 0 without. Raises InvalidParams."""
    try:
        seconds = float(query.get("timestamp", "0"))
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise InvalidParams("timestamp must be seconds from the beginning")
    return seconds
