"""The addresses around the API: front page, health."""

import requests


def test_the_front_page(server):
    page = requests.get(server.url + "/", timeout=10)
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "unsafe" not in page.headers["content-security-policy"]


def test_live_and_ready(server):
    assert requests.get(server.url + "/livez", timeout=10).status_code == 200
    ready = requests.get(server.url + "/readyz", timeout=10)
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})
