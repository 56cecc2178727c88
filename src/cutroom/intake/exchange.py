"""What one request to a checked address consists of, and what may be said of one that went wrong."""

from dataclasses import dataclass

import httpcore

from cutroom import __version__
from cutroom.errors import InvalidMedia
from cutroom.intake.dial import Clock, NotPublic, TooLate
from cutroom.urls import Address


class Passing(InvalidMedia):
    """The file could not be fetched for a reason that may pass."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an exchange came to nothing."""

    sentence: str
    """What a caller may know of it."""
    passing: bool = False
    """Whether the same request might be answered a little later: the network says so, not the file."""


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


def failure(error: BaseException, clock: Clock) -> Failure | None:
    """What is to be said of an error; None for what passes on as it is.

    Never which address answered what: a refused connection, a silent port and a name that leads
    nowhere public tell a stranger about networks that are not theirs.
    """
    found: Failure | None = None
    match error:
        case NotPublic():
            found = Failure("its host is unknown or its address is not public.")
        case TooLate():
            found = Failure(f"it was too slow ({clock.elapsed:.0f} s).")
        case httpcore.ConnectError() if "CERTIFICATE_VERIFY_FAILED" in str(error):
            found = Failure("the server's certificate is not trusted.")
        case httpcore.RemoteProtocolError() if "disconnected" in str(error):
            found = Failure("the server did not answer.", passing=True)
        case httpcore.RemoteProtocolError() if "complete message" in str(error):
            found = Failure("the connection ended before the file was complete.", passing=True)
        case httpcore.ProtocolError():
            found = Failure("the server did not answer in HTTP.")
        case httpcore.NetworkError() | httpcore.TimeoutException():
            found = Failure("the server did not answer.", passing=True)
    return found


def short(url: str) -> str:
    """The URL as its caller knows it, cut to a length that a sentence bears."""
    return url if len(url) <= 300 else f"{url[:299]}…"
