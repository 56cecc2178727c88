"""The cookie that carries a browser's session: what it is called, how far it goes, how it is read."""

from starlette.requests import Request
from starlette.responses import Response

from cutroom.urls import authority

NAME = "cutroom_session"


def name_at(base: str) -> str:
    """What the cookie is called on a server whose URLs begin with `base`.

    Cookies know no ports, so servers on one host tell theirs apart by name. Over TLS the name holds
    a browser to a promise: `__Host-` that this very host set it, `__Secure-` that it came over TLS.
    """
    promise = ""
    if is_tls(base):
        promise = "__Host-" if path_of(base) == "/" else "__Secure-"
    port = authority(base).rpartition(":")[2]
    return promise + NAME + (f"_{port}" if port.isdecimal() else "")


def path_of(base: str) -> str:
    """The path under which the server is: what a proxy puts before its addresses."""
    return "/" + base.partition("://")[2].partition("/")[2].strip("/")


def is_tls(base: str) -> bool:
    """Whether browsers come by https."""
    return base.lower().startswith("https://")


def read(request: Request, base: str) -> str | None:
    """The token that the request's cookie carries; None without one.

    Of several the first counts: browsers send the one of the longest path first.
    """
    for header in request.headers.getlist("cookie"):
        for part in header.split(";"):
            name, _, value = part.strip().partition("=")
            if name == name_at(base):
                return value or None
    return None


def write(response: Response, base: str, token: str, seconds: int) -> None:
    """Have the browser keep the token for so long; 0 seconds make it forget what it kept."""
    response.set_cookie(
        name_at(base),
        token,
        max_age=max(0, seconds),
        path=path_of(base),
        secure=is_tls(base),
        httponly=True,
        samesite="strict",
    )
