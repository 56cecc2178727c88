"""Many at once for money that is enough for some of them: a server of its own, without workers."""

import asyncio
from collections import Counter

import httpx
import pytest

from cutroom.cli.local_server import local_server
from cutroom.service import Service
from cutroom.settings import Settings
from cutroom.terms import Limit, Period, Terms

BODY = {"model": "kling-video-v2-6-pro-text-to-video", "prompt": "a boat", "duration": 5}
HOLD = 350_000
"""Micro-dollars that one such request may cost."""
AT_ONCE, ENOUGH = 200, 50


@pytest.fixture(scope="module")
def counter(tmp_path_factory):
    """A server whose generations stay queued."""
    data_dir = tmp_path_factory.mktemp("races")
    with local_server(data_dir, workers="0") as up:
        yield up, data_dir


def statuses(url, key):
    """How often each status was answered to so many requests that are under way together."""

    async def ask(client):
        answer = await client.post(f"{url}/api/ai/queue", json=BODY)
        return answer.status_code, answer.json()["status_message"] if answer.is_error else ""

    async def everybody():
        limits = httpx.Limits(max_connections=AT_ONCE)
        headers = {"Authorization": f"Bearer {key}"}
        async with httpx.AsyncClient(
            limits=limits, headers=headers, timeout=60, trust_env=False
        ) as client:
            return await asyncio.gather(*(ask(client) for _ in range(AT_ONCE)))

    return Counter(asyncio.run(everybody()))


@pytest.mark.parametrize("bound", ["credit", "limit of the key", "limit of the namespace"])
def test_as_many_are_accepted_as_the_money_is_for(counter, bound):
    server, data_dir = counter
    service = Service.open(Settings(data_dir=data_dir))
    name = bound.replace(" ", "-")
    enough = ENOUGH * HOLD + HOLD // 2  # what remains is no use to anybody
    limit = Limit(enough, Period.MONTH)
    terms = Terms(limit=limit if bound == "limit of the key" else None)
    key = service.accounts.create_key(name, terms=terms)
    service.add_credit(name, enough if bound == "credit" else AT_ONCE * HOLD)
    if bound == "limit of the namespace":
        service.spending.limit_namespace(name, limit)
    answers = statuses(server.url, key)
    assert answers == {(200, ""): ENOUGH, (402, "insufficient_credits"): AT_ONCE - ENOUGH}
    assert service.balance(name).held == ENOUGH * HOLD
    assert len(service.history.newest(service.caller(name))) == ENOUGH
    assert service.audit() == []
    service.close()
