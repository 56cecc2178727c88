"""What is in deploy/ and the Dockerfile: held against the program, and by the validators of its own kind."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
import requests
import yaml

from cutroom.cli.app import app
from cutroom.cli.local_server import free_port
from cutroom.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
SETTINGS = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
METRIC = re.compile(r"\bcutroom_[a-z_]+")


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


@pytest.fixture(scope="module")
def objects():
    """Everything that Kubernetes is told."""
    files = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    return [one for path in files for one in yaml.safe_load_all(path.read_text())]


def tool(name):
    """Where a validator is; skips where it is not, saying where it comes from."""
    found = shutil.which(name) or shutil.which(name, path=Path(sys.executable).parent)
    if found is None:
        pytest.skip(f"{name} is not here (pip install -r requirements-deploy.lock; or Debian's)")
    return found


def check(*command, cwd=ROOT):
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def queries():
    """Every query of the dashboard, by its panel, and the file of alerts as it is."""
    board = json.loads((DEPLOY / "grafana" / "dashboards" / "cutroom.json").read_text())
    return [
        (panel["title"], target["expr"].replace("$job", "cutroom"))
        for panel in board["panels"]
        for target in panel.get("targets", [])
    ]


def test_dashboard_and_alerts_ask_for_what_the_metrics_tell(server):
    text = requests.get(f"{server.url}/metrics", timeout=10).text
    told = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))
    told |= {f"{name}_bucket" for name in told}
    alerts = (DEPLOY / "prometheus" / "alerts.yaml").read_text()
    asked = {name for _, query in queries() for name in METRIC.findall(query)}
    assert len(asked) > 5
    assert asked | set(METRIC.findall(alerts)) <= told


def test_prometheus_understands_every_query(tmp_path):
    promtool = tool("promtool")
    rules = [{"record": f"q{n}", "expr": query} for n, (_, query) in enumerate(queries())]
    file = tmp_path / "queries.yaml"
    file.write_text(json.dumps({"groups": [{"name": "board", "rules": rules}]}))
    check(promtool, "check", "rules", str(file), str(DEPLOY / "prometheus" / "alerts.yaml"))


def test_panels_do_not_lie_on_each_other():
    board = json.loads((DEPLOY / "grafana" / "dashboards" / "cutroom.json").read_text())
    taken = set()
    for panel in board["panels"]:
        at = panel["gridPos"]
        cells = {(at["x"] + dx, at["y"] + dy) for dx in range(at["w"]) for dy in range(at["h"])}
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells


def test_kubernetes_takes_the_manifests(tmp_path):
    validate = tool("kubernetes-validate")
    built = tmp_path / "all.yaml"
    built.write_text(check(tool("kubectl"), "kustomize", str(DEPLOY / "kubernetes")))
    check(validate, "--strict", "--no-warn", str(built))
    check(validate, "--strict", "--no-warn", str(DEPLOY / "kubernetes" / "secret.example.yaml"))


def test_the_dockerfile_keeps_to_the_rules_of_dockerfiles():
    check(tool("hadolint"), "Dockerfile")


def test_what_is_set_are_settings(compose, objects):
    told = set()
    for service in compose["services"].values():
        told |= {name for name in service.get("environment", {}) if name.startswith(PREFIX)}
    for one in objects:
        told |= {
            n for n in {**one.get("data", {}), **one.get("stringData", {})} if n.startswith(PREFIX)
        }
        told |= set(re.findall(r"'name': '(CUTROOM_\w+)'", str(one)))
    assert len(told) > 5
    assert told <= SETTINGS


def test_the_example_names_every_secret_that_compose_asks_for():
    asked = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text()))
    named = re.findall(r"^(\w+)=", (DEPLOY / "example.env").read_text(), re.MULTILINE)
    assert asked == set(named)


def commands(compose, objects):
    for name in ("migrate", "api", "worker"):
        yield compose["services"][name]["command"]
    for one in objects:
        for container in (
            one.get("spec", {}).get("template", {}).get("spec", {}).get("containers", ())
        ):
            yield container["args"]


def test_every_command_is_one_that_there_is(compose, objects):
    ran = 0
    for words in commands(compose, objects):
        group, rest = app, [str(word) for word in words]
        while isinstance(group, click.Group):
            group = group.get_command(None, rest.pop(0))
        group.make_context("x", rest, resilient_parsing=False)
        ran += 1
    assert ran >= 6


def environment(compose, name, places):
    """The variables of a service, as compose would make them, with our own servers' addresses."""
    secrets = {"POSTGRES_PASSWORD": "pw", "STORE_SECRET": "testing", "CUTROOM_METRICS_TOKEN": "t"}
    told = {}
    for key, value in compose["services"][name]["environment"].items():
        filled = re.sub(
            r"\$\{(\w+):([-?])([^}]*)\}",
            lambda m: secrets.get(m[1], "s" * 32) if m[2] == "?" else m[3], value,
        )  # fmt: skip
        for ours, there in places.items():
            filled = filled.replace(ours, there)
        told[key] = filled
    return told


def first_key(log):
    """The key that a first start prints, once it is there."""
    deadline = time.monotonic() + 30
    while not (found := re.search(r"cr_[\w-]+", log.read_text())):
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)
    return found[0]


def test_with_the_settings_of_compose_an_edit_is_made(
    compose, postgres, bucket, birds_clip, tmp_path
):
    port = free_port()
    url = postgres.create(empty=True)
    database = url.rpartition("/")[2]
    places = {
        "cutroom:pw@postgres:5432/cutroom": f"postgres@127.0.0.1:{postgres.port}/{database}",
        "http://store:7070": bucket.endpoint,
        "s3://cutroom": bucket.url,
        "http://localhost:8080": f"http://127.0.0.1:{port}",
    }
    own = {
        "CUTROOM_RELAX_LIMITS": "true",
        "CUTROOM_PORT": str(port),
        "CUTROOM_POLL_INTERVAL": "0.1",
    }
    begun = []

    def begin(name, folder):
        told = (
            environment(compose, name, places) | own | {"CUTROOM_DATA_DIR": str(tmp_path / folder)}
        )
        words = [str(word) for word in compose["services"][name]["command"]]
        with (tmp_path / f"{folder}.log").open("w") as log:
            begun.append(subprocess.Popen(
                [sys.executable, "-m", "cutroom.cli", *words], env=os.environ | told, stdout=log, stderr=log
            ))  # fmt: skip
        return begun[-1]

    try:
        assert begin("migrate", "migrate").wait(60) == 0, (tmp_path / "migrate.log").read_text()
        begin("api", "api")
        begin("worker", "worker")
        base, deadline = f"http://127.0.0.1:{port}", time.monotonic() + 60
        while True:
            assert time.monotonic() < deadline, (tmp_path / "api.log").read_text()
            try:
                if requests.get(f"{base}/readyz", timeout=5).status_code == 200:
                    break
            except requests.ConnectionError:
                time.sleep(0.1)
        asks = {"Authorization": f"Bearer {first_key(tmp_path / 'api.log')}"}
        clip = f"{base}/api/repos/default/media/file/main/birds.mp4"
        requests.put(
            clip, data=birds_clip.read_bytes(), headers=asks, timeout=30
        ).raise_for_status()
        body = {"model": "kling-video-o3-pro-video-to-video-edit", "prompt": "make it sepia", "input_video": clip}  # fmt: skip
        made = requests.post(f"{base}/api/ai/videos/generate", json=body, headers=asks, timeout=120)
        assert made.status_code == 200, made.text + (tmp_path / "worker.log").read_text()
        video = requests.get(made.json()["videos"][0]["url"], timeout=30)
        assert video.content[4:8] == b"ftyp"
    finally:
        for process in begun:
            process.kill()
            process.wait()
        postgres.drop(url)
