"""The playground's files over HTTP, from a folder as its build leaves it. The built one itself: tests/test_wheel.py."""

from pathlib import Path

import anyio
import httpx
import pytest

from cutroom.api.app import create_app
from cutroom.api.site import POLICY, Site
from cutroom.service import Service
from cutroom.settings import Settings

OPERATIONS = Path(__file__).parents[2] / "docs" / "11-operations.md"
SCRIPT = "export const said = 'a script that gzip makes smaller';\n" * 50
PAGE = '<!doctype html><script type="module" src="assets/index-1a2b.js"></script>'


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
    return create_app(Service.open(settings), settings)


@pytest.fixture
def folder(app, tmp_path):
    """A built playground, which the app serves."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / "assets" / "index-1a2b.js").write_text(SCRIPT)
    (tmp_path / "assets" / "tiny-3c4d.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("not of the page")
    app.state.site = Site(tmp_path)
    return tmp_path


def ask(app, path, method="GET", **headers):
    async def call():
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://here"
        ) as client:
            return await client.request(method, path, headers={"accept-encoding": ""} | headers)

    return anyio.run(call)


def test_the_page_may_run_its_own_scripts_and_nothing_else(app, folder):
    answer = ask(app, "/")
    assert (answer.status_code, answer.text) == (200, PAGE)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY
    assert "//" not in POLICY
    assert f"Content-Security-Policy: {POLICY}\n" in OPERATIONS.read_text()
    told = {name: answer.headers[name] for name in (
        "x-content-type-options", "referrer-policy", "cross-origin-opener-policy", "cache-control",
    )}  # fmt: skip
    assert list(told.values()) == ["nosniff", "no-referrer", "same-origin", "no-cache"]
    assert "camera=()" in answer.headers["permissions-policy"]


def test_its_files_are_kept_for_ever(app, folder):
    answer = ask(app, "/assets/index-1a2b.js")
    assert (answer.status_code, answer.text) == (200, SCRIPT)
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert ask(app, "/assets/tiny-3c4d.svg").headers["content-type"] == "image/svg+xml"


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [("gzip, br", True), ("br;q=1.0, GZIP ; q=0.5", True), ("gzip;q=0", False), ("", False)],
)
def test_they_are_packed_for_who_can_unpack_them(app, folder, accepted, packed):
    answer = ask(app, "/assets/index-1a2b.js", **{"accept-encoding": accepted})
    assert answer.text == SCRIPT
    assert ("content-encoding" in answer.headers) == packed
    assert (int(answer.headers["content-length"]) < len(SCRIPT) // 10) == packed
    assert answer.headers["vary"] == "Accept-Encoding"
    tiny = ask(app, "/assets/tiny-3c4d.svg", **{"accept-encoding": accepted})
    assert "content-encoding" not in tiny.headers


def test_what_did_not_change_is_not_sent_again(app, folder):
    plain, packed = ask(app, "/"), ask(app, "/assets/index-1a2b.js", **{"accept-encoding": "gzip"})
    again = ask(app, "/", **{"if-none-match": f'"other", W/{plain.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["content-security-policy"] == POLICY
    other_form = ask(app, "/assets/index-1a2b.js", **{"if-none-match": packed.headers["etag"]})
    assert other_form.status_code == 200


@pytest.mark.parametrize("path", ["/", "/assets/index-1a2b.js"])
def test_head_tells_what_get_would_send(app, folder, path):
    got, told = ask(app, path), ask(app, path, "HEAD")
    assert told.status_code == 200
    assert {**told.headers, "x-request-id": ""} == {**got.headers, "x-request-id": ""}


@pytest.mark.parametrize(
    "name",
    ["", "gone.js", "..", "../index.html", "../secret.txt", "%2e%2e/secret.txt", "..%2fsecret.txt",
     "%2e%2e%2fsecret.txt", "..%5csecret.txt", "%2fetc%2fpasswd", "index-1a2b.js%00", "INDEX-1A2B.JS"],
)  # fmt: skip
def test_nothing_else_is_served(app, folder, name):
    answer = ask(app, f"/assets/{name}")
    assert (
        answer.status_code == 404 or answer.text == PAGE
    )  # the client itself made /assets/.. to /
    assert "not of the page" not in answer.text


def test_a_new_build_is_seen_and_a_build_under_way_is_not(app, folder):
    assert ask(app, "/").text == PAGE
    (folder / "index.html").unlink()
    (folder / "assets" / "index-1a2b.js").unlink()
    assert (ask(app, "/").text, ask(app, "/assets/index-1a2b.js").text) == (PAGE, SCRIPT)
    (folder / "index.html").write_text("<!doctype html>anew")
    assert ask(app, "/").text == "<!doctype html>anew"
    assert ask(app, "/assets/index-1a2b.js").status_code == 404


def test_where_it_is_not_built_the_page_says_how_to_build_it(app, tmp_path):
    app.state.site = Site(tmp_path / "playground")
    answer = ask(app, "/")
    assert answer.status_code == 200
    assert "make playground" in answer.text
    assert "http://here/api/ai/queue" in answer.text
    assert 'href="/' not in answer.text  # a proxy may serve it under a path
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert ask(app, "/assets/index.js").status_code == 404


def test_every_other_answer_is_guarded_too(app):
    for path in ("/api/ai/models", "/api/ai/queue", "/livez", "/nowhere", "/docs"):
        headers = ask(app, path).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["cache-control"] == "no-store", path
        assert headers["content-security-policy"].startswith("default-src 'none'"), path
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
