"""A listener on this machine that notices whoever comes: nobody should."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Answering = Callable[[bytes], bytes]
"""The bytes that answer the head of a request."""


class Listener:
    """Takes connections at addresses of this machine, all on one port, and remembers their requests."""

    def __init__(self, answering: dict[str, Answering]) -> None:
        self.heard: dict[str, list[bytes]] = {address: [] for address in answering}
        """Address -> the heads of the requests that came to it."""
        self.port = 0
        self._sockets: list[socket.socket] = []
        for address, answer in answering.items():
            try:
                bound = socket.create_server((address, self.port))
            except OSError:
                self.close()
                raise
            self.port = bound.getsockname()[1]
            self._sockets.append(bound)
            threading.Thread(target=self._serve, args=(bound, address, answer), daemon=True).start()

    @property
    def visits(self) -> int:
        """Connections so far."""
        return sum(map(len, self.heard.values()))

    def close(self) -> None:
        """Listen no more."""
        for bound in self._sockets:
            with suppress(OSError):  # `close` alone leaves a thread in `accept` holding the port
                bound.shutdown(socket.SHUT_RDWR)
            bound.close()

    def _serve(self, bound: socket.socket, address: str, answer: Answering) -> None:
        while True:
            try:
                connection, _ = bound.accept()
            except OSError:
                return
            threading.Thread(
                target=self._talk, args=(connection, address, answer), daemon=True
            ).start()

    def _talk(self, connection: socket.socket, address: str, answer: Answering) -> None:
        with connection, suppress(OSError):
            connection.settimeout(5)
            self.heard[address].append(b"")
            at, head = len(self.heard[address]) - 1, b""
            while b"\r\n\r\n" not in head and (part := connection.recv(1 << 16)):
                head += part
            self.heard[address][at] = head
            connection.sendall(answer(head))


def film(_: bytes) -> bytes:
    """An answer that holds what nobody outside may see."""
    return b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecret"


@contextmanager
def listening(answering: dict[str, Answering] | None = None) -> Iterator[Listener]:
    """A listener, at 127.0.0.1 unless told otherwise. Raises OSError where it cannot be bound."""
    listener = Listener(answering or {"127.0.0.1": film})
    try:
        yield listener
    finally:
        listener.close()
