"""What one request to a checked address consists of, and what may be said of one that went wrong."""

import httpcore

from cutroom import __version__
from cutroom.errors import InvalidMedia
from cutroom.intake.dial import Clock, NotPublic, TooLate
from cutroom.urls import Address


class Passing(InvalidMedia):
    """The file could not be fetched for a reason that may pass."""


def may_pass(error: BaseException) -> bool:
    """Whether the same request might be answered a little later: what says so is the network, not the file."""
    if isinstance(error, httpcore.ConnectError) and "CERTIFICATE" in str(error):
        return False
    if isinstance(error, httpcore.RemoteProtocolError):
        return "disconnected" in str(error) or "complete message" in str(error)
    return isinstance(error, httpcore.NetworkError | httpcore.TimeoutException)


def url_of(address: Address) -> httpcore.URL:
    """The address as httpcore takes it."""
    return httpcore.URL(
        scheme=address.scheme.encode(),
        host=address.host.encode(),
        port=address.port,
        target=address.target.encode(),
    )


def headers_of(address: Address) -> list[tuple[bytes, bytes]]:
    """What every request of ours says of itself; no cookies, no credentials."""
    return [
        (b"Host", address.authority.encode()),
        (b"User-Agent", f"cutroom/{__version__}".encode()),
        (b"Accept", b"*/*"),
        (b"Accept-Encoding", b"identity"),
        (b"Connection", b"close"),
    ]


def header(response: httpcore.Response, name: bytes) -> bytes:
    """A header of an answer, empty where it has none of that name."""
    return next((value for key, value in response.headers if key.lower() == name), b"")


def sentence(error: BaseException, clock: Clock) -> str | None:
    """What a caller may know of a failure; None for what passes as it is.

    Never which address answered what: a refused connection, a silent port and a name that leads
    nowhere public tell a stranger about networks that are not theirs.
    """
    said: str | None = None
    match error:
        case NotPublic():
            said = "its host is unknown or its address is not public."
        case TooLate():
            said = f"it was too slow ({clock.elapsed:.0f} s)."
        case httpcore.ConnectError() if "CERTIFICATE_VERIFY_FAILED" in str(error):
            said = "the server's certificate is not trusted."
        case httpcore.RemoteProtocolError() if "disconnected" in str(error):
            said = "the server did not answer."
        case httpcore.RemoteProtocolError() if "complete message" in str(error):
            said = "the connection ended before the file was complete."
        case httpcore.ProtocolError():
            said = "the server did not answer in HTTP."
        case httpcore.NetworkError() | httpcore.TimeoutException():
            said = "the server did not answer."
    return said


def short(url: str) -> str:
    """The URL as its caller knows it, cut to a length that a sentence bears."""
    return url if len(url) <= 300 else f"{url[:299]}…"
