"""The diffusion engine behind the HTTP API: a queue, a worker, a process that stays, tiny weights."""

import pytest

pytest.importorskip("torch", reason="needs torch: make gpu")
pytest.importorskip("diffusers", reason="needs diffusers: make gpu")

import json
import shutil
import time

import installation
import numpy as np
import requests

from cutroom.cli.local_server import local_server
from cutroom.media import images
from cutroom.media.probe import probe
from cutroom.sample import birds

WEB = "https://example.com"
EDIT = {
    "model": "kling-video-o3-pro-video-to-video-edit",
    "prompt": "make it snow",
    "input_video": f"{WEB}/birds.mp4",
}
SHOTS = {
    "model": "kling-video-o3-pro-reference-to-video",
    "multi_prompt": [
        {"prompt": "@Image1 on a table", "duration": 1},
        {"prompt": "@Image1 falls", "duration": 2},
    ],
    "input_image": [f"{WEB}/square.png"],
}
STILL = {
    "model": "kling-video-o3-pro-image-to-video",
    "prompt": "it turns",
    "input_image": f"{WEB}/square.png",
    "tail_image_url": f"{WEB}/square.png",
    "duration": 3,
}


class Asking:
    """One tenant of a server."""

    def __init__(self, up, data):
        key = up.cutroom("keys", "create", "--namespace", "alice").split()[-1]
        up.cutroom("credits", "add", "--namespace", "alice", "100")
        self.url, self.data, self.cutroom = up.url, data, up.cutroom
        self.headers = {"Authorization": f"Bearer {key}"}

    def enqueue(self, body):
        answer = requests.post(
            f"{self.url}/api/ai/queue", json=body, headers=self.headers, timeout=30
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["generations"][0]["generation_id"]

    def row(self, generation):
        url = f"{self.url}/api/ai/queue/{generation}"
        return requests.get(url, headers=self.headers, timeout=10).json()

    def until(self, generation, *statuses):
        end = time.monotonic() + 120
        while (row := self.row(generation))["status"] not in statuses:
            assert time.monotonic() < end, row
            time.sleep(0.1)
        return row

    def done(self, body):
        return self.until(self.enqueue(body), "succeeded", "failed", "cancelled")

    def result(self, row, tmp_path):
        path = tmp_path / f"{row['generation_id']}.mp4"
        path.write_bytes(requests.get(row["result_url"], timeout=30).content)
        return probe(path)

    def balance(self):
        return json.loads(self.cutroom("credits", "show", "--namespace", "alice", "--json"))[
            "balance"
        ]


@pytest.fixture(scope="module")
def alice(tmp_path_factory):
    data, web = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("web")
    birds(web / "birds.mp4", seconds=3, size=(96, 48), rate=8)
    images.save(web / "square.png", np.full((512, 512, 3), 128, np.uint8))
    settings = {
        "fetch_map": json.dumps({f"{WEB}/": str(web)}),
        "relax_limits": "true",
        "preset": "ultrafast",
        "poll_interval": "0.1",
        **{name.removeprefix("CUTROOM_").lower(): value for name, value in installation.install(data).items()},
    }  # fmt: skip
    with local_server(data, **settings) as up:
        yield Asking(up, data)


def test_an_edit_is_as_long_and_large_as_its_source(alice, tmp_path) -> None:
    row = alice.done(EDIT)
    assert row["status"] == "succeeded", row
    clip = alice.result(row, tmp_path)
    assert (clip.width, clip.height, clip.rate, clip.frames, clip.duration) == (96, 48, 8, 24, 3)


@pytest.mark.parametrize("body", [SHOTS, STILL], ids=["shots", "still"])
def test_films_last_as_long_as_asked(alice, body, tmp_path) -> None:
    row = alice.done(body)
    assert row["status"] == "succeeded", row
    clip = alice.result(row, tmp_path)
    assert (clip.rate, clip.frames, clip.duration) == (24, 72, 3)


def test_what_cannot_be_done_costs_nothing(alice) -> None:
    before = alice.balance()
    row = alice.done({**SHOTS, "generate_audio": True})
    assert row["status"] == "failed"
    assert "generate_audio" in row["error_message"]
    assert alice.balance() == before


def test_weights_that_are_gone_or_changed_fail_with_the_command_and_others_go_on(alice) -> None:
    weights = alice.data / "weights"
    file = weights / "tiny-i2v" / "transformer" / "diffusion_pytorch_model.safetensors"
    whole = file.read_bytes()
    file.write_bytes(whole[:-8] + b"tampered")
    row = alice.done(STILL)
    assert row["status"] == "failed"
    assert "cutroom weights pull tiny-i2v" in row["error_message"]
    file.write_bytes(whole)
    shutil.move(weights / "tiny-edit", weights / "away")
    row = alice.done(EDIT)
    assert row["status"] == "failed"
    assert "cutroom weights pull tiny-edit" in row["error_message"]
    shutil.move(weights / "away", weights / "tiny-edit")
    assert alice.done(EDIT)["status"] == "succeeded"


def test_a_cancel_is_heard_while_it_works(alice) -> None:
    before = alice.balance()
    generation = alice.enqueue({**EDIT, "num_generations": 1})
    alice.until(generation, "processing")
    requests.delete(f"{alice.url}/api/ai/queue/{generation}", headers=alice.headers, timeout=10)
    assert alice.until(generation, "cancelled", "succeeded")["status"] == "cancelled"
    assert alice.balance() == before
    assert alice.done(EDIT)["status"] == "succeeded"
