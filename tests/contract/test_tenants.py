"""Every route, asked by somebody without a key, with a wrong one, and by another tenant."""

import re

import pytest
import requests

from cutroom.api.app import ROUTES

OPEN = {"/", "/livez", "/readyz"}
CALLS = sorted((method, route.path) for route in ROUTES for method in (route.methods or ()))
CLOSED = [
    (method, path)
    for method, path in CALLS
    if path not in OPEN and not path.startswith("/api/ai/models")
]
NOT_FOUND = {"type": "resource_not_found", "title": "The requested resource could not be found"}


def address(server, done, path):
    """The route's address with alice's generation and file in it."""
    file = re.match(r".*/repos/[^/]+/([^/]+)/file/main/([^?]+)", done["result_url"])
    values = {
        "generation_id": done["generation_id"],
        "namespace": "alice",
        "repo": file[1],
        "branch": "main",
        "path:path": file[2],
        "model_id": done["model"],
    }
    filled = re.sub(r"\{([^}]+)\}", lambda found: values[found[1]], path)
    return server.url + filled + ("?search=kling" if path.endswith("/search") else "")


def ask(server, done, method, path, headers):
    return requests.request(
        method, address(server, done, path), headers=headers, json={}, timeout=20
    )


def test_the_matrix_is_complete():
    assert len(CALLS) == len(set(CALLS)) >= 18
    assert {method for method, _ in CALLS} == {"GET", "HEAD", "POST", "PUT", "DELETE"}


@pytest.mark.parametrize(("method", "path"), sorted(set(CALLS) - set(CLOSED)))
@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer nonsense"}], ids=["none", "wrong"]
)
def test_what_is_open_to_all(server, done, method, path, headers):
    assert ask(server, done, method, path, headers).status_code == 200


@pytest.mark.parametrize(("method", "path"), CLOSED)
@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", "Bearer nonsense", "Basic WU9VUl9BUElfS0VZ", "YOUR_API_KEY", "Bearer \xff", "Bearer " + "k" * 9999],
)  # fmt: skip
def test_without_a_good_key(server, done, method, path, authorization):
    headers = {} if authorization is None else {"Authorization": authorization.encode("latin-1")}
    answer = ask(server, done, method, path, headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    if method != "HEAD":
        assert answer.json()["error"]["type"] == "unauthenticated"
        assert (answer.json()["status"], answer.json()["status_message"]) == (
            "error",
            "unauthenticated",
        )


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_another_tenant_finds_nothing_of_alice_s(server, done, bob, method, path):
    answer = ask(server, done, method, path, bob)
    if method == "HEAD":
        assert answer.status_code == (200 if path == "/api/ai/queue" else 404)
    elif "{generation_id}" in path or (method == "GET" and "{path" in path):
        assert (answer.status_code, answer.json()["error"]) == (404, NOT_FOUND)
    elif method == "PUT":
        assert (answer.status_code, answer.json()["error"]["type"]) == (403, "forbidden")
    elif method == "POST":
        assert answer.status_code == 400  # an empty request of bob's own
    elif method == "GET":
        assert answer.json() == {"count": 0, "generations": []}


@pytest.mark.parametrize("namespace", ["alice", "nobody", "../alice", "alice\x00"])
def test_another_tenant_s_namespace_in_a_query_or_body(server, done, bob, namespace):
    queue = f"{server.url}/api/ai/queue"
    look = requests.get(queue, headers=bob, params={"namespace": namespace}, timeout=10)
    assert look.status_code == 403
    body = {"model": done["model"], "prompt": "a", "input_video": "https://example.com/a.mp4"}
    ask_for = requests.post(
        queue, headers=bob, json=body | {"target_namespace": namespace}, timeout=10
    )
    assert ask_for.status_code == (400 if "\x00" in namespace else 403)


def test_a_member_of_an_organisation_acts_for_it(server, done, bob):
    server.cutroom("members", "add", "--organisation", "studio", "alice")
    server.cutroom("credits", "add", "--namespace", "studio", "20")
    queue = f"{server.url}/api/ai/queue"
    body = {key: done[key] for key in ("model", "prompt", "input_video")}
    answer = requests.post(
        queue, headers=server.headers, json=body | {"target_namespace": "studio"}, timeout=10
    )
    assert answer.status_code == 200, answer.text
    url = f"{queue}/{answer.json()['generations'][0]['generation_id']}"
    row = requests.get(url, headers=server.headers, timeout=10).json()
    assert row["target_namespace"] == "studio"
    assert requests.get(url, headers=bob, timeout=10).status_code == 404


def test_own_files_under_the_name_the_request_used(web, done, until_final, bob):
    """A URL of ours under a name of one's own network is read from storage, and by its owner alone."""
    place = "/api/repos/alice/box/file/main/birds.mp4"
    clip = (web.web / "birds-on-wire.mp4").read_bytes()
    assert requests.put(web.url + place, headers=web.headers, data=clip, timeout=10).ok
    body = {"model": done["model"], "prompt": done["prompt"]}

    def asked(host, headers, url):
        answer = requests.post(
            f"{web.url}/api/ai/queue",
            headers=headers | {"Host": host},
            json=body | {"input_video": url},
            timeout=10,
        )
        return answer.json()["generations"][0]["generation_id"]

    mine = until_final(asked("box.lan:8080", web.headers, f"http://box.lan:8080{place}"))
    assert mine["status"] == "succeeded", mine
    other = until_final(asked("box.lan:8080", web.headers, f"http://else.lan:8080{place}"))
    assert "not public" in other["error_message"]
    web.cutroom("credits", "add", "--namespace", "bob", "20")
    stolen = asked("box.lan:8080", bob, f"http://box.lan:8080{place}")
    row = until_final(stolen, headers=bob)
    assert "404 Client Error" in row["error_message"]
    assert row["error_type"] == "invalid_params"


@pytest.mark.parametrize("path", ["/api", "/api/ai/queue/", "/api/ai/chat/completions", "/api/ai/images/generate", "/api/ai/queue/a/b", "/..%2f..%2fetc/passwd", "/api/repos/alice"])  # fmt: skip
def test_an_address_that_is_not_there(server, path):
    answer = requests.post(server.url + path, headers=server.headers, timeout=10)
    assert answer.status_code == 404
    assert answer.json() == {
        "error": NOT_FOUND,
        "status": "error",
        "status_message": "resource_not_found",
    }


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/api/ai/queue", "GET, HEAD, POST"),
        ("POST", "/api/ai/queue/4ef840a4", "DELETE, GET, HEAD"),
        ("GET", "/api/ai/videos/generate", "POST"),
        ("DELETE", "/api/ai/models", "GET, HEAD"),
        ("DELETE", "/api/repos/a/b/file/main/c.mp4", "GET, HEAD, PUT"),
        ("OPTIONS", "/api/ai/queue", "GET, HEAD, POST"),
    ],
)
def test_a_method_that_is_not_answered(server, method, path, allowed):
    answer = requests.request(method, server.url + path, headers=server.headers, timeout=10)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert answer.json()["status_message"] == "method_not_allowed"


def test_no_answer_lets_other_sites_read_it(server, done):
    headers = server.headers | {"Origin": "https://evil.example"}
    answer = requests.get(f"{server.url}/api/ai/queue", headers=headers, timeout=10)
    assert not [name for name in answer.headers if name.startswith("access-control-")]
