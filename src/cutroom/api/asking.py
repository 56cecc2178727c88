"""Who asks and what of: the service behind a request, its caller, and the base of its URLs."""

from typing import cast
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from cutroom.errors import Forbidden, Unauthenticated
from cutroom.service import Service
from cutroom.settings import Settings
from cutroom.types import Caller

OPEN_NAMESPACE = "default"
"""Whom everybody is where `auth` is off."""


def service(request: Request) -> Service:
    """The service that the app was made with."""
    return cast("Service", request.app.state.service)


def settings(request: Request) -> Settings:
    """The settings that the app was made with."""
    return cast("Settings", request.app.state.settings)


def key_of(request: Request) -> str | None:
    """The key of `Authorization: Bearer KEY`, None without one."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() or None if scheme.lower() == "bearer" else None


async def caller(request: Request) -> Caller:
    """Who asks. Raises Unauthenticated without a good key, where keys are needed."""
    if not settings(request).auth:
        refuse_strange_pages(request)
        return await run_in_threadpool(service(request).caller, OPEN_NAMESPACE)
    key = key_of(request)
    if key is None:
        raise Unauthenticated
    who = await run_in_threadpool(service(request).authenticate, key)
    request.state.namespace = who.namespace
    return who


def refuse_strange_pages(request: Request) -> None:
    """Raises Forbidden for what another site's page makes a browser send, where no key protects us."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Forbidden("Pages of other sites may not call this server while keys are off.")


def base_url(request: Request) -> str:
    """The base of URLs handed out, without a slash at its end."""
    return (settings(request).public_url or str(request.base_url)).rstrip("/")
