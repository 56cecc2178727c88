"""/api/events: what happens to generations, told as it happens (server-sent events)."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Any

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from cutroom.api import asking, previews
from cutroom.api.broadcast import Broadcast, Listener, News
from cutroom.errors import Forbidden, Unauthenticated, Unreachable
from cutroom.events import Audience, Event

KEEP_ALIVE = 15.0
"""Seconds of silence after which a comment is sent; the documented samples end at one."""
CHECK = 15.0
"""Seconds after which the key is looked at again."""
PATIENCE = 30.0
"""Seconds that a caller may take to receive a few kilobytes."""
SILENCE = b": keep-alive\n\n"
PADDING = b":" + b" " * 4096 + b"\n\n"
"""A comment behind each event. Where awk is mawk, the documented sample sees nothing until so much came."""
PROGRESS, RESET = "generation_progress", "reset"
HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-cache",
    "X-Accel-Buffering": "no",
}
GAPS = {
    "expired": "Events since that Last-Event-ID are no longer kept; look at /api/ai/queue.",
    "unknown": "That Last-Event-ID is not from here; look at /api/ai/queue.",
    "slow": "Events came faster than they were taken; connect again with this Last-Event-ID.",
}

log = logging.getLogger(__name__)


async def listen(request: Request) -> Response:
    """GET: the events of what the caller asked for or, with `namespace`, of all in a namespace."""
    caller = await asking.caller(request)
    service = asking.service(request)
    audience = service.events.audience(caller, request.query_params.get("namespace") or None)
    if request.method == "HEAD":
        return Response(headers=HEADERS)
    broadcast: Broadcast = request.app.state.broadcast
    return Stream(request, broadcast, await broadcast.join(audience))


class Stream(Response):
    """The answer that ends only when somebody ends it: the caller, the server, or the key."""

    def __init__(self, request: Request, broadcast: Broadcast, listener: Listener) -> None:
        super().__init__(headers=HEADERS)
        del self.headers["content-length"]
        self._request = request
        self._broadcast = broadcast
        self._listener = listener
        self._seq = listener.since
        """The number of the last event that the caller was told, or need not be."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        """Tell until the end."""
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(self._until_gone, receive, group.cancel_scope)
                await self._send(send)
                group.cancel_scope.cancel()
        finally:
            self._broadcast.leave(self._listener)

    async def _until_gone(self, receive: Receive, scope: anyio.CancelScope) -> None:
        """Cancel the telling when the caller hangs up."""
        while (await receive())["type"] != "http.disconnect":
            pass
        scope.cancel()

    async def _send(self, send: Send) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        try:
            async for piece in self._pieces():
                async with asyncio.timeout(PATIENCE):
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
        except TimeoutError:
            return  # half an answer is out, so the server breaks it off
        except Unreachable:
            log.warning("the database is not there; a stream of events ends")
        await send({"type": "http.response.body", "body": b""})

    async def _pieces(self) -> AsyncIterator[bytes]:
        """What the caller missed, then what happens."""
        async for piece in self._missed():
            yield piece
        check = time.monotonic() + CHECK
        while not self._listener.over:
            news = await self._listener.next(KEEP_ALIVE)
            if time.monotonic() >= check:
                if not await still_welcome(self._request, self._listener.audience):
                    return
                check = time.monotonic() + CHECK
            if isinstance(news, Event) and news.seq <= self._seq:
                continue  # seen already, by way of a server that looked a moment sooner
            if news is not None:
                yield self._said(news)
            elif not self._listener.over:
                yield SILENCE
        if self._listener.slow:
            yield gap("slow", self._seq)

    async def _missed(self) -> AsyncIterator[bytes]:
        """What happened before the listener came."""
        events, audience = asking.service(self._request).events, self._listener.audience
        until, last_id = self._listener.since, self._request.headers.get("last-event-id")
        opening = await run_in_threadpool(events.opening, audience, last_id, until)
        self._seq = opening.cursor
        if opening.gap:
            yield gap(opening.gap, self._seq)
        while page := await run_in_threadpool(events.between, audience, self._seq, until):
            for event in page:
                yield self._said(event)
        self._seq = max(self._seq, until)

    def _said(self, news: News) -> bytes:
        """One piece of news as it goes out."""
        if isinstance(news, Event):
            self._seq = news.seq
            base = asking.base_url(self._request)
            ours = asking.from_our_page(self._request)
            url = partial(asking.service(self._request).files.url, base_url=base, ours=ours)
            return block(news.name, news.told(url), self._seq) + PADDING
        data = {
            "generation_id": news.id,
            "status": "processing",
            "media_type": "video",
            "model": news.model,
            "progress": round(news.done, 4),
        }
        if seen := previews.url(asking.base_url(self._request), news.id, news.preview):
            data["preview_url"] = seen
        return block(PROGRESS, data, self._seq)


async def still_welcome(request: Request, audience: Audience) -> bool:
    """Whether the caller's key still opens all that it opened."""
    try:
        caller = await asking.caller(request)
        now = asking.service(request).events.audience(caller, audience.namespace)
    except (Unauthenticated, Forbidden):
        return False
    except Unreachable:
        return True  # nobody can say; the next look will
    return audience.reach <= now.reach


def gap(reason: str, seq: int) -> bytes:
    """Says that events may be missing, and why."""
    return block(RESET, {"reason": reason, "detail": GAPS[reason]}, seq)


def block(name: str, data: Mapping[str, Any], seq: int) -> bytes:
    """One event. The id comes first: what follows it are the documented bytes, letter by letter.

    The JSON is ASCII: some letters beyond it end a line for Python's `splitlines`, and so for the
    documented samples.
    """
    text = json.dumps(data, separators=(",", ":"))
    return f"id: {seq}\nevent: {name}\ndata: {text}\n\n".encode()
