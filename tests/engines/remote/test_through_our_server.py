"""Two real servers: one that is asked, and another that does its work."""

import json
import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from far import EDIT, KEY, grant, rows, until

from cutroom.cli.local_server import LocalServer, local_server

OURS = "cr_key-of-somebody-at-our-own-server"
HEADERS = {"Authorization": f"Bearer {OURS}"}


@pytest.fixture(scope="module")
def ours(other, clip, tmp_path_factory) -> Iterator[LocalServer]:
    """A server that has all its work done by the other."""
    folder = tmp_path_factory.mktemp("ours")
    settings = {
        "engine": "remote",
        "remote_url": other.url,
        "remote_key": KEY,
        "relax_limits": "true",
        "poll_interval": "0.1",
        "log_level": "debug",
        "fetch_map": json.dumps({"https://example.com/": str(clip.path.parent)}),
    }
    with local_server(folder, **settings) as up:
        grant(up, "alice", OURS, dollars=100)
        yield up


def asked(ours: LocalServer, prompt: str) -> str:
    body = {"model": EDIT, "prompt": prompt, "input_video": "https://example.com/birds.mp4"}
    answer = httpx.post(f"{ours.url}/api/ai/queue", headers=HEADERS, json=body, timeout=10)
    return answer.raise_for_status().json()["generations"][0]["generation_id"]


def row(ours: LocalServer, generation: str) -> dict:
    url = f"{ours.url}/api/ai/queue/{generation}"
    return httpx.get(url, headers=HEADERS, timeout=10).json()


def ended(ours: LocalServer, generation: str) -> dict:
    until(lambda: row(ours, generation)["status"] not in {"queued", "processing"})
    return row(ours, generation)


def theirs(other: LocalServer, prompt: str) -> list[str]:
    return [one["status"] for one in rows(other.url) if one["prompt"] == prompt]


def test_a_generation_is_made_there_and_paid_here(ours, other) -> None:
    found = ended(ours, asked(ours, "make it snow"))
    assert found["status"] == "succeeded"
    assert json.loads(found["notes"][0])["seed"] == found["seed"]
    assert float(found["cost"]) > 0
    assert httpx.get(found["result_url"], timeout=10).content[4:8] == b"ftyp"
    log = (Path(ours.environment["CUTROOM_DATA_DIR"]) / "serve.log").read_text(encoding="utf-8")
    assert KEY not in log
    assert "make it snow" not in log
    assert not re.search("oxen_signature=(?!\\[)", log)


def test_cancelling_here_cancels_there(ours, other, tmp_path) -> None:
    prompt = f"wait for {tmp_path / 'never'}"
    generation = asked(ours, prompt)
    until(lambda: theirs(other, prompt) == ["processing"])
    httpx.delete(f"{ours.url}/api/ai/queue/{generation}", headers=HEADERS).raise_for_status()
    assert ended(ours, generation)["status"] == "cancelled"
    until(lambda: theirs(other, prompt) == ["cancelled"])


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_an_engine_that_is_killed_finds_its_generation_again(ours, other, tmp_path) -> None:
    go = tmp_path / "go"
    prompt = f"wait for {go}"
    generation = asked(ours, prompt)
    until(lambda: row(ours, generation)["progress"] > 0.1)
    os.kill(engine_of(ours), signal.SIGKILL)
    go.touch()
    assert ended(ours, generation)["status"] == "succeeded"
    assert theirs(other, prompt) == ["succeeded"]


def engine_of(ours: LocalServer) -> int:
    """The process in which our server's remote engine runs."""
    data = ours.environment["CUTROOM_DATA_DIR"].encode()
    for process in Path("/proc").iterdir():
        try:
            words, variables = (
                (process / "cmdline").read_bytes(),
                (process / "environ").read_bytes(),
            )
        except OSError:
            continue
        if b"cutroom.worker.child" in words and b"CUTROOM_DATA_DIR=" + data in variables.split(
            b"\0"
        ):
            return int(process.name)
    raise AssertionError("no engine is at work")
