"""Conditional requests, as RFC 9110 section 13 reads them: whether a file changed since it was seen."""

import re
import time
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from enum import Enum

from starlette.datastructures import Headers

from cutroom.storage import File

TAG = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')
SETTLED = 1.0
"""Seconds after which a file's time alone tells its content: it is told in whole seconds."""


class Verdict(Enum):
    """What a request's conditions come to."""

    SEND = 200
    NOT_MODIFIED = 304
    FAILED = 412


def validators(file: File) -> dict[str, str]:
    """The headers by which a client knows the file again."""
    headers = {"Last-Modified": format_datetime(to_second(file), usegmt=True)}
    return headers | {"ETag": file.tag} if file.tag else headers


def verdict(headers: Headers, file: File) -> Verdict:
    """Whether to send the file, in the order of section 13.2.2; If-Range is `may_continue`'s."""
    if (given := listed(headers, "if-match")) is not None:
        if not matches(given, file.tag, weakly=False):
            return Verdict.FAILED
    elif (moment := date(headers, "if-unmodified-since")) and to_second(file) > moment:
        return Verdict.FAILED
    if (given := listed(headers, "if-none-match")) is not None:
        return Verdict.NOT_MODIFIED if matches(given, file.tag, weakly=True) else Verdict.SEND
    if (moment := date(headers, "if-modified-since")) and to_second(file) <= moment:
        return Verdict.NOT_MODIFIED
    return Verdict.SEND


def may_continue(headers: Headers, file: File) -> bool:
    """Whether a Range may be answered: what If-Range names is surely the file as it is now."""
    given = headers.get("if-range")
    if given is None:
        return True
    if TAG.fullmatch(given.strip()):
        return matches(given, file.tag, weakly=False)
    settled = time.time() - file.modified.timestamp() > SETTLED
    return settled and date(headers, "if-range") == to_second(file)


def listed(headers: Headers, name: str) -> str | None:
    """A header's values in one list, None without it."""
    values = headers.getlist(name)
    return ", ".join(values) if values else None


def matches(given: str, tag: str | None, *, weakly: bool) -> bool:
    """Whether one of the entity tags given is a file's; `*` is any file's, and some have none."""
    if given.strip() == "*":
        return True
    if tag is None:
        return False
    ours = TAG.fullmatch(tag)
    if ours is None or (ours[1] and not weakly):
        return False
    return any(found[2] == ours[2] and (weakly or not found[1]) for found in TAG.finditer(given))


def to_second(file: File) -> datetime:
    """When the file was written, as a header can tell it."""
    return file.modified.astimezone(UTC).replace(microsecond=0)


def date(headers: Headers, name: str) -> datetime | None:
    """The moment that a header names; None for what is no date of HTTP."""
    try:
        found = parsedate_to_datetime(headers.get(name, ""))
    except (ValueError, TypeError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
