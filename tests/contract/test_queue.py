"""/api/ai/queue: golden requests and answers, and every documented sentence."""

import re
import time
import uuid

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

EDIT = "kling-video-o3-pro-video-to-video-edit"
REFERENCE = "kling-video-o3-pro-reference-to-video"
CLIP = "https://example.com/birds-on-wire.mp4"
LOOK = {"model": EDIT, "prompt": "make it black and white", "input_video": CLIP}
INVALID = "Invalid parameters supplied, please check your request and try again."
NOT_FOUND = {
    "error": {
        "type": "resource_not_found",
        "title": "The requested resource could not be found",
    },
    "status": "error",
    "status_message": "resource_not_found",
}
UPSTREAM = "Getting model response error: 422 - "


def post(server, body, **more):
    return requests.post(
        f"{server.url}/api/ai/queue", headers=server.headers, json=body, timeout=30, **more
    )


def get(server, path="", **params):
    url = f"{server.url}/api/ai/queue{path}"
    return requests.get(url, headers=server.headers, params=params, timeout=30)


def invalid(detail):
    return {
        "error": {"type": "invalid_params", "title": INVALID, "detail": detail},
        "status": "error",
        "status_message": "invalid_params",
    }


def test_enqueue_answers_at_once_with_ids_and_queued(web, until_final):
    response = post(web, LOOK | {"num_generations": 2})
    assert response.status_code == 200
    answer = response.json()
    assert list(answer) == ["generations"]
    assert [one["status"] for one in answer["generations"]] == ["queued", "queued"]
    ids = [one["generation_id"] for one in answer["generations"]]
    assert len({uuid.UUID(one) for one in ids}) == 2
    assert [until_final(one)["status"] for one in ids] == ["succeeded", "succeeded"]


def test_a_finished_row_in_full(web, done):
    ours = {
        "model_name": EDIT,
        "model": EDIT,
        "prompt": "make it black and white",
        "input_video": CLIP,
        "media_type": "video",
        "status": "succeeded",
        "error_message": None,
        "error_type": None,
        "target_namespace": "alice",
        "target_repo": "playground",
        "target_directory": None,
        "retried_from_id": None,
        "deleted_at": None,
        "queue_position": None,
        "eta": None,
        "preview_url": None,
        "progress": 1.0,
        "cost": "0.336000",
    }
    assert ours.items() <= done.items()
    assert done.keys() - ours.keys() == {
        "generation_id", "result_url", "enqueued_at", "started_at", "completed_at", "seed", "notes",
        "details", "batch_id",
    }  # fmt: skip
    assert now_ish(done["enqueued_at"]) <= done["started_at"] <= done["completed_at"]
    assert done["result_url"].startswith(f"{web.url}/api/repos/alice/")
    assert "oxen_signature=" in done["result_url"]


def now_ish(stamp):
    assert isinstance(stamp, int)
    assert time.time() - 600 < stamp <= time.time() + 1
    return stamp


def test_the_list_shows_what_is_not_finished_and_what_is_asked_for(web, done):
    every = get(web, status="succeeded").json()
    assert every["count"] == len(every["generations"]) >= 1
    stamps = [row["enqueued_at"] for row in every["generations"]]
    assert stamps == sorted(stamps, reverse=True)
    assert done["generation_id"] in {row["generation_id"] for row in every["generations"]}
    active = {row["generation_id"] for row in get(web).json()["generations"]}
    assert done["generation_id"] not in active


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, True),
        ({"model": EDIT}, True),
        ({"model": REFERENCE}, False),
        ({"media_type": "video"}, True),
        ({"media_type": "image"}, False),
        ({"namespace": "alice"}, True),
        ({"repo": "elsewhere"}, False),
        ({"folder": "elsewhere"}, False),
        ({"status": "failed"}, False),
    ],
)
def test_filters_of_the_list(web, done, query, found):
    answer = get(web, **({"status": "succeeded"} | query)).json()
    assert (
        done["generation_id"] in {row["generation_id"] for row in answer["generations"]}
    ) is found


def test_a_result_lies_where_its_request_wants_it_and_is_found_there(web, until_final):
    place = {"target_repo": "films", "target_directory": "/night/birds/"}
    (one,) = post(web, LOOK | place).json()["generations"]
    row = until_final(one["generation_id"])
    assert (row["target_repo"], row["target_directory"]) == ("films", "night/birds")
    lies = f"{web.url}/api/repos/alice/films/file/main/night/birds/{row['generation_id']}/1.mp4?"
    assert row["result_url"].startswith(lies)
    assert requests.get(row["result_url"], timeout=10).content[4:8] == b"ftyp"
    for folder in ("night/birds", "/night/birds/"):
        answer = get(web, status="succeeded", repo="films", folder=folder).json()
        assert [row["generation_id"] for row in answer["generations"]] == [one["generation_id"]]
    elsewhere = get(web, status="succeeded", repo="playground").json()["generations"]
    assert one["generation_id"] not in {row["generation_id"] for row in elsewhere}
    assert {row["target_repo"] for row in elsewhere} == {"playground"}


def test_a_folder_that_is_a_file_is_refused_at_once(web):
    path = "/api/repos/alice/films/file/main/taken"
    requests.put(web.url + path, headers=web.headers, data=b"x", timeout=10).raise_for_status()
    answer = post(web, LOOK | {"target_repo": "films", "target_directory": "taken/too"})
    assert answer.status_code == 400
    sentence = "target_directory: Invalid path: a folder and a file of one name."
    assert answer.json()["error"]["detail"] == sentence


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ({"target_repo": "../bob"}, "target_repo: Invalid path"),
        ({"target_repo": ".."}, "target_repo: Invalid path"),
        ({"target_repo": "a/b"}, "target_repo: a name without slashes"),
        ({"target_repo": "/"}, "target_repo: a name without slashes"),
        ({"target_repo": "a" * 101}, "target_repo: at most 100 letters"),
        ({"target_repo": 7}, "target_repo must be a string"),
        ({"target_directory": "../../bob/films"}, "target_directory: Invalid path"),
        ({"target_directory": "a//b"}, "target_directory: Invalid path"),
        ({"target_directory": "a\\..\\b"}, "target_directory: Invalid path"),
        ({"target_directory": "a\n"}, "target_directory: Invalid path"),
        ({"target_directory": ["a"]}, "target_directory must be a string"),
        ({"target_directory": "a/" * 126}, "target_directory: at most 250 letters"),
    ],
)
def test_a_place_that_is_none_is_refused_at_once(web, place, sentence):
    answer = post(web, LOOK | place)
    assert answer.status_code == 400
    assert answer.json()["error"]["detail"].startswith(sentence)


@pytest.mark.parametrize("query", [{"status": "done"}, {"media_type": "audio"}])
def test_a_filter_that_means_nothing_is_refused(web, query):
    answer = get(web, **query)
    assert answer.status_code == 400
    assert answer.json()["error"]["detail"].startswith(f"{next(iter(query))} must be one of ")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize(
    "name",
    ["4ef840a4-0000-4000-8000-000000000000", "4ef840a4-...", "GENERATION_ID", "%00", "a" * 3000],
)
def test_an_unknown_generation(web, method, name):
    url = f"{web.url}/api/ai/queue/{name}"
    answer = requests.request(method, url, headers=web.headers, timeout=10)
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_cancelling_a_finished_generation_changes_nothing(web, done):
    url = f"{web.url}/api/ai/queue/{done['generation_id']}"
    answer = requests.delete(url, headers=web.headers, timeout=10)
    assert answer.status_code == 200
    assert answer.json() == {"status": "success", "generation_id": done["generation_id"]}
    assert get(web, f"/{done['generation_id']}").json()["status"] == "succeeded"


@pytest.mark.parametrize("count", [0, 5, -1, "2", 1.5, True, [1]])
def test_num_generations_outside_1_to_4(web, count):
    answer = post(web, LOOK | {"num_generations": count})
    sentence = "num_generations must be an integer between 1 and 4"
    assert (answer.status_code, answer.json()) == (400, invalid(sentence))


def test_an_unknown_model(web):
    answer = post(web, LOOK | {"model": "nonesuch"})
    assert answer.status_code == 404
    assert answer.json() == {"error": {"message": "Model not found: nonesuch"}}


@pytest.mark.parametrize("body", [{}, {"model": None}, {"model": ""}, {"model": 5}])
def test_a_request_without_a_model(web, body):
    answer = post(web, body)
    assert (answer.status_code, answer.json()) == (400, invalid("Field required: model"))


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"model": EDIT}, "Field required: prompt; Field required: input_video"),
        ({"model": EDIT, "prompt": "a"}, "Field required: input_video"),
        ({"model": EDIT, "prompt": "a", "input_video": "birds"}, "Invalid URL: input_video"),
        ({"model": REFERENCE}, UPSTREAM + "Value error, Either 'prompt' or 'multi_prompt' must be provided."),
        ({"model": REFERENCE, "prompt": "a", "multi_prompt": [{"prompt": "b"}]}, UPSTREAM + "Value error, Cannot provide both 'prompt' and 'multi_prompt'."),
        ({"model": REFERENCE, "prompt": "a", "duration": 16}, UPSTREAM + "Total shot duration (16s) exceeds maximum allowed (15s)."),
        (LOOK | {"prompt": "put @Image3 there"}, "The prompt mentions @Image3, but the request has no such image"),
    ],
)  # fmt: skip
def test_wrong_parameters_are_refused_at_once_and_nothing_is_queued(web, body, sentence):
    before = get(web, status="failed").json()["count"]
    answer = post(web, body)
    assert answer.status_code == 400
    assert answer.json()["error"]["detail"].startswith(sentence)
    assert get(web, status="failed").json()["count"] == before


@pytest.mark.parametrize(
    ("raw", "status", "sentence"),
    [
        (b"", 400, "The body is not valid JSON"),
        (b"[]", 400, "The body must be a JSON object"),
        (b"null", 400, "The body must be a JSON object"),
        (b"{", 400, "The body is not valid JSON"),
        (b'{"model": NaN}', 400, "The body is not valid JSON"),
        (b'{"model": "\xff"}', 400, "The body is not UTF-8"),
        (b'{"model": "\\ud800"}', 400, "The body holds half a surrogate pair"),
        (b'{"model": "a", "model": "b"}', 400, "The body names 'model' twice"),
        (b'{"a": ' + b"[" * 9999 + b"]" * 9999 + b"}", 400, "The body is nested deeper"),
        (b'{"a": ' + b"9" * 9999 + b"}", 400, "The body holds a number that is too large"),
        (b" " * 80_000_001, 413, "The body is larger than 80000000 bytes"),
    ],
    ids=range(11),
)
def test_bodies_that_are_no_requests(web, raw, status, sentence):
    url = f"{web.url}/api/ai/queue"
    answer = requests.post(url, headers=web.headers, data=raw, timeout=30)
    assert answer.status_code == status
    assert answer.json()["error"]["detail"].startswith(sentence)


def test_a_body_of_unknown_length_is_cut_off_too(web):
    url = f"{web.url}/api/ai/queue"
    parts = (b" " * 1_000_000 for _ in range(200))
    try:
        answer = requests.post(url, headers=web.headers, data=parts, timeout=30)
    except requests.ConnectionError:
        return  # it was shut in our face while we still sent
    assert answer.status_code == 413


ASKED = {
    "model",
    "prompt",
    "input_video",
    "seed",
    "target_namespace",
    "target_repo",
    "target_directory",
}
"""Names of a row that are parameters: a caller may say them."""


def test_odd_fields_come_back_and_never_stand_in_for_ours(web, done, until_final):
    url = f"{web.url}/api/ai/generations"
    entry = requests.get(f"{url}/{done['generation_id']}", headers=web.headers, timeout=10).json()
    forged = dict.fromkeys(entry["generation"].keys() - ASKED, "forged")
    assert {
        "status",
        "result_url",
        "cost",
        "error_type",
        "retried_from_id",
        "username",
    } <= forged.keys()
    odd = {"favourite": {"bird": "\N{BIRD}", "n": 12345678901234567890}, "data": None}
    (one,) = post(web, LOOK | forged | odd).json()["generations"]
    row = until_final(one["generation_id"])
    assert (row["status"], row["generation_id"]) == ("succeeded", one["generation_id"])
    assert row["result_url"].startswith(web.url)
    assert {name: row[name] for name in odd} == odd
    found = requests.get(f"{url}/{row['generation_id']}", headers=web.headers, timeout=10).json()
    assert "forged" not in found["generation"].values()
    shown = {name for name, value in row.items() if value == "forged"}
    assert shown == {"user_id", "username", "user_image"}  # the queue's rows have none of these


def test_out_of_credits(web):
    key = web.cutroom("keys", "create", "--namespace", "poor")
    answer = requests.post(
        f"{web.url}/api/ai/queue", headers=web.headers_of(key), json=LOOK, timeout=10
    )
    assert answer.status_code == 402
    body = answer.json()
    assert body["error"]["type"] == body["status_message"] == "insufficient_credits"
    assert body["error"]["title"] == "You have run out of credits."


def test_every_answer_names_its_request(web):
    given = get(web)
    assert re.fullmatch(r"[0-9a-f]{32}", given.headers["x-request-id"])
    headers = web.headers | {"x-request-id": "mine-1"}
    assert requests.get(web.url, headers=headers, timeout=10).headers["x-request-id"] == "mine-1"
    headers = {"x-request-id": "a b\t" + "c" * 99}
    assert len(requests.get(web.url, headers=headers, timeout=10).headers["x-request-id"]) == 32


def test_the_log_tells_requests_and_no_secrets(web, done):
    requests.get(done["result_url"], headers={"x-request-id": "find-me"}, timeout=10)
    deadline = time.monotonic() + 10  # a request is logged when its answer has gone out
    while "find-me" not in (log := (web.data_dir / "serve.log").read_text(encoding="utf-8")):
        assert time.monotonic() < deadline, log
        time.sleep(0.05)
    (line,) = [line for line in log.splitlines() if "find-me" in line]
    assert re.search(r"GET /api/repos/alice/\S+ 200 \d+ ms", line)
    assert "oxen_signature" not in log
    assert web.key not in log


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20) | st.sampled_from([CLIP, "@Image1", "alice", "../..", 10**400]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["prompt", "frontal_image_url", "x"]), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
FIELDS = [
    "prompt", "input_video", "input_image", "elements", "keep_audio", "seed", "num_generations",
    "target_namespace", "target_repo", "duration", "multi_prompt", "status", "progress",
]  # fmt: skip


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    model=st.sampled_from([EDIT, REFERENCE]), body=st.dictionaries(st.sampled_from(FIELDS), JSON)
)
def test_whatever_is_posted_the_answer_is_no_accident(web, model, body):
    answer = post(web, body | {"model": model})
    assert answer.status_code in {200, 400, 403}
    for one in answer.json().get("generations", ()):
        row = get(web, f"/{one['generation_id']}")
        assert row.status_code == 200
        requests.delete(row.url, headers=web.headers, timeout=10).raise_for_status()


def test_a_stretch_of_the_video(web, until_final):
    body = LOOK | {"input_video": f"{LOOK['input_video']}#t=0.25,0.75"}
    answer = requests.post(f"{web.url}/api/ai/queue", headers=web.headers, json=body, timeout=30)
    row = until_final(answer.json()["generations"][0]["generation_id"])
    assert row["status"] == "succeeded", row
    assert row["notes"][0] == "Cut from 0.25 s to 0.75 s of the clip."
    assert row["cost"] == "0.168000"  # half a second
    assert row["input_video"] == body["input_video"]
    wrong = LOOK | {"input_video": f"{LOOK['input_video']}#t=9,3"}
    answer = requests.post(f"{web.url}/api/ai/queue", headers=web.headers, json=wrong, timeout=30)
    assert answer.status_code == 400
    assert "input_video: #t=9,3 ends before it begins" in answer.text
