"""`Idempotency-Key`: a request that may come twice and is carried out once."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

EDIT = "kling-video-o3-pro-video-to-video-edit"
TEXT = "kling-video-v2-6-pro-text-to-video"
CLIP = "https://example.com/birds-on-wire.mp4"
LOOK = {"model": EDIT, "prompt": "make it black and white", "input_video": CLIP}
BODY = {"model": TEXT, "prompt": "a bird on a wire", "num_generations": 2}
NOT_DONE = LOOK | {"prompt": "let the birds discuss Hegel in perfect lip sync"}


@pytest.fixture(scope="module")
def erin(web, tenant):
    """The headers of a tenant with credit for exactly two videos of BODY's, each at most 0.35 dollars."""
    headers = tenant("erin", 0.70)
    yield headers
    clear(web, headers)


@pytest.fixture
def key():
    return str(uuid.uuid4())


def clear(server, headers):
    url = f"{server.url}/api/ai/queue"
    for row in requests.get(url, headers=headers, timeout=30).json()["generations"]:
        requests.delete(f"{url}/{row['generation_id']}", headers=headers, timeout=30)


def ask(server, key, body=BODY, path="/api/ai/queue", headers=None):
    headers = (headers or server.headers) | {"Idempotency-Key": key}
    return requests.post(server.url + path, headers=headers, json=body, timeout=90)


def test_the_first_answer_again(web, erin, key):
    first = ask(web, key, headers=erin)
    assert first.status_code == 200
    assert "idempotent-replayed" not in first.headers
    clear(web, erin)  # the answer stays, whatever became of what it tells
    # The same in other words: another order, other spaces, and the key in quotes.
    headers = erin | {"Idempotency-Key": f'"{key}"', "Content-Type": "application/json"}
    body = json.dumps(dict(reversed(BODY.items())), indent=1)
    again = requests.post(f"{web.url}/api/ai/queue", headers=headers, data=body, timeout=30)
    assert again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"
    every = requests.get(f"{web.url}/api/ai/generations", headers=erin, timeout=30).json()
    assert every["total_entries"] == 2


def test_who_may_act_for_it_no_more_gets_no_answer_of_before(web, erin, key):
    web.cutroom("credits", "add", "--namespace", "studio9", "1")
    web.cutroom("members", "add", "--organisation", "studio9", "erin")
    theirs = {"model": TEXT, "prompt": "a bird", "target_namespace": "studio9"}
    made = ask(web, key, theirs, "/v1/videos", erin)
    assert made.status_code == 200, made.text
    requests.delete(f"{web.url}/v1/videos/{made.json()['id']}", headers=erin, timeout=30)
    web.cutroom("members", "remove", "--organisation", "studio9", "erin")
    again = ask(web, key, theirs, "/v1/videos", erin)
    assert again.status_code == 403
    assert made.json()["id"] not in again.text


def test_twins_at_once_are_one_request(web, erin, key):
    clear(web, erin)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask(web, key, headers=erin), range(8)))
    assert {answer.status_code for answer in answers} == {200}  # there is credit for one of them
    assert len({answer.content for answer in answers}) == 1
    assert [answer.headers.get("idempotent-replayed") for answer in answers].count("true") == 7


def test_a_refused_request_keeps_nothing(web, erin, key):
    wrong = ask(web, key, BODY | {"duration": 7}, headers=erin)
    assert wrong.status_code == 400
    clear(web, erin)
    dear = BODY | {"duration": 10}
    assert ask(web, key, dear, headers=erin).status_code == 402
    assert ask(web, key, BODY, headers=erin).status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/ai/queue", BODY | {"prompt": "two birds on a wire"}),
        ("/api/ai/queue", BODY | {"num_generations": 1}),
        ("/api/ai/queue", {}),
        ("/api/ai/videos/generate", BODY),
    ],
)
def test_another_request_of_the_same_key_is_refused(web, bob, key, path, body):
    made = ask(web, key)
    answer = ask(web, key, body, path)
    assert answer.status_code == 422
    assert answer.json() == {
        "error": {
            "type": "idempotency_key_reused",
            "title": "This Idempotency-Key came with another request before.",
            "detail": "This Idempotency-Key came with another request before; a new request needs a new key.",
        },
        "status": "error",
        "status_message": "idempotency_key_reused",
    }
    bobs = ask(web, key, body, path, headers=bob)
    assert "idempotency_key_reused" not in bobs.text  # it is alice's key alone
    for one in made.json()["generations"]:
        url = f"{web.url}/api/ai/queue/{one['generation_id']}"
        requests.delete(url, headers=web.headers, timeout=30)


@pytest.mark.parametrize("bad", ["", '""', "a" * 256, "caf\xe9", "a\tb"])
def test_a_key_that_is_none(web, bad):
    answer = ask(web, bad.encode("latin-1"))
    assert answer.status_code == 400
    sentence = "Idempotency-Key must be 1 to 255 printable ASCII letters"
    assert answer.json()["error"]["detail"] == sentence


def test_a_call_that_waits_is_answered_by_the_same_video(web, key):
    first = ask(web, key, LOOK, "/api/ai/videos/generate")
    again = ask(web, key, LOOK, "/api/ai/videos/generate")
    assert again.headers["x-generation-id"] == first.headers["x-generation-id"]
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json()["created"] == first.json()["created"]
    got = [
        requests.get(one.json()["videos"][0]["url"], timeout=30).content for one in (first, again)
    ]
    assert got[0] == got[1]


def test_a_call_that_waits_fails_the_same_way(web, key):
    first = ask(web, key, NOT_DONE, "/api/ai/videos/generate")
    again = ask(web, key, NOT_DONE, "/api/ai/videos/generate")
    assert (first.status_code, again.status_code) == (422, 422)
    assert again.content == first.content
    assert again.headers["x-generation-id"] == first.headers["x-generation-id"]
    assert again.headers["idempotent-replayed"] == "true"


def test_a_retry_is_made_once(web, key):
    made = ask(web, str(uuid.uuid4()), NOT_DONE).json()["generations"][0]["generation_id"]
    path = f"/api/ai/queue/{made}/retry"
    first, again = (ask(web, key, None, path) for _ in range(2))
    assert first.status_code == 200
    assert again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"
    other = ask(web, str(uuid.uuid4()), None, path)
    assert other.json()["generation_id"] != first.json()["generation_id"]
