"""Videos made from nothing and from references, asked for as the hosted documentation does."""

from typing import Any

import numpy as np
import pytest
import requests

from cutroom.media import images
from cutroom.media.decode import frames
from cutroom.media.probe import probe

TEXT = "kling-video-v2-6-pro-text-to-video"
REFERENCE = "kling-video-o3-pro-reference-to-video"


@pytest.fixture(scope="session")
def figure(web) -> str:
    """The address of a magenta figure on a transparent ground."""
    pixels = np.zeros((480, 320, 4), np.uint8)
    pixels[40:, 90:230] = (230, 20, 230, 255)
    images.save(web.web / "figure.png", pixels)
    return "https://example.com/figure.png"


def queued(web, body: dict[str, Any]) -> str:
    answer = requests.post(f"{web.url}/api/ai/queue", headers=web.headers, json=body, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.json()["generations"][0]["generation_id"]


def fetched(row: dict[str, Any], path) -> np.ndarray:
    path.write_bytes(requests.get(row["result_url"], timeout=20).content)
    return np.stack([frame.pixels[::8, ::8] for frame in frames(probe(path))])


def test_text_to_video(web, until_final, tmp_path) -> None:
    body = {
        "model": TEXT,
        "prompt": "a red balloon rises over a meadow",
        "aspect_ratio": "1:1",
        "duration": 5,
        "negative_prompt": "people, blurry",
        "generate_audio": True,
        "cfg_scale": 0.5,
    }
    row = until_final(queued(web, body), seconds=120)
    assert row["status"] == "succeeded", row
    film = fetched(row, tmp_path / "out.mp4")
    clip = probe(tmp_path / "out.mp4")
    assert (clip.width, clip.height, clip.rate, clip.frames, clip.duration) == (
        960,
        960,
        24,
        120,
        5,
    )
    assert clip.audio == "aac"
    red = [(f[..., 0] > 140) & (f[..., 1] < 90) & (f[..., 2] < 90) for f in film[[0, 60, 119]]]
    heights = [float(np.nonzero(mask)[0].mean()) for mask in red]
    assert heights[0] > heights[1] + 10 > heights[2] + 20


def test_reference_to_video_in_two_shots(web, until_final, figure, tmp_path) -> None:
    body = {
        "model": REFERENCE,
        "multi_prompt": [
            {"prompt": "@Element1 walks in the desert", "duration": 1},
            {"prompt": "outer space, slow zoom in", "duration": 2},
        ],
        "elements": [{"frontal_image_url": figure}],
        "aspect_ratio": "9:16",
    }
    row = until_final(queued(web, body), seconds=120)
    assert row["status"] == "succeeded", row
    film = fetched(row, tmp_path / "out.mp4")
    clip = probe(tmp_path / "out.mp4")
    assert (clip.width, clip.height, clip.rate, clip.frames, clip.duration) == (
        720,
        1280,
        24,
        72,
        3,
    )
    assert clip.audio is None
    magenta = [((f[..., 0] > 120) & (f[..., 2] > 120) & (f[..., 1] < 80)).sum() for f in film]
    assert min(magenta[:24]) > 100
    assert film[24:].mean() < 0.5 * film[:24].mean()


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({"model": TEXT, "prompt": "a dragon over the sea"}, 422, "dragon"),
        ({"model": TEXT, "prompt": "a beach", "negative_prompt": "sand"}, 422, "sand"),
        ({"model": TEXT, "prompt": "a beach", "duration": 6}, 400, "duration"),
        ({"model": TEXT, "prompt": "a beach", "aspect_ratio": "21:9"}, 400, "aspect_ratio"),
        ({"model": REFERENCE, "prompt": "@Image1 in a meadow"}, 400, "@Image1"),
        ({"model": REFERENCE, "prompt": "a couple dancing", "duration": 3}, 422, "dancing"),
    ],
)
def test_what_cannot_be_made_is_told(web, body, status, told) -> None:
    url = f"{web.url}/api/ai/videos/generate"
    answer = requests.post(url, headers=web.headers, json=body, timeout=60)
    assert answer.status_code == status, answer.text
    assert told in answer.json()["error"]["detail"]
