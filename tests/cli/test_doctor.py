"""`cutroom doctor`."""

import json
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from cutroom import db, tables
from cutroom.cli.app import app
from cutroom.cli.engines import gpu, remote
from cutroom.cli.exits import Exit
from cutroom.cli.finding import Finding
from cutroom.cli.staff import workers
from cutroom.db import writing
from cutroom.service import Service
from cutroom.settings import Settings


def test_doctor_finds_a_machine_that_can_work() -> None:
    done = CliRunner().invoke(app, ["doctor", "--json"])
    assert done.exit_code == Exit.OK, done.stdout
    found = {finding["subject"]: finding for finding in json.loads(done.stdout)}
    assert {"cutroom", "libraries", "encoders", "decoders", "cores", "memory"} <= found.keys()
    assert {"data folder", "database", "books", "server", "speed"} <= found.keys()
    assert found["engines"]["says"] == "classical for all 7 models"
    assert found["gpu"]["mark"] == "ok"
    assert "weights" not in found
    assert found["encoders"]["mark"] == "ok"
    assert "h264" in found["encoders"]["says"]
    assert "frames a second" in found["speed"]["says"]


def test_doctor_says_what_is_broken_and_exits_with_one(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    env = {"CUTROOM_DATA_DIR": str(blocked / "data")}
    done = CliRunner().invoke(app, ["doctor", "--quick"], env=env)
    assert done.exit_code == Exit.FAILED
    bad = [line for line in done.stdout.splitlines() if line.startswith("bad ")]
    assert any("data folder" in line for line in bad)
    assert max(len(line) for line in done.stdout.splitlines()) <= 160


def test_doctor_looks_at_the_books(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    service = Service.open(settings)
    service.first_start()
    with db.writing(service._engine) as tx:
        tx.execute(sa.update(tables.namespaces).values(balance=1))
    service.close()
    env = {"CUTROOM_DATA_DIR": str(tmp_path)}
    done = CliRunner().invoke(app, ["doctor", "--quick", "--json"], env=env)
    assert done.exit_code == Exit.FAILED
    found = {finding["subject"]: finding for finding in json.loads(done.stdout)}
    assert found["books"]["says"].startswith("default: balance 1, entries 100000000")


def test_doctor_has_no_lines_wider_than_the_screen() -> None:
    done = CliRunner().invoke(app, ["doctor", "--quick"])
    lines = [line for line in done.stdout.splitlines() if "data folder" not in line]
    assert max(len(line) for line in lines) <= 80


def test_doctor_tells_whose_work_is_whose_and_what_it_takes(tmp_path: Path) -> None:
    text, motion = "kling-video-v2-6-pro-text-to-video", "kling-video-v3-pro-motion-control"
    env = {
        "CUTROOM_DATA_DIR": str(tmp_path),
        "CUTROOM_ENGINES": json.dumps({text: "diffusion", motion: "no.such:Engine"}),
        "CUTROOM_DIFFUSION_PROFILE": "small",
    }
    done = CliRunner().invoke(app, ["doctor", "--quick", "--json"], env=env)
    assert done.exit_code == Exit.FAILED
    found = {finding["subject"]: finding for finding in json.loads(done.stdout)}
    says = (
        f"diffusion for {text}; no.such:Engine for {motion}; classical for the others; not found: "
    )
    assert found["engines"]["mark"] == "bad"
    assert found["engines"]["says"].startswith(says)
    assert found["engines"]["says"].endswith("no.such:Engine")
    if find_spec("torch") is None:
        assert "cutroom[gpu]" in found["gpu"]["says"]
    assert found["weights"]["mark"] == "warn"
    assert "for the profile small: cutroom weights pull wan2.2-" in found["weights"]["says"]
    assert "bernini" not in found["weights"]["says"]


CARD = {
    "torch": "2.13.0", "card": True, "cards": 1, "name": "NVIDIA L4", "driver": "580.65.06",
    "memory": 24_000_000_000, "free": 23_500_000_000,
}  # fmt: skip
NEEDS_NONE = "the classical engine needs none"


@pytest.mark.parametrize(
    ("machine", "needed", "mark", "says"),
    [
        ({}, False, "ok", NEEDS_NONE),
        ({}, True, "bad", "cutroom[gpu]"),
        ({"error": "libcudart is missing"}, False, "warn", "libcudart is missing"),
        ({"error": "libcudart is missing"}, True, "bad", "libcudart is missing"),
        (CARD | {"card": False}, False, "ok", NEEDS_NONE),
        (CARD | {"card": False}, True, "warn", "none that torch 2.13.0 can use"),
        (CARD, True, "ok", "NVIDIA L4, 24.0 GB, 23.5 GB of it free, driver 580.65.06, torch 2.13.0"),
        (CARD | {"cards": 8}, True, "ok", "8 cards, the first: NVIDIA L4"),
    ],
)  # fmt: skip
def test_a_gpu_is_missed_only_by_an_engine_that_works_with_one(machine, needed, mark, says) -> None:
    finding = gpu(machine, Settings(), needed=needed)
    assert finding.mark == mark
    assert says in finding.says


@pytest.mark.parametrize(
    ("url", "mark", "says"),
    [
        ("", "bad", "CUTROOM_REMOTE_URL names it"),
        ("http://10.0.0.7:8080", "ok", "http://10.0.0.7:8080, as oxen, with a key"),
    ],
)
def test_a_remote_engine_needs_a_server(url, mark, says) -> None:
    found = remote(Settings(remote_url=url, remote_key="sk-secret"))
    assert found.mark == mark
    assert says in found.says
    assert "sk-secret" not in found.says


def test_workers_that_share_a_card_are_told_of() -> None:
    finding = gpu(CARD, Settings(workers=2), needed=True)
    assert finding.mark == "warn"
    assert "2 workers (CUTROOM_WORKERS) would each load the weights" in finding.says
    assert gpu(CARD, Settings(workers=2), needed=False).mark == "ok"


def test_the_speed_that_is_measured_is_the_classical_engine_s(monkeypatch) -> None:
    # Another engine would load gigabytes for it, or have it paid for elsewhere.
    monkeypatch.setenv("CUTROOM_ENGINE", "remote")
    monkeypatch.setenv("CUTROOM_REMOTE_URL", "http://127.0.0.1:18999")
    done = CliRunner().invoke(app, ["doctor", "--json"])
    found = {finding["subject"]: finding for finding in json.loads(done.stdout)}
    assert found["speed"]["mark"] == "ok"
    assert "a classical look" in found["speed"]["says"]


def test_work_that_nobody_takes_is_told_of(tmp_path) -> None:
    text = "kling-video-v2-6-pro-text-to-video"
    settings = Settings(data_dir=tmp_path, model_pools={text: "gpu"})

    def found() -> Finding:
        with closing(Service.open(settings)) as service:
            return workers(service, settings)

    assert (found().mark, found().says) == ("ok", "none runs, and nothing waits for one")
    with closing(Service.open(settings)) as service:
        service.first_start()
        service.submit(service.caller(), {"model": text, "prompt": "a red ball", "duration": 5})
        with writing(service._engine) as tx:
            row = {"id": "w", "host": "h", "pid": 1, "pool": "cpu", "started": 0.0}
            tx.execute(sa.insert(tables.workers).values(beat=db.clock(service._engine), **row))
    assert found().mark == "warn"
    assert found().says.startswith("1 wait in pool gpu, and no worker takes from it")
    with closing(Service.open(settings)) as service:
        assert service.counting.census().workers == {"cpu": 1, "gpu": 0}
        with writing(service._engine) as tx:
            tx.execute(sa.update(tables.generations).values(status="cancelled"))
    assert found().mark == "warn"
    assert found().says == f"1 in pool cpu; without a worker: {text} goes to gpu"
