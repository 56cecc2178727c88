"""Connections that lead to checked addresses alone, and that end in time."""

import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from ssl import SSLContext
from typing import Any

import httpcore

from cutroom.intake import addresses
from cutroom.intake.addresses import IP

Resolve = Callable[[str, int], Iterable[str]]
"""(host, port) -> the addresses of the host. Raises OSError when there is none."""

SLICE = 0.5
"""Seconds a read waits before it asks whether anybody still wants the answer."""
CONNECT = 10.0
"""Seconds that a connection, and then its TLS handshake, may take."""
IDLE = 20.0
"""Seconds without a byte after which a server counts as silent."""


class NotPublic(Exception):  # noqa: N818 - it says what the host is
    """The host is unknown, or one of its addresses is not public: one answer for both."""


class TooLate(Exception):  # noqa: N818 - it says what happened
    """The time for the whole download is over."""


def resolve(host: str, port: int) -> list[str]:
    """The addresses that the system's resolver gives for a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


@dataclass(frozen=True, slots=True)
class Clock:
    """The time that one download has, and whether anybody waits for it."""

    seconds: float
    alive: Callable[[], None]
    """Raises Cancelled when nobody does."""
    started: float = field(default_factory=time.monotonic)

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    def left(self) -> float:
        """Seconds that remain. Raises TooLate, and what `alive` raises."""
        self.alive()
        if (left := self.seconds - self.elapsed) <= 0:
            raise TooLate
        return left


class Dialler(httpcore.NetworkBackend):
    """Resolves a host once, checks every address, and dials one of those very addresses.

    A name that answers differently the next time it is asked gains nothing: it is not asked again.
    """

    def __init__(self, clock: Clock, resolve: Resolve, allow: Callable[[IP], bool]) -> None:
        self._clock = clock
        self._resolve = resolve
        self._allow = allow
        self._tcp = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the clock knows better
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first checked address that answers. Raises NotPublic, ConnectError."""
        failed: Exception = httpcore.ConnectError("no address")
        for ip in self.checked(host, port):
            seconds = min(CONNECT, self._clock.left())
            try:
                stream = self._tcp.connect_tcp(
                    str(ip), port, seconds, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
                continue
            return Stream(stream, self._clock)
        raise failed

    def checked(self, host: str, port: int) -> list[IP]:
        """The addresses of a host, every one of them public. Raises NotPublic."""
        try:
            found = [addresses.parse(text) for text in self._resolve(host, port)]
        except (OSError, ValueError):
            raise NotPublic from None
        if not found or not all(self._allow(ip) for ip in found):
            raise NotPublic
        return found


class Stream(httpcore.NetworkStream):
    """A connection whose every wait ends when the clock says so."""

    def __init__(self, inner: httpcore.NetworkStream, clock: Clock) -> None:
        self._inner = inner
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - as above
        """Bytes, b'' at the end. Raises ReadTimeout after IDLE seconds of silence."""
        silent_since = time.monotonic()
        while True:
            seconds = min(SLICE, self._clock.left())
            try:
                return self._inner.read(max_bytes, seconds)
            except httpcore.ReadTimeout:
                if time.monotonic() - silent_since > IDLE:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - as above
        """Send it all."""
        self._inner.write(buffer, min(IDLE, self._clock.left()))

    def close(self) -> None:
        """Hang up."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - as above
    ) -> httpcore.NetworkStream:
        """The same connection, encrypted, its certificate checked against the host's name."""
        seconds = min(CONNECT, self._clock.left())
        return Stream(self._inner.start_tls(ssl_context, server_hostname, seconds), self._clock)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as httpcore types it
        """What httpcore asks of a connection."""
        return self._inner.get_extra_info(info)
