"""The installation under attack, and two tenants in it: what every attack is given."""

import http.client
import json
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cutroom.errors import Unreachable
from cutroom.settings import Settings

SECONDS = 20.0
"""That an answer may take."""
MOST = 1 << 20
"""Bytes of an answer that are read."""
PATIENCE = 70.0
"""Seconds for which a request that came too soon is put off, all times together."""
SILENCE = 0.25
"""Seconds without a byte after which an answer is over."""
WORD = "zanzibar-7f3"
"""What the prompts of the attacks hold, so that it can be looked for in logs."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """A namespace and a key of it."""

    namespace: str
    key: str = field(repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """What a request with its key has."""
        return {"Authorization": f"Bearer {self.key}"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server answered; the names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", errors="replace")

    def json(self) -> Any:  # noqa: ANN401 - any JSON value
        """The body as JSON, None for what is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass
class Ground:
    """One installation. `owner` has things, `stranger` wants them; both are ours."""

    url: str
    owner: Tenant
    stranger: Tenant
    settings: Settings | None = None
    """The installation's own, where the attacks run beside its data folder."""
    logs: Sequence[Path] = ()
    """Files that hold what its processes logged."""
    secrets: set[str] = field(default_factory=set)
    """What was used on the way and must be found nowhere: sessions, signatures."""

    def __post_init__(self) -> None:
        """Take the address apart."""
        parts = urlsplit(self.url)
        self.host, self.tls = parts.hostname or "", parts.scheme == "https"
        self.port = parts.port or (443 if self.tls else 80)
        self.prefix = parts.path.rstrip("/")
        self._kept: http.client.HTTPConnection | None = None

    def ask(
        self,
        method: str,
        target: str,
        *,
        by: Tenant | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        said: object = None,
    ) -> Answer:
        """The answer to a request, its target sent as it is. `said` is a body of JSON.

        Raises Unreachable where none comes.
        """
        given = {**(by.headers if by else {}), **(headers or {})}
        if said is not None:
            body = json.dumps(said).encode()
            given.setdefault("Content-Type", "application/json")
        began = time.monotonic()
        while True:
            answer = self._ask(method, target, given, body)
            wait = float(answer.headers.get("retry-after", "1"))
            if answer.status != 429 or time.monotonic() - began + wait > PATIENCE:
                return answer
            time.sleep(wait)

    def _ask(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        for fresh in (False, True):
            if fresh or self._kept is None:
                self._kept = self._connection()
            try:
                return self._exchange(self._kept, method, target, headers, body)
            except (http.client.HTTPException, OSError) as error:
                self._kept.close()
                self._kept = None
                if fresh:
                    raise Unreachable(f"{method} {self.url}{target[:100]}: {error}") from error
        raise AssertionError

    def _exchange(
        self,
        kept: http.client.HTTPConnection,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes | None,
    ) -> Answer:
        kept.putrequest(
            method, self.prefix + target, skip_host="Host" in headers, skip_accept_encoding=True
        )
        for name, value in headers.items():
            kept.putheader(name, value.encode("latin-1", errors="replace"))
        if body is not None or method in {"POST", "PUT", "PATCH"}:
            kept.putheader("Content-Length", str(len(body or b"")))
        kept.endheaders(body)
        found = kept.getresponse()
        told = {name.lower(): value for name, value in found.getheaders()}
        if told.get("content-type", "").startswith("text/event-stream"):
            kept.close()  # it does not end
            self._kept = None
            return Answer(found.status, told, b"")
        content = found.read(MOST)
        if not found.isclosed():
            kept.close()
            self._kept = None
        return Answer(found.status, told, content)

    def _connection(self) -> http.client.HTTPConnection:
        if self.tls:
            return http.client.HTTPSConnection(
                self.host, self.port, timeout=SECONDS, context=ssl.create_default_context()
            )
        return http.client.HTTPConnection(self.host, self.port, timeout=SECONDS)

    def raw(self, sent: bytes, seconds: float = 10.0) -> bytes:
        """What comes back for bytes that are no request of any library.

        Waits so many seconds for the first of it, and for more until it has been silent for a moment.
        """
        heard = bytearray()
        with socket.create_connection((self.host, self.port), timeout=SECONDS) as plain:
            line: socket.socket = plain
            if self.tls:
                line = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)
            try:
                line.sendall(sent)
                end = time.monotonic() + seconds
                while (left := end - time.monotonic()) > 0 and len(heard) < MOST:
                    line.settimeout(min(left, SILENCE) if heard else left)
                    if not (part := line.recv(1 << 16)):
                        break
                    heard += part
            except OSError:  # it hung up, or has nothing more to say
                pass
        return bytes(heard)

    @property
    def authority(self) -> str:
        """What the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"

    def close(self) -> None:
        """Hang up."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None
