"""Bodies on their way in: within a length, not too slowly, and not too much of them at once."""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager

from starlette.requests import Request

from cutroom.api.errors import TooLarge, TooSlow
from cutroom.errors import Busy, InvalidParams

LEAST, WITHIN = 200_000, 20.0
"""So many bytes of a body, or the rest of it, must come within so many seconds."""
AGAIN = 5.0
"""Seconds after which there may be room again."""


class Room:
    """The memory that all bodies together may take while they are worked on."""

    def __init__(self, most: int) -> None:
        self._left = most

    @contextmanager
    def share(self) -> Iterator["Share"]:
        """What one body takes of it, given back at the end of the block."""
        share = Share(self)
        try:
            yield share
        finally:
            self._left += share.bytes

    def take(self, size: int) -> None:
        """Take `size` bytes. Raises Busy when there are not so many."""
        if size > self._left:
            raise Busy("Too many large requests at once; try again in a moment.", AGAIN)
        self._left -= size


class Share:
    """One body's part of the room."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self.bytes = 0

    def grow(self, size: int) -> None:
        """Take `size` bytes more. Raises Busy."""
        self._room.take(size)
        self.bytes += size


def announced(request: Request) -> int:
    """The length that the request says its body has; 0 where it does not."""
    length = request.headers.get("content-length", "")
    return int(length) if length.isdecimal() and len(length) < 19 else 0


async def arriving(request: Request, limit: int, too_large: str) -> AsyncGenerator[bytes, None]:
    """The body as it comes, piece by piece.

    Raises TooLarge past `limit` bytes, InvalidParams when it breaks off, TooSlow.
    """
    size, counted, patience, more = 0, 0, WITHIN, True
    while more:
        began = time.monotonic()
        try:
            async with asyncio.timeout(patience):
                message = await request.receive()
        except TimeoutError:
            raise TooSlow from None
        if message["type"] == "http.disconnect":
            raise InvalidParams("The body ended early")
        piece: bytes = message.get("body", b"")
        size += len(piece)
        if size > limit:
            raise TooLarge(too_large)
        # Only the time that we wait counts, not what the storage takes meanwhile.
        patience -= time.monotonic() - began
        if size - counted >= LEAST:
            counted, patience = size, WITHIN
        more = message.get("more_body", False)
        if piece:
            yield piece
