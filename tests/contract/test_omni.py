"""kling-video-o3-omni: one model that edits, and that makes videos anew."""

import pytest
import requests

from cutroom.media.probe import probe

OMNI = "kling-video-o3-omni"
CLIP = "https://example.com/birds-on-wire.mp4"


def ask(server, path, **body):
    url = f"{server.url}/api/ai/{path}"
    answer = requests.post(url, headers=server.headers, json={"model": OMNI} | body, timeout=90)
    assert answer.status_code == 200, answer.text
    return answer.json()


def finished(server, until_final, **body):
    (one,) = ask(server, "queue", **body)["generations"]
    return until_final(one["generation_id"], seconds=120)


def fetched(row, path):
    assert row["status"] == "succeeded", row["error_message"]
    path.write_bytes(requests.get(row["result_url"], timeout=20).content)
    return probe(path)


def test_an_edit(web, until_final, tmp_path):
    body = {"prompt": "make it black and white", "input_video": CLIP}
    assert [op["op"] for op in ask(web, "plan", **body)["plan"]["ops"]] == ["black_and_white"]
    row = finished(web, until_final, **body, video_mode="edit", resolution="4k", duration=7)
    clip = fetched(row, tmp_path / "out.mp4")
    assert (clip.width, clip.height, clip.frames) == (320, 180, 12)
    assert (row["model"], row["duration"], row["cost"]) == (OMNI, 7, "0.336000")


def test_a_video_made_anew(web, until_final, tmp_path):
    body = {
        "prompt": "outer space",
        "duration": 3,
        "aspect_ratio": "1:1",
        "video_mode": "reference",
    }
    plan = ask(web, "plan", **body)["plan"]
    assert (plan["seconds"], len(plan["shots"])) == (3, 1)
    clip = fetched(finished(web, until_final, **body), tmp_path / "out.mp4")
    assert (clip.width, clip.height, clip.duration) == (960, 960, 3)


@pytest.mark.parametrize("prompt", ["outer space", "@Video1 in space"])
def test_a_video_after_another_is_refused_in_words(web, until_final, prompt):
    body = {"prompt": prompt, "input_video": CLIP, "video_mode": "reference"}
    told = ask(web, "plan", **body)["refusal"]["message"]
    row = finished(web, until_final, **body)
    assert (row["status"], row["error_type"], row["error_message"]) == ("failed", "cannot_do", told)
    assert "makes no video after another one" in told
