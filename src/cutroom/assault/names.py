"""A name server of our own, for names that change their mind, and a resolver that asks it."""

import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from ipaddress import ip_address

A, AAAA = 1, 28
"""Types of records."""
SECONDS = 3.0
"""That an answer may take."""

Zone = Mapping[str, Callable[[int], Sequence[str]]]
"""Name -> the addresses that it has when it is asked for the n-th time, from 0."""


class NameServer:
    """Answers for the names of a zone over UDP at a port of 127.0.0.1, anew each time they are asked for."""

    def __init__(self, zone: Zone) -> None:
        self.asked: Counter[str] = Counter()
        """How often each name was asked for."""
        self._zone = zone
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Answer no more."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                asked, sender = self._socket.recvfrom(4096)
                if not asked:  # closed under our hands
                    return
                self._socket.sendto(self._answer(asked), sender)
            except OSError:
                return

    def _answer(self, asked: bytes) -> bytes:
        name, kind, question = _question(asked)
        known = self._zone.get(name)
        if known is None:
            return asked[:2] + struct.pack("!5H", 0x8183, 1, 0, 0, 0) + question
        # Every name is asked for both kinds of addresses; they belong to one answer.
        turn = self.asked[name]
        if kind == AAAA:
            self.asked[name] += 1
        found = [ip_address(text).packed for text in known(turn)]
        mine = [packed for packed in found if len(packed) == (4 if kind == A else 16)]
        rows = b"".join(
            b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 0, len(packed)) + packed for packed in mine
        )
        return asked[:2] + struct.pack("!5H", 0x8180, 1, len(mine), 0, 0) + question + rows

    def resolve(self, host: str, _port: int) -> list[str]:
        """The addresses that this server gives for a host. Raises OSError when there is none."""
        try:
            return [str(ip_address(host))]
        except ValueError:
            found = [*self._ask(host, A), *self._ask(host, AAAA)]
        if not found:
            raise OSError(host)
        return found

    def _ask(self, host: str, kind: int) -> Iterator[str]:
        labels = b"".join(bytes([len(part)]) + part for part in host.encode().split(b"."))
        asked = struct.pack("!6H", 7, 0x0100, 1, 0, 0, 0) + labels + struct.pack("!BHH", 0, kind, 1)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.settimeout(SECONDS)
            line.sendto(asked, ("127.0.0.1", self.port))
            told = line.recv(4096)
        (count,) = struct.unpack_from("!H", told, 6)
        at = len(asked)
        for _ in range(count):
            (length,) = struct.unpack_from("!H", told, at + 10)
            yield str(ip_address(told[at + 12 : at + 12 + length]))
            at += 12 + length


def _question(asked: bytes) -> tuple[str, int, bytes]:
    """The name, its type, and the question as it was put."""
    labels, at = [], 12
    while length := asked[at]:
        labels.append(asked[at + 1 : at + 1 + length].decode("ascii", errors="replace"))
        at += 1 + length
    (kind,) = struct.unpack_from("!H", asked, at + 1)
    return ".".join(labels).lower(), kind, asked[12 : at + 5]


@contextmanager
def name_server(zone: Zone) -> Iterator[NameServer]:
    """A name server for the length of the block."""
    server = NameServer(zone)
    try:
        yield server
    finally:
        server.close()
