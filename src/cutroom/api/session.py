"""/api/session: a browser signs in with a key or a link, looks at who it is, and signs out."""

import time

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from cutroom.api import asking, cookie
from cutroom.api.bodies import an_object
from cutroom.errors import InvalidParams, Unauthenticated
from cutroom.service import Pass

BODY = 10_000
"""Bytes of JSON that a request may have."""
WAYS = ("key", "link")
"""What one signs in with."""


async def read(request: Request) -> JSONResponse:
    """GET: who asks, by cookie or key, and whether that needs to be known at all."""
    if not asking.settings(request).auth:
        return told(request)
    try:
        who = await asking.known(request)
    except Unauthenticated:
        return told(request)
    asking.count(request, who)
    expires = await run_in_threadpool(asking.service(request).sessions.expiry, who)
    return told(request, who.namespace, expires)


async def begin(request: Request) -> JSONResponse:
    """POST: sign in. A session that the browser had before ends."""
    asking.refuse_other_origins(request)
    async with an_object(request, BODY) as body:
        way, token = a_way(body)
    if not asking.settings(request).auth:
        return told(request)
    given = await admitted(request, way, token)
    await forget(request)
    request.state.namespace = given.namespace
    answer = told(request, given.namespace, given.expires)
    seconds = given.expires - int(time.time())
    cookie.write(answer, asking.base_url(request), given.token, seconds)
    return answer


async def end(request: Request) -> JSONResponse:
    """DELETE: sign out; who was not signed in stays so."""
    asking.refuse_other_origins(request)
    if not asking.settings(request).auth:
        return told(request)
    await forget(request)
    answer = told(request)
    cookie.write(answer, asking.base_url(request), "", 0)
    return answer


async def admitted(request: Request, way: str, token: str) -> Pass:
    """The session that a key or a link opens. Raises Unauthenticated, and Busy as the key would."""
    service = asking.service(request)
    if way == "link":
        return await run_in_threadpool(service.sessions.of_link, token)
    who = await run_in_threadpool(service.authenticate, token)
    asking.count(request, who)
    return await run_in_threadpool(service.sessions.of_key, who)


async def forget(request: Request) -> None:
    """End the session of the request's cookie, if it has one."""
    token = cookie.read(request, asking.base_url(request))
    if token is not None:
        await run_in_threadpool(asking.service(request).sessions.end, token)


def a_way(body: dict[str, object]) -> tuple[str, str]:
    """`key` or `link`, and what the body gives for it. Raises InvalidParams."""
    match list(body.items()):
        case [(str(way), str(token))] if way in WAYS and token:
            return way, token.strip()
    raise InvalidParams('Sign in with {"key": "..."} or with {"link": "..."}')


def told(request: Request, user: str | None = None, expires: int | None = None) -> JSONResponse:
    """How the browser stands."""
    auth = asking.settings(request).auth
    stands = {
        "auth": auth,
        "user": user if auth else asking.OPEN_NAMESPACE,
        "expires": expires,
        "base": asking.base_url(request),
    }
    return JSONResponse(stands)
