"""A finished video brought here from wherever the remote server says that it lies."""

import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from cutroom import urls
from cutroom.engines.remote import trouble
from cutroom.engines.remote.line import Line
from cutroom.engines.remote.pulse import NotInTime, begun
from cutroom.errors import CutroomError, EngineFailed, InvalidMedia, InvalidParams
from cutroom.urls import Address

MOST = 2_000_000_000
"""Bytes of a result."""
SECONDS = 600.0
"""Seconds that its download may take."""
_REDIRECTS = 5
_BREAKS = 3
"""Times that a connection may break before the download is given up."""


def bring(line: Line, url: str, out: Path, most: int = MOST) -> None:
    """Put the result into the file `out`. Raises EngineFailed, and what the tick raises.

    An address at the server itself is asked with the key; any other is a stranger's, which the one
    fetcher visits on its own terms: public addresses only, without the key.
    """
    part = out.with_name(f"{out.name}.part")
    try:
        _follow(line, url, part, most)
        part.replace(out)
    except InvalidParams as error:  # which is not the caller's fault
        raise EngineFailed(
            f"The remote server's result could not be had: {error.message}"
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _follow(line: Line, url: str, out: Path, most: int) -> None:
    address, home = urls.parse(url), _origin(urls.parse(line.server.url))
    for _ in range(_REDIRECTS + 1):
        if _origin(address) != home:
            _elsewhere(line, str(address), out, most)
            return
        location = _here(line, str(address), out, most)
        if location is None:
            return
        address = address.join(location)
    raise EngineFailed("The remote server's result could not be had: it redirects too often.")


def _origin(address: Address) -> tuple[str, str, int]:
    return address.scheme, address.host, address.port


def _here(line: Line, url: str, out: Path, most: int) -> str | None:
    """Download from the server itself; where it redirects to instead, if it does."""
    for left in reversed(range(_BREAKS)):
        try:
            return line.pulse.until(begun(lambda: _stream(line, url, out, most)), SECONDS)
        except (httpx.TransportError, NotInTime) as error:
            if not left or isinstance(error, NotInTime):
                raise EngineFailed("The remote server's result could not be downloaded.") from error
            line.pulse.rest(1.0)
    return None


def _stream(line: Line, url: str, out: Path, most: int) -> str | None:
    end = time.monotonic() + SECONDS
    too_large = EngineFailed(f"The remote server's result is larger than {most:,} bytes.")
    with line.http.stream(
        "GET", url, headers={"Accept": "*/*", "Accept-Encoding": "identity"}
    ) as answer:
        if answer.has_redirect_location:
            return str(answer.headers["location"])
        if answer.status_code != httpx.codes.OK:
            raise _unavailable(answer, line.server.key)
        announced = answer.headers.get("content-length", "")
        if announced.isdigit() and int(announced) > most:
            raise too_large
        size = 0
        with out.open("wb") as file:
            for chunk in answer.iter_raw():
                size += len(chunk)
                if size > most:
                    raise too_large
                if time.monotonic() > end:
                    raise EngineFailed("The remote server's result took too long to download.")
                file.write(chunk)
    return None


def _unavailable(answer: httpx.Response, key: str) -> CutroomError:
    error = trouble.refused(answer.status_code, {}, key)
    return error if isinstance(error, EngineFailed) else EngineFailed(error.message)


def _elsewhere(line: Line, url: str, out: Path, most: int) -> None:
    from cutroom.intake import exchange  # noqa: PLC0415  most results lie with the server itself
    from cutroom.intake.fetch import Fetcher  # noqa: PLC0415  as above

    try:
        Fetcher(_Pace()).fetch(url, out, most, line.pulse.beat)
    except InvalidMedia as error:  # whose sentence quotes the URL, which may be a permission
        reason = error.message.replace(exchange.short(url), "it")
        raise EngineFailed(f"The remote server's result lies elsewhere: {reason}") from None


@dataclass(frozen=True, slots=True)
class _Pace:
    """The fetcher's limits for a result."""

    fetch_timeout: float = SECONDS
    fetch_min_rate: int = 10_000
