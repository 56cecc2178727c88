"""Who asks and what of: the service behind a request, its caller, and the base of its URLs."""

from ipaddress import ip_address
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from cutroom.api import cookie
from cutroom.api.requests import add_header
from cutroom.errors import Busy, Forbidden, Unauthenticated
from cutroom.service import Service
from cutroom.settings import Settings
from cutroom.types import Caller, Scope
from cutroom.urls import authority

if TYPE_CHECKING:
    from cutroom.api.rates import Rates

OPEN_NAMESPACE = "default"
"""Whom everybody is where `auth` is off."""
LOOKS = frozenset({"GET", "HEAD"})
"""Methods that change nothing."""


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
    who = await known(request)
    count(request, who)
    who.require(scope or (Scope.READ if request.method in LOOKS else Scope.WRITE))
    return who


async def known(request: Request) -> Caller:
    """Who asks, by key or, where the request has none, by the cookie of a session.

    Raises Unauthenticated, and Forbidden for what another page makes a browser send.
    """
    if not settings(request).auth:
        refuse_strange_names(request)
        refuse_strange_pages(request)
        return await run_in_threadpool(service(request).caller, OPEN_NAMESPACE)
    key = key_of(request)
    if key is not None:
        who = await run_in_threadpool(service(request).authenticate, key)
    else:
        who = await _signed_in(request)
    request.state.namespace = who.namespace
    return who


async def _signed_in(request: Request) -> Caller:
    token = cookie.read(request, base_url(request))
    if token is None:
        raise Unauthenticated
    refuse_other_origins(request, sure=request.method not in LOOKS)
    add_header(request, "Vary", "Cookie")  # what is kept on the way is for nobody else
    return await run_in_threadpool(service(request).sessions.caller, token)


def count(request: Request, who: Caller) -> None:
    """Count a request, once, where there is a limit on them. Raises Busy past it."""
    rates: Rates | None = request.app.state.rates
    if rates is None or getattr(request.state, "counted", False):
        return
    request.state.counted = True
    standing = rates.take(who.key_id or who.session_id or who.namespace)
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
    if origin is not None and not is_ours(request, origin):
        raise Forbidden("Pages of other sites may not call this server while keys are off.")


def refuse_other_origins(request: Request, *, sure: bool = False) -> None:
    """Raises Forbidden where a browser says that a page of another origin makes it ask.

    With `sure` it must say that the page is ours: a browser sends cookies with what any page of
    the same host makes it send, of another port say.
    """
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    if (
        site in {"cross-site", "same-site"}
        or (origin is not None and not is_ours(request, origin))
        or (sure and origin is None and site != "same-origin")
    ):
        raise Forbidden(
            "With a session's cookie only this server's own pages may ask that. Programs send "
            "a key; behind a proxy CUTROOM_PUBLIC_URL must tell what browsers call this server."
        )


def is_ours(request: Request, origin: str) -> bool:
    """Whether an Origin is this server's: under the name it was asked by, or as `public_url` has it."""
    scheme, place = origin.partition("://")[0], authority(origin)
    public = settings(request).public_url
    if public and place == authority(public):
        return public.lower().startswith(f"{scheme}://")
    return place != "" and place == authority(f"{scheme}://{request.headers.get('host', '')}")


def origin(request: Request) -> str:
    """The base under which this very request came; the caller says so, and nobody checked it."""
    return str(request.base_url)


def from_our_page(request: Request) -> bool:
    """Whether a page of ours asks: it may load nothing from a bucket, and shows parts of files and thumbnails."""
    return request.headers.get("sec-fetch-site") == "same-origin"


def base_url(request: Request) -> str:
    """The base of URLs handed out, without a slash at its end."""
    return (settings(request).public_url or str(request.base_url)).rstrip("/")
