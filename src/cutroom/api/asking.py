"""Who asks and what of: the service behind a request, its caller, and the base of its URLs."""

from ipaddress import ip_address
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from cutroom.api.requests import add_header
from cutroom.errors import Busy, Forbidden, Unauthenticated
from cutroom.service import Service
from cutroom.settings import Settings
from cutroom.types import Caller, Scope

if TYPE_CHECKING:
    from cutroom.api.rates import Rates

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


async def caller(request: Request, scope: Scope | None = None) -> Caller:
    """Who asks, and may: with `scope`, or where none is given READ for GET and HEAD, else WRITE.

    Raises Unauthenticated without a good key, where keys are needed, Forbidden for a key without
    the scope, and Busy for one that asks more often than it may.
    """
    who = await _known(request)
    count(request, who)
    who.require(scope or (Scope.READ if request.method in {"GET", "HEAD"} else Scope.WRITE))
    return who


async def _known(request: Request) -> Caller:
    if not settings(request).auth:
        refuse_strange_names(request)
        refuse_strange_pages(request)
        return await run_in_threadpool(service(request).caller, OPEN_NAMESPACE)
    key = key_of(request)
    if key is None:
        raise Unauthenticated
    who = await run_in_threadpool(service(request).authenticate, key)
    request.state.namespace = who.namespace
    return who


def count(request: Request, who: Caller) -> None:
    """Count a request, once, where there is a limit on them. Raises Busy past it."""
    rates: Rates | None = request.app.state.rates
    if rates is None or getattr(request.state, "counted", False):
        return
    request.state.counted = True
    standing = rates.take(who.key_id or who.namespace)
    for name, value in standing.headers.items():
        add_header(request, name, value)
    if standing.wait:
        raise Busy("Your key asks too often; try again in a moment.", standing.wait)


def refuse_strange_names(request: Request) -> None:
    """Raises Forbidden for a Host that a stranger's DNS may have pointed at us, where no key protects us.

    An address is nobody's name, and names without a dot, `.local` and `.localhost` are given out
    by one's own network. Whoever serves under another name says so in `public_url`.
    """
    host = hostname(f"//{request.headers.get('host', '')}")
    known = {hostname(settings(request).public_url), settings(request).host.lower()}
    if host is None or not (
        host in known
        or is_address(host)
        or "." not in host
        or host.endswith((".local", ".localhost"))
    ):
        raise Forbidden(
            "This server does not know itself by that name. While keys are off, "
            "CUTROOM_PUBLIC_URL must tell the name it is called by."
        )


def hostname(url: str) -> str | None:
    """The host of a URL in lower case, None where it has none."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def is_address(host: str) -> bool:
    """Whether a host is an IP address."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def refuse_strange_pages(request: Request) -> None:
    """Raises Forbidden for what another site's page makes a browser send, where no key protects us."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Forbidden("Pages of other sites may not call this server while keys are off.")


def origin(request: Request) -> str:
    """The base under which this very request came; the caller says so, and nobody checked it."""
    return str(request.base_url)


def base_url(request: Request) -> str:
    """The base of URLs handed out, without a slash at its end."""
    return (settings(request).public_url or str(request.base_url)).rstrip("/")
