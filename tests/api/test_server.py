"""The server as a process: many who wait, the end, and keys turned off."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Thread

import pytest
import requests
import uvicorn

from cutroom.api import server
from cutroom.api.app import create_app
from cutroom.cli.local_server import free_port, local_server
from cutroom.service import Service
from cutroom.settings import Settings

LOOK = {"model": "kling-video-v2-6-pro-text-to-video", "prompt": "a boat on the sea", "duration": 5}
WAITING = 60


def test_many_wait_at_once_and_are_sent_away_when_the_server_stops(tmp_path):
    with (
        ThreadPoolExecutor(WAITING) as pool,
        local_server(tmp_path, workers="0", auth="false", starting_credit="1000") as up,
    ):
        calls = [
            pool.submit(requests.post, f"{up.url}/api/ai/videos/generate", json=LOOK, timeout=60)
            for _ in range(WAITING)
        ]
        deadline = time.monotonic() + 30
        queue = f"{up.url}/api/ai/queue"
        while requests.get(queue, timeout=10).json()["count"] < WAITING:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        began = time.monotonic()
        assert requests.get(f"{up.url}/livez", timeout=10).status_code == 200
        assert requests.get(f"{up.url}/readyz", timeout=10).status_code == 200
        assert time.monotonic() - began < 2  # nobody holds a thread while waiting
        assert not any(call.done() for call in calls)
    answers = [call.result() for call in calls]
    assert {answer.status_code for answer in answers} == {503}
    assert {answer.json()["status_message"] for answer in answers} == {"unavailable"}
    assert all(int(answer.headers["retry-after"]) > 0 for answer in answers)
    assert all("the generation goes on" in answer.json()["error"]["detail"] for answer in answers)
    with local_server(tmp_path, workers="0", auth="false") as up:
        assert requests.get(f"{up.url}/api/ai/queue", timeout=10).json()["count"] == WAITING


def test_who_connects_and_says_nothing_is_hung_up_on(monkeypatch, tmp_path):
    """Connections of the real server, its patience shortened."""
    monkeypatch.setattr(server, "SILENT", 1)
    monkeypatch.setattr(server, "KEEP_ALIVE", 3)
    settings = Settings(port=free_port())
    service = Service.open(settings)
    app = create_app(service, settings)
    config = uvicorn.Config(app, port=settings.port, http="h11", lifespan="off", log_config=None)
    up = server.Server(config, None)
    thread = Thread(target=up.run)
    thread.start()
    try:
        at = ("127.0.0.1", settings.port)
        while not up.started:
            time.sleep(0.05)
        with socket.create_connection(at, 10) as silent, socket.create_connection(at, 10) as slow:
            slow.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n")
            assert silent.recv(1) == slow.recv(1) == b""
        with requests.Session() as lively:
            for _ in range(8):
                assert lively.get(f"http://127.0.0.1:{settings.port}/livez", timeout=5).ok
                time.sleep(0.5)
    finally:
        up.should_exit = True
        thread.join()
        service.close()


@pytest.fixture(scope="module")
def open_server(tmp_path_factory):
    with local_server(tmp_path_factory.mktemp("open"), workers="0", auth="false") as up:
        yield up.url


def test_without_auth_everybody_is_default(open_server):
    answer = requests.post(f"{open_server}/api/ai/queue", json=LOOK, timeout=60)
    assert answer.status_code == 200
    (one,) = answer.json()["generations"]
    row = requests.get(f"{open_server}/api/ai/queue/{one['generation_id']}", timeout=10).json()
    assert row["target_namespace"] == "default"
    url = f"{open_server}/api/repos/default/box/file/main/a.mp4"
    assert requests.put(url, data=b"a", timeout=10).status_code == 200
    assert requests.get(url, timeout=10).content == b"a"


def test_without_auth_pages_of_other_sites_are_refused(open_server):
    url = f"{open_server}/api/ai/queue"
    for origin, status in (("https://evil.example", 403), ("null", 403), (open_server, 200)):
        headers = {"Origin": origin, "Content-Type": "text/plain"}
        assert requests.post(url, headers=headers, json=LOOK, timeout=10).status_code == status


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8080", 200),
        ("[::1]:8080", 200),
        ("192.168.1.5", 200),
        ("LOCALHOST", 200),
        ("box:8080", 200),
        ("box.local", 200),
        ("evil.example:8080", 403),
        ("127.0.0.1.evil.example", 403),
        ("localhost.", 403),
        ("[::1", 403),
        ("", 403),
    ],
)
def test_without_auth_a_name_that_a_stranger_may_give_us_is_refused(open_server, host, status):
    answer = requests.get(f"{open_server}/api/ai/queue", headers={"Host": host}, timeout=10)
    assert answer.status_code == status
