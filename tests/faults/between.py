"""A stretch of wire between a client and a server, which tests may cut, hold up, or let swallow an answer."""

import re
import socket
from contextlib import suppress
from threading import Event, Lock, Thread

COMMIT = b"COMMIT\x00"
"""How psycopg asks PostgreSQL to commit."""


class Wire:
    """Passes on whatever comes to a port of its own."""

    def __init__(self, port):
        self._to = port
        self._pairs = set()
        self._lock = Lock()
        self._open = Event()
        self._open.set()
        self._swallow = None
        self.swallowed = Event()
        """Set once the answer to a commit was swallowed."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        Thread(target=self._accept, daemon=True).start()

    def cut(self):
        """Break every connection, and let no new one through."""
        self._open.clear()
        with self._lock:
            for pair in list(self._pairs):
                self._drop(*pair)

    def mend(self):
        """Let connections through again."""
        self._open.set()

    def swallow(self, pattern):
        """Break the next connection whose transaction asked for that, once its commit is done."""
        self._swallow = re.compile(pattern, re.DOTALL)
        self.swallowed.clear()

    def close(self):
        self._listener.close()
        self.cut()

    def _accept(self):
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if not self._open.is_set():
                    client.close()
                    continue
                try:
                    server = socket.create_connection(("127.0.0.1", self._to))
                except OSError:
                    client.close()
                    continue
                with self._lock:
                    self._pairs.add((client, server))
                said = {"asked": b"", "last": False}
                Thread(target=self._up, args=(client, server, said), daemon=True).start()
                Thread(target=self._down, args=(client, server, said), daemon=True).start()

    def _up(self, client, server, said):
        with suppress(OSError):
            while data := client.recv(65536):
                said["asked"] += data
                if COMMIT in data:
                    pattern = self._swallow
                    if pattern is not None and pattern.search(said["asked"]):
                        self._swallow = None
                        said["last"] = True
                    said["asked"] = b""
                server.sendall(data)
        self._drop(client, server)

    def _down(self, client, server, said):
        with suppress(OSError):
            while data := server.recv(65536):
                if said["last"] and b"COMMIT\x00" in data:
                    self.swallowed.set()
                    break
                client.sendall(data)
        self._drop(client, server)

    def _drop(self, client, server):
        self._pairs.discard((client, server))
        for one in (client, server):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
