"""Whether a port can be had, said before anything else is started."""

import errno
import socket

from cutroom.errors import Unreachable

_REASONS = {
    errno.EADDRINUSE: "something listens there already; --port names another",
    errno.EACCES: "ports below 1024 need the right to bind them; --port names another",
    errno.EADDRNOTAVAIL: "this machine does not have that address",
}


def check_port(host: str, port: int) -> None:
    """See that `host` and `port` can be bound. Raises Unreachable with the reason."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except OSError as error:
        why = _REASONS.get(error.errno or 0, error.strerror or str(error))
        raise Unreachable(f"Cannot listen on {host}:{port}: {why}.") from None
