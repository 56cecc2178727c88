"""POST /api/ai/plan: what a request would come to, without doing any of it."""

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import requests

TEXT = "kling-video-v2-6-pro-text-to-video"
EDIT = "kling-video-o3-pro-video-to-video-edit"
IMAGE = "https://nowhere.example/none.png"
NOWHERE = "https://nowhere.example/none.mp4"


def ask(server, headers: dict[str, str] | None = None, **body: Any) -> requests.Response:
    body = {"model": EDIT, "prompt": "make it a snowy night", "input_video": NOWHERE} | body
    return requests.post(
        f"{server.url}/api/ai/plan", headers=headers or server.headers, json=body, timeout=30
    )


def test_a_plan_is_told_and_nothing_queued_held_or_fetched(server):
    def books() -> list[str]:
        statement = server.cutroom("credits", "show", "--namespace", "alice")
        queue = requests.get(f"{server.url}/api/ai/queue", headers=server.headers, timeout=10)
        return [statement, str(queue.json()["count"])]

    before = books()
    answer = ask(server)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["model"] == EDIT
    assert told["refusal"] is None
    assert [row["op"] for row in told["plan"]["ops"]] == ["night", "snow"]
    assert [row["say"] for row in told["plan"]["ops"]] == ["night", "falling snow"]
    assert told["plan"]["say"] == "night, falling snow"
    assert told["plan"]["version"] == 1
    assert told["plan"]["length"] == {"times": 1.0, "plus": 0.0}
    assert told["plan"]["seconds"] is None
    assert books() == before


def test_how_long_a_stretch_becomes_is_told(server):
    for prompt, seconds in (("make it sepia", 4.5), ("play it at half speed", 9.0)):
        told = ask(server, prompt=prompt, input_video=f"{NOWHERE}#t=3,7.5").json()
        assert told["plan"]["seconds"] == told["cost"]["seconds"] == seconds
        assert (
            told["cost"]["at_most"] == "5.056800"
        )  # as of any clip: what is slowed down costs what it lasts
    assert ask(server, input_video=f"{NOWHERE}#t=3").json()["cost"]["seconds"] is None


def test_a_refusal_is_an_answer_with_its_reasons(server):
    answer = ask(server, prompt="make it night and add a dragon")
    assert answer.status_code == 200
    told = answer.json()
    assert told["plan"] is None
    assert told["refusal"]["understood"] == ["night"]
    (part,) = told["refusal"]["cannot"]
    assert part["text"] == "add a dragon"
    assert part["why"]
    assert part["text"] in told["refusal"]["message"]


@pytest.mark.parametrize(
    ("model", "prompt", "known", "part"),
    [
        ("kling-video-v2-6-pro-text-to-video", "a dragon over the sea", ["sea"], "dragon"),
        ("kling-video-o3-pro-image-to-video", "she dances, zoom in", ["zoom in"], "dances"),
        (EDIT, "make it brighter and darker", [], "brighter and darker"),
    ],
)
def test_every_kind_tells_the_parts_of_its_refusals(server, model, prompt, known, part):
    told = ask(server, model=model, prompt=prompt, input_image=IMAGE).json()["refusal"]
    assert told["understood"] == known
    (blamed,) = told["cannot"]
    assert part in blamed["text"]
    assert blamed["why"]


def test_the_engine_and_the_price_are_told_with_refusals_too(server):
    told = ask(server, prompt="add a dragon, keep the background").json()
    assert told["plan"] is None
    assert told["engine"] == "classical"
    assert told["cost"] == {"per_second": "0.336000", "seconds": None, "at_most": "5.056800"}
    told = ask(server, prompt="make it night, keep the camera movement").json()
    assert told["plan"]["say"] == "night; the camera movement kept"
    assert told["cost"]["at_most"] == "5.056800"


@pytest.mark.parametrize(
    ("body", "seconds", "at_most"),
    [
        ({"model": TEXT, "prompt": "a bird on a wire", "duration": 10}, 10, "0.700000"),
        ({"model": "kling-video-o3-omni", "prompt": "sepia", "input_video": NOWHERE}, None, "5.056800"),
        ({"model": "kling-video-o3-omni", "prompt": "a bird on a wire", "duration": 3}, 3, "1.008000"),
    ],
)  # fmt: skip
def test_the_cost_is_what_one_generation_holds(server, tenant, body, seconds, at_most):
    headers = tenant(f"planner-{at_most}", 20)
    body["num_generations"] = 2
    told = requests.post(f"{server.url}/api/ai/plan", headers=headers, json=body, timeout=30).json()
    assert (told["cost"]["seconds"], told["cost"]["at_most"]) == (seconds, at_most)
    queued = requests.post(f"{server.url}/api/ai/queue", headers=headers, json=body, timeout=30)
    second = queued.json()["generations"][1]["generation_id"]
    requests.delete(f"{server.url}/api/ai/queue/{second}", headers=headers, timeout=30)
    me = requests.get(f"{server.url}/api/users/me", headers=headers, timeout=10).json()["user"]
    first = queued.json()["generations"][0]["generation_id"]
    requests.delete(f"{server.url}/api/ai/queue/{first}", headers=headers, timeout=30)
    assert me["held"] == at_most


def test_the_pace_is_that_of_what_was_done_here(web, done):
    took = (done["completed_at"] - done["started_at"]) / 1.0  # of a clip of a second
    end = time.monotonic() + 30
    while (pace := ask(web).json()["pace"]) is None and time.monotonic() < end:
        time.sleep(0.5)  # one of some seconds ago may be told
    assert pace["runs"] >= 1
    assert pace["runs"] > 1 or pace["per_second"] == took
    assert (
        ask(web, model="kling-video-v3-pro-motion-control", input_image=IMAGE).json()["pace"]
        is None
    )


def test_time_changes_tell_how_long_the_result_will_be(server):
    told = ask(server, prompt="play it at half speed").json()
    assert told["plan"]["length"] == {"times": 2.0, "plus": 0.0}


def test_mentions_need_no_files_to_be_planned(server):
    told = ask(server, prompt="replace the person with @Image1", input_image=[IMAGE]).json()
    assert [row["op"] for row in told["plan"]["ops"]] == ["replace"]


@pytest.mark.parametrize(
    ("model", "more", "seconds"),
    [
        ("kling-video-v2-6-pro-text-to-video", {"duration": 10}, 10),
        ("kling-video-o3-pro-image-to-video", {"input_image": IMAGE, "duration": 4}, 4),
        ("kling-video-o3-pro-reference-to-video", {"duration": 3}, 3),
    ],
)
def test_models_that_make_videos_anew_tell_plans_too(server, model, more, seconds):
    told = ask(server, model=model, prompt="a sunset over the sea, slow zoom in", **more).json()
    assert told["plan"]["seconds"] == seconds, told
    assert isinstance(told["plan"]["ops"], list)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"model": "nobody"}, 404),
        ({"model": None}, 400),
        ({"prompt": ""}, 400),
        ({"prompt": "a" * 2501}, 400),
        ({"prompt": "replace him with @Image1"}, 400),
        ({"input_video": None}, 400),
        ({"num_generations": 9}, 400),
        ({"target_namespace": "somebody-else"}, 403),
        ({"rubbish": "a" * 70_000}, 400),
    ],
)
def test_what_the_queue_refuses_at_once_is_refused(server, body, status):
    queued = requests.post(
        f"{server.url}/api/ai/queue",
        headers=server.headers,
        json={"model": EDIT, "prompt": "sepia", "input_video": NOWHERE} | body,
        timeout=30,
    )
    answer = ask(server, **({"prompt": "sepia"} | body))
    assert (answer.status_code, answer.json()) == (status, queued.json())
    assert queued.status_code == status


def test_a_stranger_gets_no_plan(server):
    assert ask(server, headers={"Authorization": "Bearer nobody"}).status_code == 401


def test_one_process_plans_for_many_questions_and_is_replaced_when_it_dies(server):
    assert ask(server).status_code == 200
    (first,) = _planners(server)
    assert ask(server, prompt="sepia").json()["plan"]["ops"][0]["op"] == "sepia"
    assert _planners(server) == [first]
    os.kill(first, signal.SIGKILL)
    assert ask(server).status_code == 200
    assert _planners(server) != [first]


def _planners(server) -> list[int]:
    """The processes that plan for this server."""
    run = subprocess.run(
        ["pgrep", "-f", "cutroom.planning.child"], capture_output=True, text=True, check=False
    )
    mine = f"CUTROOM_DATA_DIR={server.data_dir}".encode()
    return [pid for pid in map(int, run.stdout.split()) if mine in _environment(pid)]


def _environment(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []
