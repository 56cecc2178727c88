"""What is seen of a generation while it is made: a frame, for its owner, until it is final."""

import io
import time

import requests
import sample_texts as texts
from PIL import Image

MINE = {"Authorization": f"Bearer {texts.KEY}"}
WAIT = {"model": "kling-video-v2-6-pro-text-to-video", "prompt": "wait"}


def shown(url):
    """The row of a generation once something is to be seen of it."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        row = requests.get(url, headers=MINE, timeout=10).json()
        if row["preview_url"]:
            return row
        time.sleep(0.1)
    raise AssertionError(f"nothing is to be seen: {row}")


def test_a_frame_is_seen_by_its_owner_until_the_end(quick):
    queue = f"{quick.url}/api/ai/queue"
    asked = requests.post(queue, headers=MINE, json=WAIT, timeout=30).json()
    url = f"{queue}/{asked['generations'][0]['generation_id']}"
    row = shown(url)
    assert row["status"] == "processing"
    assert row["preview_url"].startswith(f"{url}/preview?v=")
    stranger = quick.cutroom("keys", "create", "--namespace", "stranger")
    answer = requests.get(row["preview_url"], headers=MINE, timeout=10)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "no-store"
    with Image.open(io.BytesIO(answer.content)) as image:
        assert (image.format, image.size) == ("JPEG", (480, 270))
        assert image.getpixel((240, 135))[0] > 190
    for headers, status in (({}, 401), ({"Authorization": f"Bearer {stranger}"}, 404)):
        assert requests.get(f"{url}/preview", headers=headers, timeout=10).status_code == status
    with requests.get(f"{quick.url}/api/events", headers=MINE, stream=True, timeout=30) as stream:
        told = next(line for line in stream.iter_lines() if b'"preview_url":"' in line)
    assert f"{url}/preview?v=".encode() in told
    assert requests.delete(url, headers=MINE, timeout=10).ok
    assert requests.get(url, headers=MINE, timeout=10).json()["preview_url"] is None
    time.sleep(0.5)  # the engine is stopped by now, or still shows frames that nobody may keep
    assert requests.get(f"{url}/preview", headers=MINE, timeout=10).status_code == 404
