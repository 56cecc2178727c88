"""A chat endpoint in the manner of OpenAI's: one question, one JSON value, within one time limit."""

import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from http.client import HTTPConnection

_MOST = 1 << 20
"""Bytes of an answer."""
_BEAT = 0.2
"""Seconds between two looks whether anybody still wants the answer."""
_UNKNOWN_FORMAT = frozenset({400, 404, 415, 422, 501})
"""Statuses of servers that know no `response_format`, among other things."""


class Unanswered(Exception):  # noqa: N818 - says what happened
    """The endpoint gave no answer that can be used; the message says why, without key or prompt."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to ask, and as whom."""

    url: str
    """The base, e.g. http://127.0.0.1:11434/v1."""
    model: str
    key: str = field(default="", repr=False)
    timeout: float = 10.0
    """Seconds for one question in all."""

    name: str = "CHAT"
    """What its settings are called."""

    @classmethod
    def of(cls, environment: Mapping[str, str], name: str) -> "Endpoint | None":
        """The endpoint that CUTROOM_{name}_URL, _MODEL, _KEY and _TIMEOUT name; None without a URL."""
        url = environment.get(f"CUTROOM_{name}_URL", "").strip()
        if not url:
            return None
        return cls(
            url,
            environment.get(f"CUTROOM_{name}_MODEL", ""),
            environment.get(f"CUTROOM_{name}_KEY", ""),
            float(environment.get(f"CUTROOM_{name}_TIMEOUT") or 10.0),
            name,
        )

    @property
    def port(self) -> int:
        """The TCP port of its URL."""
        told = urlsplit(self.url)
        return told.port or (443 if told.scheme == "https" else 80)

    def ask(
        self,
        system: str,
        user: str,
        schema: Mapping[str, Any],
        seed: int,
        alive: Callable[[], None] = lambda: None,
    ) -> object:
        """The JSON value that the model answers with. Raises Unanswered.

        `alive` is called several times a second meanwhile, and may raise to stop.
        """
        deadline = time.monotonic() + self.timeout
        body = {
            "model": self.model,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": user}],
            "temperature": 0,
            "seed": seed,
        }
        shape = {
            "type": "json_schema",
            "json_schema": {"name": self.name.lower(), "schema": schema},
        }
        status, raw = self._post({**body, "response_format": shape}, deadline, alive)
        if status in _UNKNOWN_FORMAT:
            status, raw = self._post(body, deadline, alive)
        if status != 200:
            raise Unanswered(f"it answered with status {status}")
        return _value(raw)

    def _post(
        self, body: Mapping[str, Any], deadline: float, alive: Callable[[], None]
    ) -> tuple[int, bytes]:
        """Status and body of one request, made in a thread: names may be resolved, and heads dripped, for ever."""
        from http.client import HTTPConnection, HTTPSConnection  # noqa: PLC0415  most edits ask nobody

        where = urlsplit(self.url)
        kind = {"http": HTTPConnection, "https": HTTPSConnection}
        if where.scheme not in kind or not where.hostname or where.username:
            raise Unanswered(f"CUTROOM_{self.name}_URL is no http(s) URL without a name in it")
        left = deadline - time.monotonic()
        if left <= 0:
            raise Unanswered("it took too long")
        connection = kind[where.scheme](where.hostname, where.port, timeout=left)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        told: Future[tuple[int, bytes]] = Future()

        def talk() -> None:
            try:
                path = f"{where.path.rstrip('/')}/chat/completions"
                connection.request("POST", path, json.dumps(body), headers)
                # Redirects are not followed: the key would go along.
                response = connection.getresponse()
                told.set_result((response.status, response.read(_MOST + 1)))
            except Exception as error:  # noqa: BLE001  told below, by its class alone
                told.set_exception(error)

        Thread(target=talk, name="chat", daemon=True).start()
        try:
            _await(told, deadline, alive)
        finally:
            _hang_up(connection)
        if error := told.exception():  # whose sentence may quote the key; its class does not
            raise Unanswered(f"it cannot be reached or understood ({type(error).__name__})")
        status, raw = told.result()
        if len(raw) > _MOST:
            raise Unanswered(f"its answer is larger than {_MOST} bytes")
        return status, raw


def _await(told: Future[tuple[int, bytes]], deadline: float, alive: Callable[[], None]) -> None:
    """Wait until it is told. Raises Unanswered at the deadline, and what `alive` raises."""
    while (left := deadline - time.monotonic()) > 0:
        alive()
        if wait([told], min(_BEAT, left)).done:
            return
    raise Unanswered("it took too long")


def _hang_up(connection: "HTTPConnection") -> None:
    """Close the line under the hands of whoever still reads from it."""
    import socket  # noqa: PLC0415  as above

    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)
    connection.close()


def _value(raw: bytes) -> object:
    """The JSON value inside the message inside the answer."""
    try:
        content = json.loads(raw)["choices"][0]["message"]["content"]
        text = content.strip()
        if text.startswith("```"):  # many models cannot help it
            text = text.strip("`").removeprefix("json")
        return json.loads(text)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise Unanswered("its answer is no JSON value in a chat message") from None
