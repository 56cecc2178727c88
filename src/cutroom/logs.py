"""The log: lines of text or JSON, each with the ids it belongs to, and without what nobody should read.

`about` says what the lines of a block belong to, `begin` how they are written. What is secret is not
logged in the first place; `scrubbed` is the last door it would have to pass.
"""

import json
import logging
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

REQUEST, GENERATION = "request_id", "generation_id"
"""The ids that a line may have."""

QUIET = ("httpcore", "httpx", "python_multipart", "PIL", "asyncio")
"""Libraries whose everyday news nobody wants, or that name addresses which are permissions."""
TALKATIVE = ("alembic", "uvicorn", "dbos")
"""Libraries whose everyday news are of interest only when looking for a fault."""

_SECRETS = re.compile(
    r"(?P<name>oxen_signature=|X-(?:Amz|Goog)-(?:Signature|Credential|Security-Token)=|[?&]sig=|Bearer\s+|input_value=)"
    r"(?:(?<=input_value=).*?(?=, input_type=)|(?<!input_value=)[^\s&\"'\\]+)"
    r"|\bc[rls]_[A-Za-z0-9_-]{20,}"
    r"|\bwhsec_[A-Za-z0-9+/=_-]+"
    r"|(?P<scheme>data:[\w.+/-]*(?:;[\w.+/=-]+)*,)[^\s\"'\\]+",
    re.IGNORECASE | re.DOTALL,
)
_ids: ContextVar[Mapping[str, str] | None] = ContextVar("ids", default=None)


@contextmanager
def about(**ids: str) -> Iterator[None]:
    """Have every line that this block logs carry these ids, in threads it hands work to as well."""
    token = _ids.set({**(_ids.get() or {}), **ids})
    try:
        yield
    finally:
        _ids.reset(token)


def here() -> Mapping[str, str]:
    """The ids that a line has which is logged here."""
    return _ids.get() or {}


def begin(level: str, form: str, *, process: str, secrets: Iterable[str] = ()) -> None:
    """Log to stderr from `level` on, as `text` or `json`. `secrets` are values that never appear."""
    lines: logging.Formatter = Json(process, secrets) if form == "json" else Text(secrets)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(lines)
    logging.basicConfig(level=level.upper(), handlers=[handler])
    for name in QUIET if level == "debug" else (*QUIET, *TALKATIVE):
        logging.getLogger(name).setLevel(logging.WARNING)


class Text(logging.Formatter):
    """`2026-11-26 06:20:01,123 INFO cutroom.api [request_id=4f…]: GET /livez 200 1 ms -`."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s%(about)s: %(message)s")
        self._secrets = tuple(secrets)

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told = " ".join(f"{name}={value}" for name, value in ids_of(record).items())
        record.about = f" [{told}]" if told else ""
        return scrubbed(super().format(record), self._secrets)


class Json(logging.Formatter):
    """One JSON object a line: time, level, logger, message, process, pid, and what else is known."""

    def __init__(self, process: str, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._process = process
        self._secrets = tuple(secrets)

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        moment = datetime.fromtimestamp(record.created, UTC)
        told: dict[str, Any] = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": self._process,
            "pid": os.getpid(),
            **ids_of(record),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        clean = {
            name: scrubbed(value, self._secrets) if isinstance(value, str) else value
            for name, value in told.items()
        }
        return json.dumps(clean, default=str)


def ids_of(record: logging.LogRecord) -> Mapping[str, str]:
    """The ids that a line belongs to; its own go before those of its block."""
    own = getattr(record, "ids", {})
    return {**(_ids.get() or {}), **own}


def scrubbed(text: str, secrets: Iterable[str] = ()) -> str:
    """The text less keys, links, sessions, signatures, `data:` URIs and these secrets."""
    return without(_SECRETS.sub(_mark, text), secrets, "[secret]")


def without(text: str, words: Iterable[str], mark: str) -> str:
    """The text with a mark in the place of each of the words, as they are and as Python or JSON quote them."""
    for word in sorted(filter(None, words), key=len, reverse=True):
        for spelt in {word, repr(word)[1:-1], json.dumps(word)[1:-1]}:
            text = text.replace(spelt, mark)
    return text


def _mark(found: re.Match[str]) -> str:
    return f"{found['name'] or found['scheme'] or ''}[removed]"
