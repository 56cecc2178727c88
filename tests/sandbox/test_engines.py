"""Engines in a running server that try to get out: at its database, its secrets, other people's files, the network."""

import json
import os
import time
from pathlib import Path

import pytest
import requests

from cutroom.catalog import ENGINES
from cutroom.cli.local_server import local_server
from cutroom.inherited import inherited
from cutroom.sandbox import landlock, seccomp
from cutroom.settings import Settings

pytestmark = pytest.mark.skipif(
    not seccomp.available() or landlock.version() < 6, reason="layers are missing here"
)

EDIT = "kling-video-o3-pro-video-to-video-edit"
SECRETS = {
    "CUTROOM_SIGNING_SECRET", "CUTROOM_METRICS_TOKEN", "CUTROOM_PLANNER_KEY", "CUTROOM_REMOTE_KEY",
    "CUTROOM_ENHANCER_KEY", "AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "PGPASSWORD",
}  # fmt: skip
OWN = "PRYING_API_KEY"
PRIVATE = ("cutroom.db", "secret", "serve.log", "files/stranger/playground/clip.mp4")
FIT = {"own file", "move", "library", "thread"}


MODELS = {
    "Content": "kling-video-v2-6-pro-text-to-video",
    "Untold": "kling-video-o3-omni",
    "Calling": EDIT,
}
LINKING = "kling-video-o3-pro-reference-to-video"


@pytest.fixture(scope="module")
def told(there, birds_clip, tmp_path_factory):
    """Engine -> what it told of its attempts, asked for as a client would."""
    data = tmp_path_factory.mktemp("data")
    (data / "secret").write_text("ab" * 32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parent))
        for name in (*SECRETS, OWN):
            if not name.startswith("CUTROOM_"):
                patch.setenv(name, "a secret")
        with local_server(
            data, relax_limits="true", poll_interval="0.1", engine_memory="500000000",
            engines=json.dumps({
                model: f"prying_engine:{name}" for name, model in (MODELS | {"Linking": LINKING}).items()
            }),
            planner_key="key-one", remote_key="key-two", enhancer_key="key-three", metrics_token="key-four",
            prying_port=str(there["tcp"]),
        ) as server:  # fmt: skip
            yield _asked(server, there, birds_clip, data)
    assert "sandbox: limits, no privileges" in (data / "serve.log").read_text()


def _asked(server, there, birds_clip, data):
    keys = {
        name: server.cutroom("keys", "create", "--namespace", name).split()[-1]
        for name in ("tester", "stranger")
    }
    server.cutroom("credits", "add", "--namespace", "tester", "1000")
    for name, key in keys.items():
        answer = requests.put(
            f"{server.url}/api/repos/{name}/playground/file/main/clip.mp4",
            data=birds_clip.read_bytes(), timeout=30,
            headers={"Authorization": f"Bearer {key}"},
        )  # fmt: skip
        assert answer.status_code < 300, answer.text
    private = [data / one for one in PRIVATE]
    assert all(one.is_file() for one in private)
    wish = json.dumps({**there, "private": [str(one) for one in private]})
    clip = f"{server.url}/api/repos/tester/playground/file/main/clip.mp4"
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {keys['tester']}"
        told = {
            engine: _notes(session, server.url, {"model": model, "prompt": wish} | given)
            for engine, model in MODELS.items()
            for given in [{"input_video": clip} if model == EDIT else {}]
        }
        links = {"secret": str(data / "secret")}
        for name, to in (("signed copy", links), ("result", {**links, "clip": str(private[-1])})):
            body = {"model": LINKING, "prompt": json.dumps(to)}
            told[name] = _row(session, server.url, body)
        return told | {"secret": (data / "secret").read_bytes()}


def _row(session, url, body):
    """The generation, once it has ended."""
    answer = session.post(f"{url}/api/ai/queue", json=body, timeout=30)
    assert answer.status_code == 200, answer.text
    generation = answer.json()["generations"][0]["generation_id"]
    end = time.monotonic() + 60
    while time.monotonic() < end:
        row = session.get(f"{url}/api/ai/queue/{generation}", timeout=30).json()
        if row["status"] in {"succeeded", "failed"}:
            break
        time.sleep(0.1)
    return row


def _notes(session, url, body):
    row = _row(session, url, body)
    assert row["status"] == "succeeded", row
    found = next(json.loads(note) for note in row["notes"] if note.startswith("{"))
    environ = found.pop("environ of its own")
    assert SECRETS.isdisjoint(environ)
    assert OWN in environ
    assert {found.pop(one) for one in json.loads(body["prompt"])["private"]} == {"PermissionError"}
    return found


def done(told):
    return {name for name, end in told.items() if end == "done"}


def test_an_engine_that_needs_nothing(told):
    assert done(told["Content"]) == FIT | {"files"}
    assert told["Content"]["memory"] == "MemoryError"


def test_an_engine_that_says_nothing_of_its_needs(told):
    """It reads what lies elsewhere, say weights, and starts programs; the rest as for any other."""
    more = {"files", "memory", "secret", "folder", "fork", "shell", "exec"}
    assert done(told["Untold"]) == FIT | more


def test_an_engine_that_needs_one_port(told):
    assert done(told["Calling"]) == FIT | {"files", "tcp", "udp"}


def test_a_worker_follows_no_link_of_an_engine(told):
    assert told["signed copy"]["status"] == "succeeded"
    assert told["result"].get("error_message") == "The engine wrote no result."
    assert told["secret"] == b"ab" * 32


def test_a_key_goes_to_whom_it_is_for(monkeypatch):
    monkeypatch.setenv("SOME_API_TOKEN", "x")
    settings = Settings(planner_key="a", enhancer_key="b", remote_key="c", database_url="d")
    keys = {"CUTROOM_PLANNER_KEY", "CUTROOM_ENHANCER_KEY", "CUTROOM_REMOTE_KEY"}
    got = {name: keys & inherited(settings, (engine,)).keys() for name, engine in ENGINES.items()}
    assert got == {
        "classical": {"CUTROOM_PLANNER_KEY"},
        "diffusion": {"CUTROOM_ENHANCER_KEY"},
        "remote": {"CUTROOM_REMOTE_KEY"},
    }
    assert "SOME_API_TOKEN" not in inherited(settings, (ENGINES["classical"],))
    assert "SOME_API_TOKEN" in inherited(settings, ("mine:Mine",))
    assert "CUTROOM_DATABASE_URL" not in inherited(settings, ("mine:Mine",))
    assert inherited(settings, ("mine:Mine",))["PATH"] == os.environ["PATH"]
