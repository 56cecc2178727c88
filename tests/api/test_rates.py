"""Rates: a bucket for each key, that fills up again."""

from types import SimpleNamespace

import anyio
import httpx
import pytest

from cutroom.api.app import create_app
from cutroom.api.rates import Rates
from cutroom.service import Service
from cutroom.settings import Settings


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def told(standing):
    return standing.wait, standing.headers["RateLimit"]


def test_a_bucket_empties_and_fills_up_again(clock):
    rates = Rates(3, clock)
    assert [told(rates.take("a")) for _ in range(4)] == [
        (0, '"default";r=2;t=20'),
        (0, '"default";r=1;t=40'),
        (0, '"default";r=0;t=60'),
        (20, '"default";r=0;t=60'),
    ]
    assert told(rates.take("b")) == (0, '"default";r=2;t=20')  # another key, another bucket
    clock.now += 19
    assert rates.take("a").wait == 1
    clock.now += 1
    assert told(rates.take("a")) == (0, '"default";r=0;t=60')
    clock.now += 10_000
    assert told(rates.take("a")) == (0, '"default";r=2;t=20')  # never more than it holds


def test_the_policy():
    assert Rates(120).take("a").headers["RateLimit-Policy"] == '"default";q=120;w=60'


@pytest.fixture
def app(tmp_path, clock):
    settings = Settings(data_dir=tmp_path, rate_limit=2)
    service = Service.open(settings)
    app = create_app(service, settings)
    app.state.rates = Rates(2, clock)
    yield SimpleNamespace(app=app, service=service)
    service.close()


def test_who_asks_too_often_waits(app, clock):
    anyio.run(ask_too_often, app, clock)


async def ask_too_often(app, clock):
    key, other = app.service.accounts.create_key("alice"), app.service.accounts.create_key("alice")
    transport = httpx.ASGITransport(app.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:

        async def ask(path="/api/ai/queue", key=key):
            return await client.get(path, headers={"Authorization": f"Bearer {key}"})

        answers = [await ask(), await ask("/api/ai/queue/nonesuch"), await ask()]
        assert [one.status_code for one in answers] == [200, 404, 429]
        left = [one.headers["ratelimit"] for one in answers]
        assert left == ['"default";r=1;t=30', '"default";r=0;t=60', '"default";r=0;t=60']
        assert {one.headers["ratelimit-policy"] for one in answers} == {'"default";q=2;w=60'}
        assert answers[2].headers["retry-after"] == "30"
        assert answers[2].json()["status_message"] == "rate_limited"
        assert (await ask(key=other)).status_code == 200
        for path in ("/livez", "/api/ai/models"):  # who asks for no key is not counted
            answer = await ask(path)
            assert answer.status_code == 200
            assert "ratelimit" not in answer.headers
        assert (await ask(key="wrong")).status_code == 401
        clock.now += 30
        assert (await ask()).status_code == 200


def test_without_a_limit_nothing_is_said(tmp_path):
    anyio.run(ask_often, tmp_path)


async def ask_often(tmp_path):
    settings = Settings(data_dir=tmp_path)
    service = Service.open(settings)
    headers = {"Authorization": f"Bearer {service.accounts.create_key('alice')}"}
    transport = httpx.ASGITransport(create_app(service, settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        answers = [await client.get("/api/ai/queue", headers=headers) for _ in range(5)]
    assert {one.status_code for one in answers} == {200}
    assert not [one for one in answers if "ratelimit" in one.headers]
    service.close()
