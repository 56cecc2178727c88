"""The one fetcher: every URL that a caller names and that leads elsewhere goes through here."""

import ssl
from collections.abc import Callable
from functools import cached_property
from http import HTTPStatus
from pathlib import Path

import httpcore

from cutroom import __version__, urls
from cutroom.errors import InvalidMedia, InvalidParams
from cutroom.intake import addresses, dial
from cutroom.intake.addresses import IP
from cutroom.intake.dial import Clock, Dialler, NotPublic, Resolve, TooLate
from cutroom.intake.sink import Sink
from cutroom.settings import Settings
from cutroom.urls import Address

REDIRECTS = 5
"""Redirects that one download may follow."""
GRACE = 10.0
"""Seconds before the rate of a download is looked at."""


class Fetcher:
    """Downloads from public addresses, within limits of bytes, time and rate; knows no proxy.

    `resolve` and `allow` are the seams for tests, and for a private network that one trusts.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        resolve: Resolve = dial.resolve,
        allow: Callable[[IP], bool] = addresses.public,
    ) -> None:
        self._seconds = settings.fetch_timeout
        self._rate = settings.fetch_min_rate
        self._resolve = resolve
        self._allow = allow

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """The system's trust; SSL_CERT_FILE and SSL_CERT_DIR add to it."""
        return ssl.create_default_context()

    def fetch(self, url: str, out: Path, most: int, alive: Callable[[], None]) -> int:
        """Download a URL into the file `out`; returns its bytes, at most `most`.

        `alive` is called at least twice a second and between chunks, and raises to stop. Raises
        InvalidParams for a URL that is not one, InvalidMedia with the reason otherwise; no file is
        left then.
        """
        clock = Clock(self._seconds, alive)
        try:
            with out.open("wb") as file:
                return self._follow(url, file.write, most, clock)
        except BaseException as error:
            out.unlink(missing_ok=True)
            if (sentence := _sentence(error, clock)) is not None:
                raise InvalidMedia(f"{_short(url)} could not be fetched: {sentence}") from error
            raise

    def _follow(self, url: str, write: Callable[[bytes], int], most: int, clock: Clock) -> int:
        address = urls.parse(url)
        for _ in range(REDIRECTS + 1):
            dialler = Dialler(clock, self._resolve, self._allow)
            with (
                httpcore.ConnectionPool(self._tls, network_backend=dialler) as pool,
                pool.stream("GET", _url(address), headers=_headers(address)) as response,
            ):
                location = _location(response)
                if location is None:
                    _check_status(response.status, url)
                    return self._receive(response, write, most, clock)
            address = _redirected(address, location)
        raise InvalidMedia(f"{_short(url)} could not be fetched: it redirects too often.")

    def _receive(
        self,
        response: httpcore.Response,
        write: Callable[[bytes], int],
        most: int,
        clock: Clock,
    ) -> int:
        """Write the body, counting."""
        if _header(response, b"content-encoding").lower() not in {b"", b"identity"}:
            raise InvalidMedia("The server sent the file compressed, which was not asked for.")
        announced = _header(response, b"content-length")
        sink = Sink(write, most, int(announced) if announced.isdigit() else None)
        for chunk in response.iter_stream():
            sink.take(chunk)
            clock.left()
            if clock.elapsed > GRACE and sink.bytes < self._rate * clock.elapsed:
                raise TooLate
        return sink.bytes


def _sentence(error: BaseException, clock: Clock) -> str | None:
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


def _short(url: str) -> str:
    """The URL as its caller knows it, cut to a length that a sentence bears."""
    return url if len(url) <= 300 else f"{url[:299]}…"


def _url(address: Address) -> httpcore.URL:
    return httpcore.URL(
        scheme=address.scheme.encode(),
        host=address.host.encode(),
        port=address.port,
        target=address.target.encode(),
    )


def _headers(address: Address) -> list[tuple[bytes, bytes]]:
    return [
        (b"Host", address.authority.encode()),
        (b"User-Agent", f"cutroom/{__version__}".encode()),
        (b"Accept", b"*/*"),
        (b"Accept-Encoding", b"identity"),
        (b"Connection", b"close"),
    ]


def _header(response: httpcore.Response, name: bytes) -> bytes:
    return next((value for key, value in response.headers if key.lower() == name), b"")


def _location(response: httpcore.Response) -> str | None:
    """Where the answer redirects to, None when it does not."""
    if response.status not in {301, 302, 303, 307, 308}:
        return None
    location = _header(response, b"location")
    return location.decode("utf-8", errors="replace") if location else None


def _redirected(address: Address, location: str) -> Address:
    """The next address. Raises InvalidMedia for one that is not taken."""
    try:
        following = address.join(location)
    except (InvalidParams, ValueError):
        raise InvalidMedia("The URL redirects to something that is not a URL we take.") from None
    if address.scheme == "https" and following.scheme == "http":
        raise InvalidMedia("The URL redirects from https to http, which is not followed.")
    return following


def _check_status(status: int, url: str) -> None:
    """Let 200 pass. Raises InvalidMedia in the words that clients of the hosted API know."""
    if status == HTTPStatus.OK:
        return
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Unknown"
    side = {4: "Client Error", 5: "Server Error"}.get(status // 100, "Unexpected Answer")
    raise InvalidMedia(f"{status} {side}: {phrase} for url: {_short(url)}")
