"""The examples of docs/03-api.md run as they stand, one after the other."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import requests

from cutroom.api.app import ROUTES
from cutroom.api.errors import ANSWERS, LOCAL_ANSWERS

LOOK = {
    "model": "kling-video-o3-pro-video-to-video-edit",
    "prompt": "make it black and white",
    "input_video": "https://example.com/birds-on-wire.mp4",
}
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "03-api.md").read_text(encoding="utf-8")
SHELL = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)

ADMIN = ("keys", "create", "--namespace", "alice", "--scopes", "read,write,admin")


def test_the_examples_run(web, done, tmp_path):
    shutil.copy(web.web / "birds-on-wire.mp4", tmp_path / "birds.mp4")
    environment = os.environ | {
        "HOST": web.url,
        "KEY": web.key,
        "ADMIN_KEY": web.cutroom(*ADMIN),
        "GENERATION_ID": done["generation_id"],
        "RESULT_URL": done["result_url"],
        "FAILED_ID": cancelled(web),
    }
    curls = [block for block in SHELL if block.startswith("curl ")]
    assert len(curls) >= 11
    for block in curls:
        command = block.replace("curl ", "curl -sS --fail-with-body ", 1)
        run = subprocess.run(
            ["bash", "-c", command], cwd=tmp_path, env=environment,
            capture_output=True, text=True, timeout=90, check=False,
        )  # fmt: skip
        assert run.returncode == 0, block + run.stdout + run.stderr
        if run.stdout:
            assert json.loads(run.stdout).get("error") is None
    assert (tmp_path / "head.bin").stat().st_size == 1024


def cancelled(server):
    """The id of a generation that may be retried."""
    url = f"{server.url}/api/ai/queue"
    answer = requests.post(url, headers=server.headers, json=LOOK, timeout=30).json()
    made = answer["generations"][0]["generation_id"]
    requests.delete(f"{url}/{made}", headers=server.headers, timeout=30).raise_for_status()
    return made


def test_the_page_names_every_address():
    text = re.sub(r"{[^}]*}", "{}", PAGE)
    for route in ROUTES:
        path = re.sub(r"{[^}]*}", "{}", route.path.replace("{branch}", "main"))
        assert path == "/" or f"`{path}" in text, route.path


def test_the_page_names_every_error():
    for answer in (*ANSWERS.values(), *LOCAL_ANSWERS.values()):
        assert f"| {answer.status} | `{answer.type}` |" in PAGE, answer
