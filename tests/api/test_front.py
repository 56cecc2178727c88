"""The addresses around the API: front page, health, what is not there."""

import requests


def test_the_front_page_says_how_to_begin(server):
    page = requests.get(server.url + "/", timeout=10)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "<script" not in page.text
    assert f"{server.url}/api/ai/queue" in page.text


def test_live_and_ready(server):
    assert requests.get(server.url + "/livez", timeout=10).status_code == 200
    ready = requests.get(server.url + "/readyz", timeout=10)
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})
