"""/api/ai/videos/generate: one call, one video."""

import base64
import socket
import time
from urllib.parse import urlsplit

import pytest
import requests

EDIT = "kling-video-o3-pro-video-to-video-edit"
TEXT = "kling-video-v2-6-pro-text-to-video"
LOOK = {
    "model": EDIT,
    "prompt": "make it black and white",
    "input_video": "https://example.com/birds-on-wire.mp4",
}


def generate(server, body):
    url = f"{server.url}/api/ai/videos/generate"
    return requests.post(url, headers=server.headers, json=body, timeout=120)


def test_a_link(web):
    answer = generate(web, LOOK)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body.keys() == {"created", "model", "videos"}
    assert body["model"] == EDIT
    assert abs(body["created"] - time.time()) < 60
    ((video,),) = (body["videos"],)
    assert list(video) == ["url"]
    file = requests.get(video["url"], timeout=10)
    assert file.status_code == 200
    assert file.content[4:8] == b"ftyp"
    row = requests.get(
        f"{web.url}/api/ai/queue/{answer.headers['x-generation-id']}",
        headers=web.headers,
        timeout=10,
    ).json()
    assert row["status"] == "succeeded"


def test_the_video_itself(web):
    answer = generate(web, LOOK | {"response_format": "b64_json"})
    assert answer.status_code == 200, answer.text
    assert int(answer.headers["content-length"]) == len(answer.content)
    ((video,),) = (answer.json()["videos"],)
    assert list(video) == ["b64_json"]
    row = requests.get(
        f"{web.url}/api/ai/queue/{answer.headers['x-generation-id']}",
        headers=web.headers,
        timeout=10,
    ).json()
    stored = requests.get(row["result_url"], timeout=10).content
    assert base64.b64decode(video["b64_json"], validate=True) == stored


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"model": EDIT}, "Field required: prompt; Field required: input_video"),
        (LOOK | {"input_video": "birds"}, "Invalid URL: input_video"),
        (LOOK | {"response_format": "gif"}, "response_format must be 'url' or 'b64_json'"),
        (LOOK | {"response_format": ["url"]}, "response_format must be 'url' or 'b64_json'"),
        (LOOK | {"prompt": "@Image3"}, "The prompt mentions @Image3, but the request has no such image"),
        ({"model": TEXT, "prompt": "a", "duration": 7}, "Getting model response error: 422 - duration value '7' is invalid."),
        ({}, "Field required: model"),
    ],
)  # fmt: skip
def test_wrong_parameters_are_told_at_once(web, body, sentence):
    answer = generate(web, body)
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == answer.json()["status_message"] == "invalid_params"
    assert answer.json()["error"]["detail"].startswith(sentence)
    assert "x-generation-id" not in answer.headers


def test_a_file_that_is_no_video_is_the_caller_s_to_change(web):
    (web.web / "no-video.mp4").write_bytes(b"this is no video" * 100)
    answer = generate(web, LOOK | {"input_video": "https://example.com/no-video.mp4"})
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_params"
    assert "input_video" in answer.json()["error"]["detail"]


def test_what_the_engine_cannot_do_is_422_in_words(web):
    answer = generate(web, LOOK | {"prompt": "let the birds discuss Hegel in perfect lip sync"})
    assert answer.status_code == 422
    assert answer.json()["error"]["type"] == "cannot_do"
    assert len(answer.json()["error"]["detail"]) > 20


def test_a_model_whose_kind_the_engine_does_not_know_says_so(web):
    answer = generate(web, {"model": TEXT, "prompt": "a fox in the snow"})
    assert answer.status_code == 422
    assert answer.json()["error"]["type"] == "cannot_do"


def test_num_generations_is_ignored(web):
    assert len(generate(web, LOOK | {"num_generations": 4}).json()["videos"]) == 1


def test_a_caller_that_hangs_up_loses_nothing(web, until_final):
    before = {row["generation_id"] for row in rows(web)}
    where = urlsplit(web.url)
    body = str(LOOK | {"seed": 4242}).replace("'", '"').encode()
    with socket.create_connection((where.hostname, where.port)) as line:
        line.sendall(
            b"POST /api/ai/videos/generate HTTP/1.1\r\nHost: x\r\n"
            + f"Authorization: Bearer {web.key}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        deadline = time.monotonic() + 10
        while not (new := [r for r in rows(web) if r["generation_id"] not in before]):
            assert time.monotonic() < deadline
            time.sleep(0.02)
    mine = next(row for row in new if row["seed"] == 4242)
    assert until_final(mine["generation_id"])["status"] == "succeeded"


def rows(server):
    found = []
    for status in ("queued", "processing", "succeeded"):
        answer = requests.get(
            f"{server.url}/api/ai/queue?status={status}", headers=server.headers, timeout=10
        )
        found += answer.json()["generations"]
    return found
