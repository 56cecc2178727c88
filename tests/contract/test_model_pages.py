"""The samples of the six models' pages: synchronous, polled and streamed, in Python and cURL.

Every page has the same programs around another body; its bodies are those with the least, the
basic and all parameters. `CUTROOM_TEST_SAMPLES=all` runs every program with every body.
"""

import ast
import json
import os
import shutil
from collections.abc import Callable

import pytest
import requests
import sample_texts as texts

IMAGE, VIDEO, KEY = texts.IMAGE, texts.VIDEO, texts.KEY

EDIT = {
    "model": "kling-video-o3-pro-video-to-video-edit",
    "prompt": "<prompt>",
    "input_video": VIDEO,
}
REFERENCE = {"model": "kling-video-o3-pro-reference-to-video", "prompt": "<prompt>"}
O3_IMAGE = {
    "model": "kling-video-o3-pro-image-to-video",
    "prompt": "<prompt>",
    "input_image": IMAGE,
}
TEXT = {"model": "kling-video-v2-6-pro-text-to-video", "prompt": "<prompt>"}
V26_IMAGE = {"model": "kling-video-v2-6-pro-image-to-video", "prompt": "<prompt>"}
MOTION = {
    "model": "kling-video-v3-pro-motion-control",
    "prompt": "<prompt>",
    "input_image": IMAGE,
    "input_video": VIDEO,
    "character_orientation": "video",
}
FRAMES = {"start_image_url": IMAGE, "tail_image_url": IMAGE}
BODIES = {
    "edit, minimal": EDIT,
    "edit, basic": EDIT | {"input_image": [IMAGE], "elements": [{}]},
    "edit, all": EDIT | {"input_image": [IMAGE], "elements": [{}], "keep_audio": True},
    "reference, minimal": REFERENCE,
    "reference, basic": REFERENCE | FRAMES,
    "reference, all": REFERENCE | FRAMES | {"aspect_ratio": "16:9", "generate_audio": False},
    "image (O3), minimal": O3_IMAGE,
    "image (O3), basic": O3_IMAGE | {"tail_image_url": IMAGE},
    "image (O3), all": O3_IMAGE | {"tail_image_url": IMAGE, "duration": 5, "aspect_ratio": "16:9"},
    "text, minimal": TEXT,
    "text, all": TEXT
    | {"generate_audio": True, "aspect_ratio": "16:9", "duration": 5, "cfg_scale": 0.5},
    "image (2.6), minimal": V26_IMAGE,
    "image (2.6), basic": V26_IMAGE | {"input_image": IMAGE},
    "image (2.6), all": V26_IMAGE | {"input_image": IMAGE, "duration": 5, "generate_audio": True},
    "motion, minimal": MOTION,
    "motion, all": MOTION | {"keep_original_sound": True},
}


def sync_python(body, server):
    """The URL that the program prints."""
    answer = ast.literal_eval(texts.python(texts.PYTHON_SYNC, server.url, KEY, body=body))
    return answer["videos"][0]["url"]


def sync_curl(body, server):
    return json.loads(texts.shell(texts.CURL_SYNC, server.url, KEY, body=body))["videos"][0]["url"]


def poll_python(body, server):
    word, _, url = (
        texts.python(texts.PYTHON_POLL, server.url, KEY, body=body).strip().partition(" ")
    )
    assert word == "Result:", url
    return url


def poll_curl(body, server):
    row = json.loads(texts.shell(texts.CURL_POLL, server.url, KEY, body=body))
    assert row["status"] == "succeeded", row
    return row["result_url"]


def stream_python(body, server):
    told = ast.literal_eval(texts.python(texts.PYTHON_STREAM, server.url, KEY, body=body))
    assert told["status"] == "succeeded", told
    return told["url"]


def stream_curl(body, server):
    told = json.loads(texts.shell(texts.CURL_STREAM, server.url, KEY, body=body))
    assert told["status"] == "succeeded", told
    return told["url"]


PROGRAMS: tuple[Callable, ...] = (
    sync_python, poll_curl, stream_python, sync_curl, poll_python, stream_curl,
)  # fmt: skip


def chosen():
    """Every program with every body, or each body with the next program."""
    names = list(BODIES)
    if os.environ.get("CUTROOM_TEST_SAMPLES") == "all":
        return [(name, program) for name in names for program in PROGRAMS]
    return [(name, PROGRAMS[i % len(PROGRAMS)]) for i, name in enumerate(names)]


@pytest.mark.skipif(not shutil.which("jq"), reason="the cURL samples need jq")
@pytest.mark.parametrize(
    ("name", "program"), [pytest.param(*one, id=f"{one[0]}, {one[1].__name__}") for one in chosen()]
)
def test_a_sample_ends_with_a_video(quick, name, program):
    body = json.loads(json.dumps(BODIES[name]).replace(texts.HOSTED, quick.url))
    url = program(body, quick)
    video = requests.get(url, timeout=10)  # without a key: the signature is enough
    assert video.status_code == 200
    assert video.headers["content-type"] == "video/mp4"
    assert video.content[4:8] == b"ftyp"


@pytest.mark.parametrize("model", sorted({body["model"] for body in BODIES.values()}))
def test_fetch_model_details(quick, model):
    text = (
        'curl -s -H "Authorization: Bearer $OXEN_API_KEY" https://hub.oxen.ai/api/ai/models/MODEL'
    )
    answer = json.loads(texts.shell(text.replace("MODEL", model), quick.url, KEY))
    assert (answer["id"], answer["endpoint"]) == (model, "/videos/generate")
    assert "prompt" in answer["request_schema"]["properties"]
