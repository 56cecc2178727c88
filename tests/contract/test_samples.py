"""The documented samples of video-to-video edit, as programs of their own against a real server.

Only the base URL and the key are changed; ids of generations, which the samples make up, are real.
"""

import json
import os
import subprocess
import sys
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import requests

from cutroom.media import images
from cutroom.media.encode import Encoder
from cutroom.media.probe import probe
from cutroom.sample import birds
from cutroom.types import Encoding

HOSTED = "https://hub.oxen.ai"
MODEL = "kling-video-o3-pro-video-to-video-edit"
WEB = "https://example.com"

BASIC = {
    "model": MODEL,
    "prompt": "A red bird flies in and lands in-between the two birds on the wire",
    "input_video": f"{WEB}/birds-on-wire.mp4",
}
WITH_IMAGES = {
    "model": MODEL,
    "prompt": "Replace the person with @Image1 walking in the same direction",
    "input_video": f"{WEB}/street-scene.mp4",
    "input_image": [f"{WEB}/character-reference.jpg"],
}
WITH_ELEMENTS = {
    "model": MODEL,
    "prompt": "@Element1 replaces the main character in the scene",
    "input_video": f"{WEB}/original-scene.mp4",
    "elements": [
        {
            "frontal_image_url": f"{WEB}/character-front.jpg",
            "reference_image_urls": [f"{WEB}/character-side.jpg", f"{WEB}/character-back.jpg"],
        }
    ],
    "keep_audio": True,
}
QUEUED = {
    "model": MODEL,
    "prompt": "Change the background to a sunset beach",
    "input_video": f"{WEB}/my-video.mp4",
    "num_generations": 2,
}
SYNC = pytest.mark.parametrize(
    "body", [BASIC, WITH_IMAGES, WITH_ELEMENTS], ids=["basic", "images", "elements"]
)

PYTHON_POST = """\
import requests

response = requests.post(
    "https://hub.oxen.ai{path}",
    headers={{
        "Authorization": "Bearer YOUR_API_KEY",
        "Content-Type": "application/json",
    }},
    json={body!r},
)

{end}
"""
PYTHON_SYNC_END = """\
data = response.json()
print("Video URL:", data["videos"][0]["url"])
"""
PYTHON_QUEUE_END = """\
generations = response.json()["generations"]
for g in generations:
    print(f"ID: {g['generation_id']}, Status: {g['status']}")
"""
PYTHON_POLL = """\
import requests
import time

generation_id = "GENERATION"
while True:
    data = requests.get(
        f"https://hub.oxen.ai/api/ai/queue/{generation_id}",
        headers={"Authorization": "Bearer YOUR_API_KEY"},
    ).json()
    if data["status"] in {"succeeded", "failed", "cancelled"}:
        break
    time.sleep(10)

if data["status"] == "succeeded":
    print(f"Result: {data['result_url']}")
else:
    print(f"Generation {data['status']}: {data.get('error_message')}")
"""
PYTHON_CANCEL = """\
import requests

generation_id = "GENERATION"
response = requests.delete(
    f"https://hub.oxen.ai/api/ai/queue/{generation_id}",
    headers={"Authorization": "Bearer YOUR_API_KEY"},
)

print(response.json())
"""
CURL_POST = """\
curl -X POST https://hub.oxen.ai{path} \\
  -H "Authorization: Bearer $OXEN_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{body}'
"""
CURL_POLL = """\
curl -H "Authorization: Bearer $OXEN_API_KEY" \\
  "https://hub.oxen.ai/api/ai/queue/GENERATION"
"""
CURL_CANCEL = """\
curl -X DELETE -H "Authorization: Bearer $OXEN_API_KEY" \\
  "https://hub.oxen.ai/api/ai/queue/GENERATION"
"""


def walker(path, size=(480, 270), rate=12, seconds=2):
    """Somebody walks through a street: a still scene, one moving figure."""
    width, height = size
    rng = np.random.default_rng(7)
    scene = np.full((height, width, 3), (150, 170, 190), np.uint8)
    scene[height * 2 // 3 :] = (110, 105, 100)
    for x in range(10, width - 60, 90):
        scene[40 : height * 2 // 3, x : x + 60] = rng.integers(90, 200, 3)
        for y in range(55, height * 2 // 3 - 20, 30):
            scene[y : y + 14, x + 10 : x + 50 : 14] = 60
    frames = seconds * rate
    with Encoder(path, width, height, Fraction(rate), Encoding(crf=16)) as encoder:
        for index in range(frames):
            pixels = scene.copy()
            left = 40 + index * (width - 120) // frames
            top = height // 2 - 30
            pixels[top : top + 24, left + 8 : left + 28] = (220, 180, 150)
            pixels[top + 24 : top + 84, left : left + 36] = (180, 30, 40)
            pixels[top + 84 : top + 130, left + 4 : left + 32] = (30, 40, 90)
            noise = rng.normal(0, 1.5, pixels.shape)
            pixels = np.clip(pixels + noise, 0, 255).astype(np.uint8)
            encoder.write(pixels, Fraction(index, rate))


def character(path, colour):
    """A figure before a plain wall."""
    pixels = np.full((480, 360, 3), 255, np.uint8)
    pixels[40:140, 130:230] = (230, 190, 160)
    pixels[140:320, 100:260] = colour
    pixels[320:450, 120:240] = (40, 40, 40)
    images.save(path, pixels)


@pytest.fixture(scope="module")
def street(server):
    """The server with the files of the samples on https://example.com/."""
    birds(server.web / "birds-on-wire.mp4", seconds=1, size=(640, 360), rate=12)
    for name in ("street-scene", "original-scene", "my-video"):
        walker(server.web / f"{name}.mp4")
    for name, colour in (
        ("character-reference", (20, 140, 60)),
        ("character-front", (40, 60, 200)),
        ("character-side", (40, 60, 200)),
        ("character-back", (40, 60, 200)),
    ):
        character(server.web / f"{name}.jpg", colour)
    return server


def python(server, text) -> str:
    """What a Python sample prints, base URL and key changed."""
    text = text.replace(HOSTED, server.url).replace("YOUR_API_KEY", server.key)
    return ran([sys.executable, "-c", text], dict(os.environ))


def curl(server, text) -> dict[str, Any]:
    """What a cURL sample answers, base URL and key changed."""
    command = text.replace(HOSTED, server.url).replace("curl ", "curl -sS ", 1)
    out = ran(["bash", "-c", command], os.environ | {"OXEN_API_KEY": server.key})
    answer = json.loads(out)
    assert isinstance(answer, dict)
    return answer


def ran(command, environment) -> str:
    run = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def holds_an_edit_of(server, url, body, folder) -> None:
    """The URL is a playable edit of the sample's input: as large, as long, as fast."""
    result = folder / "result.mp4"
    result.write_bytes(requests.get(url, timeout=30).content)
    source = probe(server.web / body["input_video"].removeprefix(f"{WEB}/"))
    edited = probe(result)
    assert (edited.width, edited.height) == (source.width, source.height)
    assert (edited.frames, edited.rate) == (source.frames, source.rate)
    assert edited.duration == source.duration


@SYNC
def test_generate_in_python(street, body, tmp_path):
    text = PYTHON_POST.format(path="/api/ai/videos/generate", body=body, end=PYTHON_SYNC_END)
    word, _, url = python(street, text).strip().rpartition(" ")
    assert word == "Video URL:"
    holds_an_edit_of(street, url, body, tmp_path)


@SYNC
def test_generate_with_curl(street, body, tmp_path):
    text = CURL_POST.format(path="/api/ai/videos/generate", body=json.dumps(body, indent=2))
    answer = curl(street, text)
    assert answer.get("model") == MODEL, answer
    holds_an_edit_of(street, answer["videos"][0]["url"], body, tmp_path)


def test_enqueue_and_poll_in_python(street, tmp_path):
    text = PYTHON_POST.format(path="/api/ai/queue", body=QUEUED, end=PYTHON_QUEUE_END)
    lines = python(street, text).splitlines()
    assert len(lines) == 2
    for line in lines:
        assert line.endswith(", Status: queued")
        generation_id = line.removeprefix("ID: ").partition(",")[0]
        poll = PYTHON_POLL.replace("GENERATION", generation_id).replace("sleep(10)", "sleep(0.5)")
        word, _, url = python(street, poll).strip().partition(" ")
        assert word == "Result:", url
        holds_an_edit_of(street, url, QUEUED, tmp_path)


def test_enqueue_poll_and_cancel_with_curl(street, until_final):
    text = CURL_POST.format(path="/api/ai/queue", body=json.dumps(QUEUED, indent=2))
    ids = [one["generation_id"] for one in curl(street, text)["generations"]]
    for generation_id in ids:
        row = curl(street, CURL_POLL.replace("GENERATION", generation_id))
        assert row["generation_id"] == generation_id
        assert row["status"] in {"queued", "processing", "succeeded"}
        answer = curl(street, CURL_CANCEL.replace("GENERATION", generation_id))
        assert answer == {"status": "success", "generation_id": generation_id}
        assert until_final(generation_id)["status"] in {"cancelled", "succeeded"}


def test_cancel_in_python(street, until_final):
    answer = requests.post(
        f"{street.url}/api/ai/queue", headers=street.headers, json=QUEUED, timeout=10
    ).json()
    first, second = (one["generation_id"] for one in answer["generations"])
    printed = python(street, PYTHON_CANCEL.replace("GENERATION", second))
    assert printed.strip() == str({"status": "success", "generation_id": second})
    assert until_final(second)["status"] == "cancelled"
    requests.delete(
        f"{street.url}/api/ai/queue/{first}", headers=street.headers, timeout=10
    ).raise_for_status()
