"""Keys that may do some things and not others, and keys whose time is over."""

import pytest
import requests


@pytest.fixture(scope="module")
def reader(server):
    """The headers of a key of alice's that may only look."""
    command = ("keys", "create", "--namespace", "alice", "--scopes", "read")
    return server.headers_of(server.cutroom(*command))


@pytest.fixture(scope="module")
def writer(server):
    """The headers of a key of alice's that may ask and not look."""
    command = ("keys", "create", "--namespace", "alice", "--scopes", "write", "--expires", "1d")
    return server.headers_of(server.cutroom(*command))


def forbidden(scope, has):
    title = "Your key may not do this."
    detail = f"This needs a key with the scope {scope}; yours has {has}."
    return {
        "error": {"type": "forbidden", "title": title, "detail": detail},
        "status": "error",
        "status_message": "forbidden",
    }


def test_who_may_look_may_not_ask(server, done, reader):
    queue = f"{server.url}/api/ai/queue"
    row = requests.get(f"{queue}/{done['generation_id']}", headers=reader, timeout=10)
    assert row.json()["status"] == "succeeded"
    body = {key: done[key] for key in ("model", "prompt", "input_video")}
    for method, path in (
        ("POST", "/api/ai/queue"),
        ("POST", "/api/ai/plan"),
        ("POST", "/api/ai/videos/generate"),
        ("DELETE", f"/api/ai/queue/{done['generation_id']}"),
        ("PUT", "/api/repos/alice/clips/file/main/a.bin"),
    ):
        answer = requests.request(method, server.url + path, headers=reader, json=body, timeout=10)
        assert (answer.status_code, answer.json()) == (403, forbidden("write", "read")), path


def test_who_may_ask_need_not_be_able_to_look(server, done, writer):
    queue = f"{server.url}/api/ai/queue"
    body = {key: done[key] for key in ("model", "prompt", "input_video")}
    answer = requests.post(queue, headers=writer, json=body, timeout=10)
    assert answer.status_code == 200, answer.text
    url = f"{queue}/{answer.json()['generations'][0]['generation_id']}"
    for look in (queue, url, done["result_url"].partition("?")[0]):
        answer = requests.get(look, headers=writer, timeout=10)
        assert (answer.status_code, answer.json()) == (403, forbidden("read", "write")), look
    assert requests.delete(url, headers=writer, timeout=10).status_code == 200
