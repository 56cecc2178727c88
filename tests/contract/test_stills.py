"""A still made to move, over HTTP: image to video, and motion control."""

from fractions import Fraction

import cv2
import numpy as np
import pytest
import requests

from cutroom.media import images
from cutroom.media.encode import Encoder
from cutroom.media.probe import probe

SIZE, RATE, COUNT = (360, 360), 10, 31


def figure(picture, x, foot, tall, colours):
    """Somebody who stands: head, body and two legs."""
    hip = foot - round(0.45 * tall)
    for side in (-1, 1):
        cv2.line(picture, (x, hip), (x + side * tall // 9, foot), colours[1], tall // 13)
    cv2.line(picture, (x, hip), (x, hip - round(0.3 * tall)), colours[0], tall // 5)
    cv2.circle(picture, (x, hip - round(0.46 * tall)), tall // 11, colours[0], -1)
    return picture


@pytest.fixture(scope="module")
def staged(web):
    """The server with somebody who walks, a character and a picture of spots on https://example.com/."""
    noise = np.random.default_rng(3).integers(90, 150, (36, 36, 1), np.uint8)
    ground = np.repeat(cv2.resize(noise, SIZE, interpolation=cv2.INTER_CUBIC)[..., None], 3, 2)
    with Encoder(web.web / "walker.mp4", *SIZE, Fraction(RATE)) as encoder:
        for index in range(COUNT):
            shown = figure(ground.copy(), 50 + 8 * index, 320, 240, ((230, 190, 40), (40, 60, 190)))
            encoder.write(shown, Fraction(index, RATE))
    white = np.full((420, 320, 3), 255, np.uint8)
    character = figure(white, 160, 400, 340, ((150, 40, 60), (60, 60, 70)))
    images.save(web.web / "character.png", character)
    return web


def finished(server, until_final, body, folder):
    url = f"{server.url}/api/ai/queue"
    answer = requests.post(url, headers=server.headers, json=body, timeout=30)
    assert answer.status_code == 200, answer.text
    row = until_final(answer.json()["generations"][0]["generation_id"], 150)
    assert row["status"] == "succeeded", row
    path = folder / "result.mp4"
    path.write_bytes(requests.get(row["result_url"], timeout=10).content)
    return probe(path)


def test_an_image_becomes_a_video(staged, until_final, tmp_path):
    body = {
        "model": "kling-video-o3-pro-image-to-video",
        "prompt": "slow zoom in",
        "input_image": "https://example.com/square.png",
        "duration": 3,
    }
    clip = finished(staged, until_final, body, tmp_path)
    assert (clip.frames, clip.rate, clip.duration) == (72, 24, 3)
    assert clip.width == clip.height


def test_a_character_takes_the_motion_of_a_video(staged, until_final, tmp_path):
    body = {
        "model": "kling-video-v3-pro-motion-control",
        "prompt": "somebody walks by",
        "input_image": "https://example.com/character.png",
        "input_video": "https://example.com/walker.mp4",
    }
    clip = finished(staged, until_final, body, tmp_path)
    assert (clip.width, clip.height, clip.frames, clip.rate) == (*SIZE, COUNT, RATE)
