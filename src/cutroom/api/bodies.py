"""JSON bodies: read within a cap, and parsed into values that nothing later can choke on."""

import json
import math
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from cutroom.api.arrival import Room, Share, announced, arriving
from cutroom.api.errors import TooLarge
from cutroom.errors import InvalidParams

DEPTH = 32
"""Levels of nesting a body may have; the deepest documented one has 4."""
VALUES = 200_000
"""Values a body may have, as its marks tell: an empty list takes 2 bytes of text and 64 of memory."""
VALUE_MARKS = (b",", b"[", b"{")
LARGE = 1 << 18
"""Bytes from which a body is parsed in a thread, so that others do not wait for it."""


@asynccontextmanager
async def an_object(request: Request, limit: int) -> AsyncGenerator[dict[str, Any], None]:
    """The JSON object that the request carries, at most `limit` bytes.

    It counts as memory in use until the end of the block, and should be forgotten there. Raises
    TooLarge, TooSlow, Busy, or InvalidParams when it is not one JSON object in UTF-8.
    """
    room: Room = request.app.state.bodies
    with room.share() as share:
        raw = await read(request, limit, share)
        value = await run_in_threadpool(parse, raw) if len(raw) >= LARGE else parse(raw)
        del raw
        if not isinstance(value, dict):
            raise InvalidParams("The body must be a JSON object")
        yield value


async def read(request: Request, limit: int, share: Share) -> bytearray:
    """The body's bytes. Raises TooLarge, before reading where the request says its length."""
    too_large = f"The body is larger than {limit} bytes"
    if (size := announced(request)) > limit:
        raise TooLarge(f"{too_large}; this one has {size}")
    raw = bytearray()
    async for piece in arriving(request, limit, too_large):
        share.grow(len(piece))
        raw += piece
    return raw


def parse(raw: bytes | bytearray) -> object:
    """The value of a JSON text. Raises InvalidParams for anything that is not plain JSON in UTF-8."""
    if (values := sum(map(raw.count, VALUE_MARKS))) > VALUES:
        raise InvalidParams(f"The body holds too many values: {values}; {VALUES} are taken")
    try:
        value = json.loads(
            raw.decode("utf-8"), object_pairs_hook=no_twins, parse_constant=no_constants
        )
    except UnicodeDecodeError:
        raise InvalidParams("The body is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise InvalidParams(f"The body is not valid JSON: {error.msg} at {error.pos}") from None
    except RecursionError:
        raise InvalidParams(f"The body is nested deeper than {DEPTH} levels") from None
    except ValueError:  # Python refuses whole numbers of more than 4300 digits
        raise InvalidParams("The body holds a number that is too large") from None
    check(value)
    return value


def no_twins(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are all different: of twins nobody knows which was meant."""
    result: dict[str, Any] = {}
    for name, value in pairs:
        if name in result:
            raise InvalidParams(f"The body names {name[:100]!a} twice")
        result[name] = value
    return result


def no_constants(name: str) -> object:
    """Python reads NaN and Infinity; JSON has neither."""
    raise InvalidParams(f"The body is not valid JSON: {name}")


def check(value: object) -> None:
    """Raises InvalidParams for what parses but cannot be stored or answered as JSON again."""
    level: list[object] = [value]
    for _ in range(DEPTH):
        inside: list[object] = []
        for item in level:
            match item:
                case str():
                    check_text(item)
                case float() if not math.isfinite(item):
                    raise InvalidParams("The body holds a number that is too large")
                case dict():
                    inside += item.keys()
                    inside += item.values()
                case list():
                    inside += item
        if not inside:
            return
        level = inside
    raise InvalidParams(f"The body is nested deeper than {DEPTH} levels")


def check_text(text: str) -> None:
    """Raises InvalidParams for text that UTF-8 or a database cannot hold."""
    try:
        if not text.isascii():
            text.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidParams("The body holds half a surrogate pair") from None
    if "\x00" in text:
        raise InvalidParams("The body holds a NUL character")
