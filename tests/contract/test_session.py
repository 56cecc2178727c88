"""A browser at a real server: signed in by a link or a key, it needs no header."""

import pytest
import requests


@pytest.fixture
def browser():
    """Keeps cookies; what it sends comes of no page."""
    with requests.Session() as made:
        yield made


def test_a_link_is_good_once(server, browser, done):
    link = server.cutroom("link", "--namespace", "alice").partition("#link=")[2]
    session = f"{server.url}/api/session"
    nobody = {"auth": True, "user": None, "expires": None, "base": server.url}
    assert browser.get(session, timeout=10).json() == nobody
    stands = browser.post(session, json={"link": link}, timeout=10).json()
    assert (stands["auth"], stands["user"]) == (True, "alice")
    assert browser.get(session, timeout=10).json() == stands
    again = requests.post(session, json={"link": link}, timeout=10)
    assert (again.status_code, "used already" in again.text) == (401, True)
    row = browser.get(f"{server.url}/api/ai/queue/{done['generation_id']}", timeout=10)
    assert row.json()["status"] == "succeeded"
    file = browser.get(done["result_url"].partition("?")[0], timeout=10)
    assert file.headers["content-type"] == "video/mp4"
    stream = browser.get(f"{server.url}/api/events", stream=True, timeout=10)
    assert stream.status_code == 200
    stream.close()
    assert browser.delete(session, timeout=10).json() == nobody
    assert browser.get(f"{server.url}/api/users/me", timeout=10).status_code == 401


def test_our_own_page_asks_for_a_generation(web, browser, done):
    browser.post(f"{web.url}/api/session", json={"key": web.key}, timeout=10)
    body = {key: done[key] for key in ("model", "prompt", "input_video")}
    queue, ours = f"{web.url}/api/ai/queue", {"Origin": web.url, "Idempotency-Key": "a-page"}
    assert browser.post(queue, json=body, timeout=10).status_code == 403
    answer = browser.post(queue, json=body, headers=ours, timeout=10)
    assert answer.status_code == 200, answer.text
    again = requests.post(queue, json=body, headers=ours | web.headers, timeout=10)
    assert ids_of(again) == ids_of(answer)  # the key's, whichever way it came
    (one,) = ids_of(answer)
    assert browser.delete(f"{web.url}/v1/videos/{one}", timeout=10).status_code == 403
    assert browser.delete(f"{queue}/{one}", headers=ours, timeout=10).status_code == 200
    me = browser.get(f"{web.url}/api/users/me", timeout=10).json()["user"]
    assert me["key"]["namespace"] == "alice"


def ids_of(answer):
    return [row["generation_id"] for row in answer.json()["generations"]]
