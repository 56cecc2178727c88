"""What we tell others by ourselves: one POST to a checked address, on the fetcher's terms."""

import ssl
from collections.abc import Callable, Mapping
from functools import cached_property

import httpcore

from cutroom import urls
from cutroom.errors import InvalidParams, Unreachable
from cutroom.intake import addresses, dial, exchange
from cutroom.intake.addresses import IP
from cutroom.intake.dial import Clock, Dialler, Resolve
from cutroom.settings import Settings
from cutroom.urls import Address


class Poster:
    """Posts to public addresses, and to those that the setting `webhook_allow` names.

    Follows no redirect and reads nothing of an answer but its status. `resolve` is the seam for tests.
    """

    def __init__(self, settings: Settings, *, resolve: Resolve = dial.resolve) -> None:
        self._seconds = settings.webhook_timeout
        self._allowed = frozenset(name.lower() for name in settings.webhook_allow)
        self._resolve = resolve

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """The system's trust; SSL_CERT_FILE and SSL_CERT_DIR add to it."""
        return ssl.create_default_context()

    def check(self, url: str) -> None:
        """Let a URL pass that may be posted to, as far as that can be said without asking for its host.

        Raises InvalidParams, for an address that is not public as well.
        """
        address = urls.parse(url)
        try:
            ip = addresses.parse(address.host)
        except ValueError:
            return  # a name; whom it belongs to is asked at each post
        if not self._allow(address)(ip):
            raise InvalidParams("Invalid URL: its address is not public")

    def post(
        self, url: str, body: bytes, headers: Mapping[str, str], alive: Callable[[], None]
    ) -> int:
        """The status of the answer. `alive` is called at least twice a second, and raises to stop.

        Raises InvalidParams for what is no URL, Unreachable with the reason where no answer came.
        """
        address = urls.parse(url)
        clock = Clock(self._seconds, alive)
        try:
            return self._ask(address, body, headers, clock)
        except Exception as error:
            if (failure := exchange.failure(error, clock)) is not None:
                said = failure.sentence
                raise Unreachable(said[0].upper() + said[1:]) from error
            raise

    def _ask(self, address: Address, body: bytes, headers: Mapping[str, str], clock: Clock) -> int:
        said = exchange.headers_of(address)
        said += [(name.encode(), value.encode()) for name, value in headers.items()]
        said.append((b"Content-Length", str(len(body)).encode()))
        dialler = Dialler(clock, self._resolve, self._allow(address))
        with (
            httpcore.ConnectionPool(self._tls, network_backend=dialler) as pool,
            pool.stream("POST", exchange.url_of(address), headers=said, content=body) as response,
        ):
            return response.status

    def _allow(self, address: Address) -> Callable[[IP], bool]:
        """Which addresses the host may have."""
        host = f"[{address.host}]" if ":" in address.host else address.host
        return (lambda _: True) if f"{host}:{address.port}" in self._allowed else addresses.public
