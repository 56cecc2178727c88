"""POST /api/ai/queue/{id}/retry: the same request again."""

import base64

import pytest
import requests

EDIT = "kling-video-o3-pro-video-to-video-edit"
CLIP = "https://example.com/birds-on-wire.mp4"
LOOK = {"model": EDIT, "prompt": "make it black and white", "input_video": CLIP}
NOT_DONE = LOOK | {"prompt": "let the birds discuss Hegel in perfect lip sync"}


def ask(server, body, **headers):
    url = f"{server.url}/api/ai/queue"
    answer = requests.post(url, headers=server.headers | headers, json=body, timeout=30)
    assert answer.status_code == 200, answer.text
    return [one["generation_id"] for one in answer.json()["generations"]]


def again(server, generation_id, headers=None, **more):
    url = f"{server.url}/api/ai/queue/{generation_id}/retry"
    return requests.post(url, headers=headers or server.headers, timeout=30, **more)


def cancel(server, generation_id, headers=None):
    url = f"{server.url}/api/ai/queue/{generation_id}"
    requests.delete(url, headers=headers or server.headers, timeout=30).raise_for_status()


def row(server, generation_id):
    url = f"{server.url}/api/ai/queue/{generation_id}"
    return requests.get(url, headers=server.headers, timeout=30).json()


def test_a_failed_one_is_asked_for_again_as_it_was(web, until_final):
    place = {"target_repo": "films", "target_directory": "again", "mine": [1, {"two": None}]}
    (one,) = ask(web, NOT_DONE | place | {"seed": 7})
    failed = until_final(one)
    answer = again(web, one)
    assert answer.status_code == 200
    body = answer.json()
    new = body["generation_id"]
    assert body == {
        "generations": [{"generation_id": new, "status": "queued"}],
        "generation_id": new,
        "status": "queued",
        "retried_from_id": one,
    }
    second = until_final(new)
    assert second["retried_from_id"] == one != new
    changing = {"generation_id", "retried_from_id", "batch_id", "enqueued_at", "started_at", "completed_at"}  # fmt: skip
    assert {n: v for n, v in second.items() if n not in changing} == {
        n: v for n, v in failed.items() if n not in changing
    }
    assert row(web, one) == failed


def test_what_is_still_open_ends_and_begins_anew(web, until_final):
    (one,) = ask(web, LOOK)
    new = again(web, one).json()["generation_id"]
    assert row(web, one)["status"] == "cancelled"
    assert row(web, one)["cost"] is None
    assert until_final(new)["status"] == "succeeded"


def test_data_uris_are_whole_in_a_second_and_a_third_try(web, until_final):
    picture = base64.b64encode((web.web / "square.png").read_bytes()).decode()
    image = {"input_image": [f"data:image/png;base64,{picture}"]}
    (one,) = ask(web, LOOK | {"prompt": "add @Image1 on the left"} | image)
    cancel(web, one)
    second = again(web, one).json()["generation_id"]
    cancel(web, second)
    third = until_final(again(web, second).json()["generation_id"])
    assert third["status"] == "succeeded", third["error_message"]
    assert third["retried_from_id"] == second


def test_a_seed_is_kept_where_it_was_named_and_drawn_where_it_was_not(web):
    asked = ask(web, LOOK | {"seed": 40, "num_generations": 2}) + ask(web, LOOK)
    tries = [again(web, one).json()["generation_id"] for one in asked]
    for one in tries:
        cancel(web, one)
    before, after = ([row(web, one)["seed"] for one in ids] for ids in (asked, tries))
    assert before[:2] == after[:2] == [40, 41]
    assert before[2] != after[2]


def test_one_that_succeeded_stays_as_it_is(web, done):
    answer = again(web, done["generation_id"])
    assert answer.status_code == 400
    sentence = "A generation that succeeded cannot be retried; ask for it anew"
    assert answer.json()["error"]["detail"] == sentence
    assert row(web, done["generation_id"])["status"] == "succeeded"


def test_without_credit_nothing_is_changed(web, tenant):
    headers = tenant("dave", 5.1)  # for one edit of at most 15.05 seconds
    (one,) = ask(web, LOOK, **headers)
    cancel(web, one, headers)
    (other,) = ask(web, LOOK, **headers)
    assert again(web, one, headers).status_code == 402
    # What is open pays for its own second try.
    answer = again(web, other, headers)
    assert answer.status_code == 200
    cancel(web, answer.json()["generation_id"], headers)


@pytest.mark.parametrize("body", [b"", b"{}", b"nonsense", b"[1]"])
def test_there_is_nothing_to_say(web, body):
    (one,) = ask(web, NOT_DONE)
    cancel(web, one)
    answer = again(web, one, data=body)
    assert answer.status_code == 200
    cancel(web, answer.json()["generation_id"])


def test_strangers_and_unknown_ones(web, done, bob):
    for name, headers in ((done["generation_id"], bob), ("4ef840a4-...", web.headers)):
        answer = again(web, name, headers)
        assert answer.status_code == 404
        assert answer.json()["status_message"] == "resource_not_found"
