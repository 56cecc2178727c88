"""The cookie of a session: what it is, what it opens, and whose pages may use it."""

import re

import pytest
from starlette.testclient import TestClient

from cutroom.api import cookie
from cutroom.api.app import create_app
from cutroom.api.rates import Rates
from cutroom.service import Service
from cutroom.settings import Settings
from cutroom.terms import Limit, Period

HOME = "http://127.0.0.1:8080"
NOTHING = "/api/ai/queue/nonesuch"
"""What may be cancelled, and is not there: who is let in is told so."""


@pytest.fixture
def serve(tmp_path):
    """Make a server with these settings; a browser at `home`, and the service."""
    made = []

    def make(home=HOME, **given):
        settings = Settings(data_dir=tmp_path, **given)
        service = Service.open(settings)
        service.add_credit("alice", 10_000_000)
        made.append(service)
        return TestClient(create_app(service, settings), base_url=home), service

    yield make
    for one in made:
        one.close()


@pytest.fixture
def alice(serve):
    """A browser that alice signed in, and the service."""
    browser, service = serve()
    sign_in(browser, service)
    return browser, service


def sign_in(browser, service, **headers):
    key = service.accounts.create_key("alice")
    answer = browser.post("/api/session", json={"key": key}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer, key


@pytest.mark.parametrize(
    ("base", "name", "path"),
    [
        ("http://127.0.0.1:8080", "cutroom_session_8080", "/"),
        ("http://127.0.0.1:8081/", "cutroom_session_8081", "/"),
        ("http://[::1]:8080", "cutroom_session_8080", "/"),
        ("http://[::1]", "cutroom_session", "/"),
        ("http://cut.lan", "cutroom_session", "/"),
        ("http://cut.lan/video/cut/", "cutroom_session", "/video/cut"),
        ("https://cut.example", "__Host-cutroom_session", "/"),
        ("https://cut.example:443/", "__Host-cutroom_session", "/"),
        ("HTTPS://cut.example:8443", "__Host-cutroom_session_8443", "/"),
        ("https://cut.example/Cut", "__Secure-cutroom_session", "/Cut"),
    ],
)
def test_what_the_cookie_is_called_and_how_far_it_goes(serve, base, name, path):
    assert (cookie.name_at(base), cookie.path_of(base)) == (name, path)
    browser, service = serve(public_url=base)
    answer, _ = sign_in(browser, service)
    said = answer.headers["set-cookie"]
    assert said.startswith(f"{name}=cs_")
    assert {"HttpOnly", "SameSite=strict", f"Path={path}"} <= set(said.split("; "))
    assert 0 <= 30 * 86_400 - int(re.search(r"Max-Age=([0-9]+)", said)[1]) < 600
    assert ("Secure" in said) == name.startswith("__")
    assert "Domain" not in said


def test_signing_in_looking_and_signing_out(alice):
    browser, service = alice
    stands = browser.get("/api/session")
    assert stands.json().keys() == {"auth", "user", "expires", "base"}
    assert (stands.json()["auth"], stands.json()["user"]) == (True, "alice")
    assert stands.headers["cache-control"] == "no-store"
    me = browser.get("/api/users/me")
    assert me.json()["user"]["key"]["prefix"] == service.accounts.keys("alice")[0].prefix
    assert me.headers["vary"] == "Cookie"
    assert browser.get("/v1/videos").status_code == 200
    kept = dict(browser.cookies)
    nobody = {"auth": True, "user": None, "expires": None, "base": stands.json()["base"]}
    assert browser.delete("/api/session").json() == nobody
    assert not browser.cookies
    browser.cookies.update(kept)
    assert browser.get("/api/users/me").status_code == 401  # nor is it any good to who kept it
    assert browser.get("/api/session").json()["user"] is None


def test_a_key_in_the_header_goes_before_the_cookie(alice):
    browser, service = alice
    service.add_credit("bob", 1)
    bearer = {"Authorization": f"Bearer {service.accounts.create_key('bob')}"}
    assert browser.get("/api/session", headers=bearer).json()["user"] == "bob"
    assert browser.delete(NOTHING, headers=bearer).status_code == 404
    wrong = {"Authorization": "Bearer wrong"}
    assert browser.get("/api/users/me", headers=wrong).status_code == 401
    assert browser.get("/api/session", headers=wrong).json()["user"] is None
    basic = {"Authorization": "Basic YTpi"}  # what a proxy's own password looks like
    assert browser.get("/api/session", headers=basic).json()["user"] == "alice"


@pytest.mark.parametrize(
    ("headers", "may_look", "may_act"),
    [
        ({}, True, False),
        ({"Sec-Fetch-Site": "same-origin"}, True, True),
        ({"Sec-Fetch-Site": "none"}, True, False),
        ({"Sec-Fetch-Site": "same-site"}, False, False),
        ({"Sec-Fetch-Site": "cross-site"}, False, False),
        ({"Origin": HOME}, True, True),
        ({"Origin": HOME, "Sec-Fetch-Site": "same-site"}, False, False),
        ({"Origin": "http://127.0.0.1:8081"}, False, False),
        ({"Origin": "http://127.0.0.1"}, False, False),
        ({"Origin": "http://127.0.0.1:8080.evil.example"}, False, False),
        ({"Origin": "https://evil.example"}, False, False),
        ({"Origin": "null"}, False, False),
        ({"Origin": ""}, False, False),
        ({"Origin": "://"}, False, False),
    ],
)
def test_whose_pages_may_use_it(alice, headers, may_look, may_act):
    browser, _ = alice
    assert browser.get("/api/ai/queue", headers=headers).status_code == (200 if may_look else 403)
    assert browser.get("/api/session", headers=headers).status_code == (200 if may_look else 403)
    acted = browser.delete(NOTHING, headers=headers)
    assert acted.status_code == (404 if may_act else 403)
    assert browser.delete("/api/session", headers=headers).status_code == (200 if may_look else 403)


@pytest.mark.parametrize(
    ("public_url", "host", "origin", "ours"),
    [
        ("https://cut.example/cut", "127.0.0.1:8080", "https://cut.example", True),
        ("https://cut.example:443/cut", "127.0.0.1:8080", "https://cut.example", True),
        ("https://cut.example", "cut.example:443", "https://cut.example", True),
        ("https://cut.example", "cut.example", "http://cut.example:443", False),
        ("https://cut.example", "cut.example", "http://cut.example", False),
        ("https://cut.example", "127.0.0.1:8080", "https://cut.example:444", False),
        ("https://cut.example", "127.0.0.1:8080", "https://cut.example.evil", False),
        ("", "cut.lan:8080", "https://cut.lan:8080", True),  # a proxy may speak TLS for us
        ("", "CUT.lan", "http://cut.lan", True),
    ],
)
def test_behind_a_proxy(serve, public_url, host, origin, ours):
    browser, service = serve(public_url=public_url)
    answer, _ = sign_in(browser, service)
    headers = {"Host": host, "Origin": origin}
    base = public_url or f"http://{host}"
    token = answer.headers["set-cookie"].partition("=")[2].partition(";")[0]
    browser.cookies.clear()
    headers["Cookie"] = f"other=1; {cookie.name_at(base)}={token}; {cookie.name_at(base)}=planted"
    acted = browser.delete(NOTHING, headers=headers)
    assert acted.status_code == (404 if ours else 403)


def test_another_page_signs_nobody_in(serve):
    browser, service = serve()
    key = service.accounts.create_key("alice")
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "same-site"}):
        answer = browser.post("/api/session", json={"key": key}, headers=headers)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
    assert not browser.cookies


def test_signing_in_again_ends_what_was_before(alice):
    browser, service = alice
    (before,) = browser.cookies.values()
    sign_in(browser, service)
    (after,) = browser.cookies.values()
    assert after != before
    browser.cookies.clear()
    old = {"Cookie": f"cutroom_session_8080={before}"}
    assert browser.get("/api/users/me", headers=old).status_code == 401


@pytest.mark.parametrize(
    "body",
    [{}, {"key": ""}, {"key": 1}, {"key": None}, {"key": "a", "link": "b"}, {"cookie": "a"}, {"link": ["a"]}],
)  # fmt: skip
def test_what_nobody_can_sign_in_with(serve, body):
    browser, _ = serve()
    assert browser.post("/api/session", json=body).status_code == 400


@pytest.mark.parametrize("body", [{"key": "cr_wrong"}, {"link": "cl_wrong"}])
def test_what_lets_nobody_in(serve, body):
    browser, _ = serve()
    answer = browser.post("/api/session", json=body)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert "set-cookie" not in answer.headers


def test_a_spend_limit_holds_for_the_sessions_of_its_key(alice):
    browser, service = alice
    (key,) = service.accounts.keys("alice")
    service.spending.limit_key(key.id, Limit(10, Period.DAY))
    ours = {"Sec-Fetch-Site": "same-origin"}
    body = {"model": "kling-video-v2-6-pro-text-to-video", "prompt": "a bird over the sea"}
    answer = browser.post("/api/ai/queue", json=body, headers=ours)
    assert answer.status_code == 402
    assert "limit of this key" in answer.text


def test_a_key_and_its_sessions_have_one_rate(serve):
    browser, service = serve()
    browser.app.state.rates = Rates(3, lambda: 0.0)
    _, key = sign_in(browser, service)  # counts too
    bearer = {"Authorization": f"Bearer {key}"}
    left = [
        browser.get("/api/session").headers["ratelimit"],
        browser.get("/api/users/me", headers=bearer).headers["ratelimit"],
    ]
    assert [one.partition(";r=")[2][0] for one in left] == ["1", "0"]
    assert browser.get("/api/session").status_code == 429
    assert browser.post("/api/session", json={"key": key}).status_code == 429
    link = {"link": service.sessions.link("alice").token}
    assert browser.post("/api/session", json=link).status_code == 200
    assert browser.get("/api/users/me").headers["ratelimit"].partition(";r=")[2][0] == "2"


def test_where_keys_are_off_nobody_need_sign_in(serve):
    browser, _ = serve(auth=False)
    base = str(browser.base_url).rstrip("/")
    stands = {"auth": False, "user": "default", "expires": None, "base": base}
    asked = [
        browser.get("/api/session"),
        browser.post("/api/session", json={"key": "any"}),
        browser.delete("/api/session"),
    ]
    assert [one.json() for one in asked] == [stands] * 3
    assert not [one for one in asked if "set-cookie" in one.headers]
