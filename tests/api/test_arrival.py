"""Bodies that come slowly, break off, or take too much memory together."""

import asyncio

import anyio
import pytest
from starlette.requests import Request

from cutroom.api import arrival
from cutroom.api.arrival import Room, arriving
from cutroom.api.errors import TooLarge, TooSlow
from cutroom.errors import Busy, InvalidParams


def come(*pieces: tuple[float, int], end: bool = True, limit: int = 10**9) -> int:
    """The bytes that arrive of a body whose pieces come after (pause, size)."""
    coming = list(pieces)

    async def receive():
        if not coming:
            return {"type": "http.disconnect"}
        pause, size = coming.pop(0)
        await asyncio.sleep(pause)
        more = bool(coming) or not end
        return {"type": "http.request", "body": b"x" * size, "more_body": more}

    async def all_of_it():
        request = Request({"type": "http", "headers": []}, receive)
        return sum([len(piece) async for piece in arriving(request, limit, "too large")])

    return anyio.run(all_of_it)


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    monkeypatch.setattr(arrival, "WITHIN", 0.2)
    monkeypatch.setattr(arrival, "LEAST", 100)


def test_a_body_comes_whole():
    assert come((0, 0), (0, 5), (0.05, 500), (0, 0)) == 505


def test_a_body_that_takes_long_but_keeps_coming_is_taken():
    assert come(*[(0.05, 100)] * 10) == 1000


@pytest.mark.parametrize("pieces", [[(1, 1)], [(0.05, 1)] * 10, [(0, 1000), (0.05, 9), (0.3, 9)]])
def test_a_body_that_drips_is_not_waited_for(pieces):
    with pytest.raises(TooSlow):
        come(*pieces)


def test_a_body_that_breaks_off_or_is_too_large():
    with pytest.raises(InvalidParams, match="ended early"):
        come((0, 5), end=False)
    with pytest.raises(TooLarge):
        come((0, 5), (0, 6), limit=10)


def test_there_is_room_for_so_many_bytes_together():
    room = Room(100)
    with room.share() as first, room.share() as second:
        first.grow(60)
        second.grow(40)
        with pytest.raises(Busy) as caught:
            second.grow(1)
        assert caught.value.retry_after >= 1
    with room.share() as third:
        third.grow(100)
