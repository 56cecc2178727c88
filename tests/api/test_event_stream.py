"""Streams of events as ASGI sees them: callers that stop reading, keys that end, a server that stops."""

import asyncio
import json
import re
import socket
import time
from contextlib import asynccontextmanager
from threading import Thread

import pytest
import sqlalchemy as sa
import uvicorn

from cutroom import db, tables
from cutroom.api import broadcast, events, server
from cutroom.api.app import create_app
from cutroom.cli.local_server import free_port
from cutroom.service import Service
from cutroom.settings import Settings

BODY = {"model": "kling-video-v2-6-pro-text-to-video", "prompt": "a wire", "duration": 5}
EVENT = re.compile(rb"id: ([0-9]+)\nevent: ([a-z_]+)\ndata: ([^\n]+)\n\n")


class House:
    """A service without workers, its app, and callers that are coroutines."""

    def __init__(self, folder, **settings):
        self.settings = Settings(data_dir=folder, **{"poll_interval": 0.02, **settings})
        self.service = Service.open(self.settings)
        self.service.add_credit("me", 10**9)
        self.key = self.service.accounts.create_key("me")
        self.stopping = False
        self.app = create_app(self.service, self.settings, stopping=lambda: self.stopping)

    def end_one(self):
        """Something happens: a generation is cancelled."""
        caller = self.service.caller("me")
        (one,) = self.service.submit(caller, BODY)
        self.service.cancel(caller, one.id)
        return one.id

    @property
    def listeners(self):
        return len(self.app.state.broadcast._listeners)

    @asynccontextmanager
    async def stream(self, **headers):
        """A caller of /api/events."""
        caller = Caller(self, headers)
        task = asyncio.create_task(caller.run())
        try:
            async with asyncio.timeout(30):
                yield caller
                caller.gone.set()
                await task
        finally:
            task.cancel()


class Caller:
    """Hears what is sent, unless its ears are shut."""

    def __init__(self, house, headers):
        self.house = house
        self.headers = {"authorization": f"Bearer {house.key}", "host": "test", **headers}
        self.gone = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()
        self.bytes = b""
        self.status = None
        self.ended = False

    async def run(self):
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/api/events",
            "raw_path": b"/api/events",
            "query_string": b"",
            "scheme": "http",
            "server": ("test", 80),
            "headers": [(name.replace("_", "-").encode(), text.encode()) for name, text in self.headers.items()],
        }  # fmt: skip

        async def receive():
            await self.gone.wait()
            return {"type": "http.disconnect"}

        async def send(message):
            await self.open.wait()
            if message["type"] == "http.response.start":
                self.status = message["status"]
            else:
                self.bytes += message.get("body", b"")
                self.ended = not message.get("more_body", False)

        await self.house.app(scope, receive, send)

    @property
    def events(self):
        return [(int(seq), name.decode(), json.loads(data)) for seq, name, data in EVENT.findall(self.bytes)]  # fmt: skip

    async def until(self, condition):
        while not condition(self):  # noqa: ASYNC110 - conditions of other people's making
            await asyncio.sleep(0.01)


@pytest.fixture
def house(tmp_path):
    made = House(tmp_path)
    yield made
    made.service.close()


def answered(caller):
    return caller.status is not None


def test_silence_is_broken_by_a_comment(house, monkeypatch):
    assert events.KEEP_ALIVE == 15  # as documented
    monkeypatch.setattr(events, "KEEP_ALIVE", 0.1)

    async def story():
        async with house.stream() as caller:
            await caller.until(lambda one: one.bytes.count(b"\n\n") == 2)
            assert caller.bytes == b": keep-alive\n\n" * 2

    asyncio.run(story())


def test_who_does_not_keep_up_is_sent_away_and_misses_nothing(house, monkeypatch):
    monkeypatch.setattr(broadcast, "WAITING", 3)
    ids = []

    async def story():
        async with house.stream() as caller:
            await caller.until(answered)
            ids.append(await asyncio.to_thread(house.end_one))
            await caller.until(lambda one: one.events)
            caller.open.clear()
            ids.extend([await asyncio.to_thread(house.end_one) for _ in range(6)])
            listener = next(iter(house.app.state.broadcast._listeners))
            await caller.until(lambda _: listener.over)
            caller.open.set()
            await caller.until(lambda one: one.ended)
            seq, name, data = caller.events[-1]
            assert (name, data["reason"]) == ("reset", "slow")
            assert seq == caller.events[-2][0]
        async with house.stream(last_event_id=str(seq)) as again:
            await again.until(lambda one: len(one.events) == 7 - (len(caller.events) - 1))
        told = [data["generation_id"] for _, _, data in (*caller.events[:-1], *again.events)]
        assert told == ids

    asyncio.run(story())


def test_who_takes_nothing_at_all_is_hung_up_on(house, monkeypatch):
    monkeypatch.setattr(events, "PATIENCE", 0.1)

    async def story():
        async with house.stream() as caller:
            await caller.until(answered)
            caller.open.clear()
            await asyncio.to_thread(house.end_one)
            await caller.until(lambda _: house.listeners == 0)
            assert not caller.ended

    asyncio.run(story())


def test_a_connection_that_takes_nothing_is_cut(house, monkeypatch):
    """Over a real socket, where closing alone waits for the other side."""
    monkeypatch.setattr(events, "PATIENCE", 0.1)
    monkeypatch.setattr(events, "KEEP_ALIVE", 0.1)
    monkeypatch.setattr(events, "PADDING", b":" + b" " * 16_000_000 + b"\n\n")
    monkeypatch.setattr(server, "LINGER", 0.5)
    port = free_port()
    config = uvicorn.Config(house.app, port=port, http="h11", lifespan="off", log_config=None)
    up = server.Server(config, None)
    thread = Thread(target=up.run)
    thread.start()
    try:
        while not up.started:
            time.sleep(0.05)
        with socket.create_connection(("127.0.0.1", port), 10) as deaf:
            head = (
                f"GET /api/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {house.key}\r\n\r\n"
            )
            deaf.sendall(head.encode())
            assert deaf.recv(15) == b"HTTP/1.1 200 OK"
            house.end_one()
            end = time.monotonic() + 20
            while house.listeners or up.server_state.connections:
                assert time.monotonic() < end
                time.sleep(0.05)
    finally:
        up.should_exit = True
        thread.join()


def test_who_hangs_up_is_noticed_and_nobody_reads_for_nobody(house):
    async def story():
        async with house.stream() as caller, house.stream() as other:
            await caller.until(lambda _: house.listeners == 2)
            caller.gone.set()
            await caller.until(lambda _: house.listeners == 1)
            other.gone.set()
            await caller.until(lambda _: house.app.state.broadcast._reader is None)
        async with house.stream() as late:  # and then somebody reads again
            await late.until(answered)
            one = await asyncio.to_thread(house.end_one)
            await late.until(lambda one: one.events)
            assert late.events[0][2]["generation_id"] == one

    asyncio.run(story())


def test_streams_end_when_the_server_does(house):
    async def story():
        async with house.stream() as one, house.stream() as two:
            await one.until(lambda _: house.listeners == 2)
            house.stopping = True
            await one.until(lambda _: one.ended and two.ended)
            assert house.listeners == 0

    asyncio.run(story())


def test_a_stream_ends_with_its_key(house, monkeypatch):
    monkeypatch.setattr(events, "CHECK", 0.1)
    monkeypatch.setattr(events, "KEEP_ALIVE", 0.05)

    async def story():
        async with house.stream() as caller:
            await caller.until(lambda one: one.bytes.count(b"keep-alive") > 4)
            await asyncio.to_thread(house.service.accounts.revoke_key, house.key)
            await caller.until(lambda one: one.ended)
        async with house.stream() as caller:
            await caller.until(lambda one: one.ended)
            assert caller.status == 401

    asyncio.run(story())


@pytest.mark.parametrize("over", ["session", "key"])
def test_a_stream_ends_with_its_session(house, monkeypatch, over):
    monkeypatch.setattr(events, "CHECK", 0.1)
    monkeypatch.setattr(events, "KEEP_ALIVE", 0.05)
    sessions = house.service.sessions
    token = sessions.of_key(house.service.authenticate(house.key)).token
    end, what = (
        (sessions.end, token)
        if over == "session"
        else (house.service.accounts.revoke_key, house.key)
    )
    signed_in = {"authorization": "", "cookie": f"cutroom_session={token}"}

    async def story():
        async with house.stream(**signed_in) as caller:
            await caller.until(lambda one: one.bytes.count(b"keep-alive") > 4)
            await asyncio.to_thread(end, what)
            await caller.until(lambda one: one.ended)
        async with house.stream(**signed_in) as caller:
            await caller.until(lambda one: one.ended)
            assert caller.status == 401

    asyncio.run(story())


def test_a_stream_ends_with_a_membership(house, monkeypatch):
    monkeypatch.setattr(events, "CHECK", 0.1)
    monkeypatch.setattr(events, "KEEP_ALIVE", 0.05)
    house.service.accounts.admit("acme", "me", "member")

    async def story():
        async with house.stream() as caller:
            await caller.until(lambda one: one.bytes.count(b"keep-alive") > 4)
            await asyncio.to_thread(house.service.accounts.dismiss, "acme", "me")
            await caller.until(lambda one: one.ended)
        async with house.stream() as caller:
            await caller.until(answered)
            assert caller.status == 200

    asyncio.run(story())


def test_what_is_no_longer_kept_is_answered_with_a_reset(tmp_path):
    house = House(tmp_path, events_kept=60)
    ids = [house.end_one() for _ in range(3)]
    with db.writing(house.service._engine) as tx:
        tx.execute(sa.update(tables.events).values(created=tables.events.c.created - 3600))
    house.end_one()

    async def told(last_id):
        async with house.stream(last_event_id=last_id) as caller:
            await caller.until(lambda one: one.events)
            return caller.events

    seqs = [seq for seq, _, _ in asyncio.run(told("0"))]
    assert len(seqs) == 4
    assert house.service.events.prune() == len(ids)
    ((seq, name, data),) = asyncio.run(told("1"))
    assert (seq, name, data["reason"]) == (seqs[-1], "reset", "expired")
    assert [event[0] for event in asyncio.run(told(str(seqs[-1] - 1)))] == [seqs[-1]]
    assert house.service.events.prune() == 0  # the last one stays
    house.service.close()


def test_so_many_listeners_and_no_more(house, monkeypatch):
    monkeypatch.setattr(broadcast, "MOST_OF_ONE", 1)

    async def story():
        async with house.stream() as first, house.stream() as second:
            await first.until(lambda _: answered(first) and answered(second))
            assert sorted((first.status, second.status)) == [200, 429]

    asyncio.run(story())


def test_hundreds_share_one_look(tmp_path, monkeypatch):
    house = House(tmp_path, poll_interval=0.2)
    monkeypatch.setattr(broadcast, "MOST_OF_ONE", 300)
    looks = []
    news = house.service.events.news

    def counted(seq):
        looks.append(seq)
        return news(seq)

    monkeypatch.setattr(house.service.events, "news", counted)

    async def story():
        callers = [Caller(house, {}) for _ in range(300)]
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            for caller in callers:
                group.create_task(caller.run())
            await callers[0].until(lambda _: house.listeners == 300)
            looks.clear()
            one = await asyncio.to_thread(house.end_one)
            for caller in callers:
                await caller.until(lambda one: one.events)
            assert {caller.events[0][2]["generation_id"] for caller in callers} == {one}
            assert len(looks) < len(callers)
            for caller in callers:
                caller.gone.set()

    asyncio.run(story())
    house.service.close()
