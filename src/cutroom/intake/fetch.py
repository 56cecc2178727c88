"""The one fetcher: every URL that a caller names and that leads elsewhere goes through here."""

import ssl
from collections.abc import Callable
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from typing import Protocol

import httpcore

from cutroom import urls
from cutroom.errors import InvalidMedia, InvalidParams
from cutroom.intake import addresses, dial, exchange
from cutroom.intake.addresses import IP
from cutroom.intake.dial import Clock, Dialler, Resolve, TooLate
from cutroom.intake.exchange import Passing
from cutroom.intake.sink import Sink
from cutroom.urls import Address

REDIRECTS = 5
"""Redirects that one download may follow."""
BUSY = frozenset({408, 425, 429})
"""Statuses of the caller's side that may be another one a little later."""
GRACE = 10.0
"""Seconds before the rate of a download is looked at."""


class Pace(Protocol):
    """How long one download may take, and how fast it has to be: two of the settings."""

    @property
    def fetch_timeout(self) -> float:
        """Seconds in all."""

    @property
    def fetch_min_rate(self) -> int:
        """Bytes a second, after the first `GRACE` seconds."""


class Fetcher:
    """Downloads from public addresses, within limits of bytes, time and rate; knows no proxy.

    `resolve` and `allow` are the seams for tests, and for a private network that one trusts.
    """

    def __init__(
        self,
        settings: Pace,
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
            if (failure := exchange.failure(error, clock)) is not None:
                kind = Passing if failure.passing else InvalidMedia
                said = f"{exchange.short(url)} could not be fetched: {failure.sentence}"
                raise kind(said) from error
            raise

    def _follow(self, url: str, write: Callable[[bytes], int], most: int, clock: Clock) -> int:
        address = urls.parse(url)
        for _ in range(REDIRECTS + 1):
            dialler = Dialler(clock, self._resolve, self._allow)
            with (
                httpcore.ConnectionPool(self._tls, network_backend=dialler) as pool,
                pool.stream(
                    "GET", exchange.url_of(address), headers=exchange.headers_of(address)
                ) as response,
            ):
                location = _location(response)
                if location is None:
                    _check_status(response.status, url)
                    return self._receive(response, write, most, clock)
            address = _redirected(address, location)
        raise InvalidMedia(f"{exchange.short(url)} could not be fetched: it redirects too often.")

    def _receive(
        self,
        response: httpcore.Response,
        write: Callable[[bytes], int],
        most: int,
        clock: Clock,
    ) -> int:
        """Write the body, counting."""
        if exchange.header(response, b"content-encoding").lower() not in {b"", b"identity"}:
            raise InvalidMedia("The server sent the file compressed, which was not asked for.")
        announced = exchange.header(response, b"content-length")
        sink = Sink(write, most, int(announced) if announced.isdigit() else None)
        for chunk in response.iter_stream():
            sink.take(chunk)
            clock.left()
            if clock.elapsed > GRACE and sink.bytes < self._rate * clock.elapsed:
                raise TooLate
        return sink.bytes


def _location(response: httpcore.Response) -> str | None:
    """Where the answer redirects to, None when it does not."""
    if response.status not in {301, 302, 303, 307, 308}:
        return None
    location = exchange.header(response, b"location")
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
    kind = Passing if status in BUSY or status >= 500 else InvalidMedia
    raise kind(f"{status} {side}: {phrase} for url: {exchange.short(url)}")
