"""/metrics: what Prometheus reads, who may read it, and whom it names."""

import re
import shutil

import anyio
import httpx
import pytest
import requests
from pydantic import SecretStr

from cutroom import __version__
from cutroom.api.app import ROUTES, create_app
from cutroom.service import Service
from cutroom.settings import Settings

SAMPLE = re.compile(
    r'([a-z_:][a-z0-9_:]*)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\[\\n"])*",?)+)\})? ([0-9.e+-]+|\+Inf)'
)


def samples(text):
    """(name, labels) -> value; fails for what is not the text format."""
    found, kinds = {}, {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in kinds, "a family comes once"
            kinds[name] = kind
            continue
        if line.startswith("# HELP "):
            continue
        match = SAMPLE.fullmatch(line)
        assert match, line
        family = re.sub("_(bucket|sum|count)$", "", match[1])
        assert match[1] in kinds or kinds[family] == "histogram", line
        labels = dict(re.findall(r'([a-z_]+)="([^"]*)"', match[2] or ""))
        key = match[1], tuple(sorted(labels.items()))
        assert key not in found, "a sample comes once"
        found[key] = float(match[3])
    return found


def read(server):
    answer = requests.get(f"{server.url}/metrics", timeout=10)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return samples(answer.text)


def of(found, name, **labels):
    """The sum of the samples that have these labels."""
    return sum(
        value
        for (other, given), value in found.items()
        if other == name and labels.items() <= dict(given).items()
    )


def test_requests_are_counted_by_route_and_not_by_what_is_in_it(server, done):
    before = read(server)
    url = f"{server.url}/api/ai/queue/{done['generation_id']}"
    for _ in range(3):
        requests.get(url, headers=server.headers, timeout=10)
    requests.get(f"{server.url}/api/ai/queue/secret-id", headers=server.headers, timeout=10)
    requests.get(f"{server.url}/no/such/place", timeout=10)
    requests.request("BREW", f"{server.url}/no/such/place", timeout=10)
    after = read(server)
    route = "/api/ai/queue/{generation_id}"

    def more(**labels):
        name = "cutroom_http_requests_total"
        return of(after, name, **labels) - of(before, name, **labels)

    assert more(route=route, method="GET", status="200") == 3
    assert more(route=route, method="GET", status="404") == 1
    assert more(route="none", status="404", method="other") == 1
    count = "cutroom_http_request_seconds_count"
    bucket = "cutroom_http_request_seconds_bucket"
    assert of(after, count, route=route) - of(before, count, route=route) == 4
    assert of(after, bucket, route=route, le="+Inf") == of(after, count, route=route)
    templates = {route.path for route in ROUTES} | {"none"}
    assert {dict(labels).get("route", "none") for _, labels in after} <= templates


def test_the_installation_is_counted(server, done):
    found = read(server)
    model = done["model"]
    assert of(found, "cutroom_generations", status="succeeded", model=model, pool="cpu") >= 1
    assert of(found, "cutroom_workers", pool="cpu") == 1
    assert of(found, "cutroom_database_up") == 1
    assert of(found, "cutroom_build_info", version=__version__) == 1
    assert ("cutroom_queue_oldest_seconds", (("pool", "cpu"),)) in found


def test_nobody_is_named(server, done):
    text = requests.get(f"{server.url}/metrics", timeout=10).text
    for word in ("alice", "bob", done["generation_id"], done["prompt"], server.key):
        assert word not in text


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "cutroom.example"},
        {"Host": "box.lan:8080"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"Via": "1.1 proxy"},
        {"X-Real-IP": "127.0.0.1"},
    ],
)
def test_a_proxy_on_this_machine_is_not_this_machine(server, headers):
    answer = requests.get(f"{server.url}/metrics", headers=headers, timeout=10)
    assert (answer.status_code, answer.json()["error"]["type"]) == (403, "forbidden")


def asked(settings, peer="127.0.0.1", **headers):
    """The answer of an app of its own to a request from that address."""

    async def ask(app):
        transport = httpx.ASGITransport(app, client=(peer, 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.get("/metrics", headers=headers)

    service = Service.open(settings)
    try:
        return anyio.run(ask, create_app(service, settings))
    finally:
        service.close()


def test_a_token_opens_them_from_everywhere_and_nothing_else_does(tmp_path):
    settings = Settings(data_dir=tmp_path, metrics_token=SecretStr("töken"))
    good = {"authorization": "Bearer töken".encode()}
    assert asked(settings, "203.0.113.9", **good).status_code == 200
    for wrong in ({}, {"authorization": "Bearer other"}, {"authorization": "Basic töken".encode()}):
        assert asked(settings, **wrong).status_code == 401


def test_without_a_token_they_are_for_this_machine(tmp_path):
    settings = Settings(data_dir=tmp_path)
    assert asked(settings).status_code == 200
    assert asked(settings, "::1").status_code == 200
    assert asked(settings, "203.0.113.9").status_code == 403
    public = Settings(data_dir=tmp_path, public_url="https://cutroom.example")
    assert asked(public).status_code == 403


def test_a_database_that_is_away_is_a_number_too(tmp_path):
    settings = Settings(data_dir=tmp_path / "away")
    service = Service.open(settings)

    async def ask():
        transport = httpx.ASGITransport(create_app(service, settings), client=("127.0.0.1", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.get("/metrics")

    service.ready()
    service.close()
    shutil.rmtree(settings.data_dir)
    answer = anyio.run(ask)
    assert answer.status_code == 200
    assert samples(answer.text)["cutroom_database_up", ()] == 0
