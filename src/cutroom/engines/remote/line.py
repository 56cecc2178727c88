"""Requests to the server that works for us: asked again where that does no harm, never longer than they may."""

import json
import logging
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, wait
from contextlib import ExitStack
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from cutroom import __version__
from cutroom.engines.remote import trouble
from cutroom.engines.remote.pulse import NotInTime, Pulse, begun
from cutroom.engines.remote.server import Server
from cutroom.errors import CutroomError, EngineFailed

CONNECT = 10.0
"""Seconds that a connection may take."""
_SILENCE = 30.0
"""Seconds without a byte of a result, or without one being taken."""
_MOST = 4_000_000
"""Bytes of an answer that is not a result."""
_SLOWEST = 10.0
"""Most seconds between two tries, where the server names none."""
_HANGING_UP = 0.4
"""Seconds for the last word to a server; the worker leaves an engine that is cancelled about one."""
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""What goes wrong before a request is on its way."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON object that a server answered with."""

    status: int
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that goes along in a form."""

    field: str
    name: str
    path: Path
    kind: str
    """Its media type."""


@dataclass(frozen=True, slots=True)
class Content:
    """What goes along with a request."""

    json: Mapping[str, Any] | None = None
    form: Mapping[str, str] | None = None
    files: Sequence[Upload] = ()
    headers: Mapping[str, str] | None = None


class Garbled(Exception):  # noqa: N818 - says what the answer is
    """An answer that is no JSON object."""


_NOTHING = Content()
_NONSENSE = "The remote server answered something that is not its API."
_AWAY = "The remote server does not answer."
_BROKEN = "The connection to the remote server broke off before it said whether it begins; it is not asked twice."


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why there is no answer, and whether and when it makes sense to ask again."""

    problem: CutroomError
    again: bool
    rest: float | None = None
    """Seconds that the server wants to be left alone."""


class Line:
    """A connection to the server for one edit; a context manager.

    Redirects are not followed, for the key would go along, and the environment's proxies and .netrc not asked.
    """

    def __init__(self, server: Server, pulse: Pulse, patience: float) -> None:
        """`patience`: seconds for which a server that does not answer is asked again."""
        self.server = server
        self.pulse = pulse
        self._patience = patience
        self._asked: Future[httpx.Response] | None = None
        for name in ("httpx", "httpcore"):  # they would log URLs that are permissions
            logging.getLogger(name).setLevel(logging.WARNING)
        headers = {"User-Agent": f"cutroom/{__version__}", "Accept": "application/json"}
        if server.key:
            headers["Authorization"] = f"Bearer {server.key}"
        self.http = httpx.Client(
            headers=headers,
            timeout=httpx.Timeout(_SILENCE, connect=CONNECT),
            trust_env=False,
            # A line that is kept open may be closed just when a request is sent that must not be repeated.
            limits=httpx.Limits(max_keepalive_connections=0),
            verify=ssl.create_default_context(),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.http.close()

    def ask(
        self,
        method: str,
        path: str,
        content: Content = _NOTHING,
        *,
        again: bool = True,
        okay: Callable[[Answer], bool] | None = None,
        seconds: float = 30.0,
    ) -> Answer:
        """The answer with a status below 300, or one that is `okay`. Raises the error that another comes to.

        `again`: whether it does no harm when the server hears this twice. What surely was not begun (no
        connection, 429, 503) is asked again either way, for as long as patience lasts; a server that says
        when to come back is not asked before. `seconds` are for one try.
        """
        gives_up = time.monotonic() + self._patience
        pause = 0.5
        while True:
            found = self._tried(method, path, content, seconds, again=again, okay=okay)
            if isinstance(found, Answer):
                return found
            rest = pause if found.rest is None else found.rest
            if not found.again or time.monotonic() + rest > gives_up:
                raise found.problem
            self.pulse.rest(rest)
            pause = min(2 * pause, _SLOWEST)

    def _tried(
        self,
        method: str,
        path: str,
        content: Content,
        seconds: float,
        *,
        again: bool,
        okay: Callable[[Answer], bool] | None,
    ) -> "Answer | _Failure":
        """What came of one try."""
        try:
            answer, rest = self._answer(self._sent(method, path, seconds, content))
        except Garbled:
            return _Failure(EngineFailed(_NONSENSE), again)
        except (httpx.TransportError, NotInTime) as error:
            retried = again or isinstance(error, _UNSENT)
            return _Failure(EngineFailed(_AWAY if retried else _BROKEN), retried)
        if answer.status < 300 or (okay and okay(answer)):
            return answer
        problem = trouble.refused(answer.status, answer.body, self.server.key)
        begun_nothing = answer.status in {429, 503}
        return _Failure(problem, begun_nothing or (again and answer.status >= 500), rest)

    def last_word(self, method: str, *paths: str) -> None:
        """Say something without waiting for more than a moment; whether it arrives is not known."""
        said = [begun(partial(self.http.request, method, self._url(path))) for path in paths]
        wait(said, _HANGING_UP)

    def late(self) -> Answer | None:
        """The answer to what was asked last, where it comes within a moment after we wanted to leave."""
        try:
            assert self._asked is not None
            answer, _ = self._answer(self._asked.result(_HANGING_UP))
        except Exception:  # noqa: BLE001  there is none, for whatever reason
            return None
        return answer if answer.status < 300 else None

    def _sent(self, method: str, path: str, seconds: float, content: Content) -> httpx.Response:
        """The answer to one try, its body at most a little longer than it may be."""

        def send() -> httpx.Response:
            with ExitStack() as opened:
                files = [
                    (one.field, (one.name, opened.enter_context(one.path.open("rb")), one.kind))
                    for one in content.files
                ]
                response = opened.enter_context(
                    self.http.stream(
                        method,
                        self._url(path),
                        json=content.json,
                        data=content.form,
                        files=files or None,
                        headers=content.headers,
                        timeout=httpx.Timeout(_SILENCE, connect=CONNECT, read=seconds),
                    )
                )
                headers = {"retry-after": response.headers.get("retry-after", "")}
                return httpx.Response(
                    response.status_code, headers=headers, content=_begin(response)
                )

        self._asked = begun(send)
        return self.pulse.until(self._asked, seconds)

    def _answer(self, response: httpx.Response) -> tuple[Answer, float | None]:
        """The answer, and after how many seconds the server wants to be asked again."""
        told = _seconds(response.headers["retry-after"])
        try:
            body = json.loads(response.content) if len(response.content) <= _MOST else None
        except (ValueError, RecursionError):
            body = None
        if isinstance(body, Mapping):
            return Answer(response.status_code, body), told
        if response.status_code < 300:
            raise Garbled
        return Answer(response.status_code, {}), told

    def _url(self, path: str) -> str:
        return f"{self.server.url}{path}"


def _begin(response: httpx.Response) -> bytes:
    """The body, or so much of it that it is known to be too long."""
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > _MOST:
            break
    return bytes(content)


def _seconds(retry_after: str) -> float | None:
    """What a Retry-After header says, None where it says nothing."""
    if retry_after.strip().isdigit():
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except (ValueError, TypeError):
        return None
