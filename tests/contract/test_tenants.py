"""Every route, asked by everybody who should get nothing: the matrix of tenants, and what is beside it.

The matrix is made from the route table. A new route fails `test_the_matrix_knows_every_route` until
it has its line in EXPECTED (`cutroom.assault.routes`), and an unknown name in its path until PLACES can fill it.
"""

import re
from contextlib import contextmanager

import pytest
import requests

from cutroom import accounts, db, deliveries, events, previews, webhooks
from cutroom.api.site import FOLDER
from cutroom.assault.routes import CALLS, EXPECTED
from cutroom.settings import Settings
from cutroom.terms import Terms
from cutroom.types import Scope

PLACES = {
    "generation_id": lambda _, done: done["generation_id"],
    "model_id": lambda _, done: done["model"],
    "namespace": lambda _, done: done["target_namespace"],
    "repo": lambda _, done: file_of(done)[1],
    "branch": lambda *_: "main",
    "webhook_id": lambda server, _: webhook_of(server).webhook,
    "delivery_id": lambda server, _: webhook_of(server).id,
    "path:path": lambda _, done: file_of(done)[2],
    "folder:path": lambda _, done: file_of(done)[2].rpartition("/")[0],
    "key_id": lambda server, _: a_key(server, "alice")[1].id,
    "member": lambda server, _: a_member(server),
    "name": lambda *_: an_asset(),
}
"""What stands for a name in a path, made of the server and a finished generation of alice's."""


@contextmanager
def writing(server):
    """A transaction over the server's database, for what its doors would not do."""
    engine = db.connect(Settings(data_dir=server.data_dir).database)
    with db.writing(engine) as tx:
        yield tx
    engine.dispose()


def a_key(server, namespace, **terms):
    """A new key of a namespace, and what is known of it."""
    with writing(server) as tx:
        secret = accounts.create(tx, namespace, terms=Terms(**terms))
        (known,) = (
            key for key in accounts.all_keys(tx, namespace) if secret.startswith(key.prefix)
        )
        return secret, known


def an_asset():
    """A file of the playground; skips where that is not built."""
    found = next(FOLDER.glob("assets/*.js"), None)
    return found.name if found else pytest.skip("the playground is not built")


def a_member(server):
    """Somebody who acts for alice."""
    with writing(server) as tx:
        accounts.ensure(tx, "guest")
        accounts.admit(tx, "alice", "guest")
    return "guest"


QUERIES = {"/api/ai/models/search": "?search=kling"}

CLOSED = {
    (method, path): row
    for method, path in CALLS
    if (row := EXPECTED.get(f"{'GET' if method == 'HEAD' else method} {path}"))
}
NOT_FOUND = {"type": "resource_not_found", "title": "The requested resource could not be found"}


def file_of(done):
    return re.match(r".*/repos/([^/]+)/([^/]+)/file/main/([^?]+)", done["result_url"]).groups()


def webhook_of(server):
    """A message to a webhook of alice's; both are made if they are not there (any more)."""
    engine = db.connect(Settings(data_dir=server.data_dir).database)
    with db.writing(engine) as tx:
        found = webhooks.all_of(tx, ["alice"])
        hook = found[0] if found else webhooks.add(tx, "alice", "https://hooks.test/", (), "")[0]
        payload = events.message("webhook_test", 0, {})
        told = deliveries.newest(tx, hook.id) or [deliveries.add(tx, hook.id, "t", "", payload)]
    engine.dispose()
    return told[0]


def ask(server, done, method, path, headers):
    """The answer to an empty request for alice's things; what streams is left unread."""
    if method in {"PUT", "DELETE"} and "{path" in path:
        # Another file than the result, which others look at.
        away = f"{server.url}/api/repos/alice/box/file/main/away.mp4"
        requests.put(away, headers=server.headers, data=b"x", timeout=20).raise_for_status()
        done = done | {"result_url": f"{away}?signed"}
    if method == "DELETE" and path.startswith("/v1"):
        body = {key: done[key] for key in ("model", "prompt", "input_video")}
        queue = f"{server.url}/api/ai/queue"
        away = requests.post(queue, headers=server.headers, json=body, timeout=20).json()
        done = done | away["generations"][0]  # others look at the finished one
    if path.endswith("/preview"):
        with writing(server) as tx:  # as if it were not done
            previews.put(tx, done["generation_id"], b"a frame of hers")
    filled = re.sub(r"{([^}]+)}", lambda found: PLACES[found[1]](server, done), path)
    if method == "PUT" and "{path" in path:
        filled += ".txt"  # the result itself is for other tests to read
    url = server.url + filled + QUERIES.get(path, "")
    answer = requests.request(method, url, headers=headers, json={}, timeout=20, stream=True)
    if not answer.headers.get("content-type", "").startswith("text/event-stream"):
        assert answer.content is not None
    answer.close()
    return answer


@pytest.fixture(scope="module")
def key_with(server):
    """The headers of a key of a namespace, on terms that the command line would not give."""

    def make(namespace, **terms):
        return server.headers_of(a_key(server, namespace, **terms)[0])

    return make


@pytest.fixture(scope="module")
def holders(server, key_with):
    """Headers of those who are nobody, each of whom has a key of alice's that is no good."""
    revoked = server.cutroom(
        "keys", "create", "--namespace", "alice", "--scopes", "read,write,admin"
    )
    server.cutroom("keys", "revoke", revoked)
    everything = frozenset(Scope)
    return {
        "expired": key_with("alice", scopes=everything, expires=db.now() - 60),
        "revoked": server.headers_of(revoked),
    }


@pytest.fixture(scope="module")
def alice_with(key_with):
    """The headers of a key of alice's by its scopes; each made once."""
    made = {}

    def make(*scopes):
        if scopes not in made:
            made[scopes] = key_with("alice", scopes=frozenset(map(Scope, scopes)))
        return made[scopes]

    return make


@pytest.fixture(scope="module")
def stranger(server, key_with):
    """The headers of a key with every scope, of somebody who never asked for anything."""
    server.cutroom("credits", "add", "--namespace", "mallory", "20")
    return key_with("mallory", scopes=frozenset(Scope))


def test_the_matrix_knows_every_route():
    known = {f"{method} {path}" for method, path in CALLS if method != "HEAD"}
    assert known - EXPECTED.keys() == set(), "say in EXPECTED what these routes do"
    assert EXPECTED.keys() - known == set(), "these routes are gone"
    assert len(CALLS) >= 18


@pytest.mark.parametrize(("method", "path"), sorted(set(CALLS) - CLOSED.keys()))
@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer nonsense"}], ids=["none", "wrong"]
)
def test_what_is_open_to_all(server, done, method, path, headers):
    signs_in = (method, path) == ("POST", "/api/session")  # and brings nothing to do it with
    assert ask(server, done, method, path, headers).status_code == (400 if signs_in else 200)


def check_refused(answer, method):
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    if method != "HEAD":
        assert "error" in answer.json()


@pytest.mark.parametrize(("method", "path"), CLOSED)
@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer nonsense"}], ids=["none", "wrong"]
)
def test_without_a_good_key(server, done, method, path, headers):
    check_refused(ask(server, done, method, path, headers), method)


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Basic WU9VUl9BUElfS0VZ", "YOUR_API_KEY", "Bearer \xff", "Bearer " + "k" * 9999],
)  # fmt: skip
def test_headers_that_hold_no_key(server, done, authorization):
    headers = {"Authorization": authorization.encode("latin-1")}
    check_refused(ask(server, done, "GET", "/api/ai/queue", headers), "GET")


@pytest.fixture(scope="module")
def sign_in(server):
    """The headers of a session of a key, as our own page sends them; its cookie is of that key."""

    def make(headers):
        key = headers["Authorization"].split()[1]
        answer = requests.post(f"{server.url}/api/session", json={"key": key}, timeout=10)
        cookie = "; ".join(f"{name}={value}" for name, value in answer.cookies.items())
        return {"Cookie": cookie, "Origin": server.url}

    return make


def test_by_cookie_every_address_is_as_closed_as_by_key(server, done, alice_with, sign_in):
    key = server.headers_of(a_key(server, "alice", scopes=frozenset(Scope))[0])
    ended = sign_in(key)
    requests.delete(f"{server.url}/api/session", headers=ended, timeout=10)
    theirs = sign_in(key) | {"Origin": "https://evil.example"}
    less = {
        scope: sign_in(alice_with(*(one.value for one in Scope if one != scope))) for scope in Scope
    }
    for (method, path), row in CLOSED.items():
        check_refused(ask(server, done, method, path, ended), method)
        for headers in (theirs, less[row.scope]):
            assert ask(server, done, method, path, headers).status_code == 403, (method, path)


@pytest.mark.parametrize(("method", "path"), CLOSED)
@pytest.mark.parametrize("holder", ["expired", "revoked"])
def test_with_a_key_whose_time_is_over(server, done, holders, method, path, holder):
    answer = ask(server, done, method, path, holders[holder])
    check_refused(answer, method)
    assert method == "HEAD" or ("expired at" in answer.text) == (holder == "expired")


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_with_every_scope_but_the_one_it_takes(server, done, alice_with, method, path):
    needed = CLOSED[method, path].scope
    others = [scope.value for scope in Scope if scope != needed]
    answer = ask(server, done, method, path, alice_with(*others))
    assert answer.status_code == 403
    if method != "HEAD":
        said = f"needs a key with the scope {needed}; yours has {' '.join(others)}."
        assert said in answer.text


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_another_tenant_finds_nothing_of_alice_s(server, done, stranger, method, path):
    answer = ask(server, done, method, path, stranger)
    assert answer.status_code == CLOSED[method, path].stranger, answer.text
    if answer.headers["content-type"] == "application/json":
        assert "alice" not in answer.text
        assert done["generation_id"] not in answer.text
        if "/queue/{generation_id}" in path and method != "HEAD":
            assert answer.json()["error"] == NOT_FOUND


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_its_scope_alone_is_enough_for_its_owner(server, done, alice_with, method, path):
    """Without this, a server that lets nobody in would pass."""
    answer = ask(server, done, method, path, alice_with(CLOSED[method, path].scope))
    assert answer.status_code not in {401, 403, 404, 405, 500}, answer.text
    assert answer.ok or method in {"POST", "PUT", "PATCH"}, answer.text


@pytest.mark.parametrize("namespace", ["alice", "nobody", "../alice", "alice\x00"])
def test_another_tenant_s_namespace_in_a_query_or_body(server, done, bob, namespace):
    queue = f"{server.url}/api/ai/queue"
    look = requests.get(queue, headers=bob, params={"namespace": namespace}, timeout=10)
    assert look.status_code == (400 if "\x00" in namespace else 403)
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


@pytest.mark.parametrize("path", ["/api", "/api/ai/queue/", "/api/ai/queue/a/b", "/..%2f..%2fetc/passwd", "/api/repos/alice/box/dir"])  # fmt: skip
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
        ("PATCH", "/api/repos/a/b/file/main/c.mp4", "DELETE, GET, HEAD, PUT"),
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
