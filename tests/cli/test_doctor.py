"""`cutroom doctor`."""

import json
from pathlib import Path

import sqlalchemy as sa
from click.testing import CliRunner

from cutroom import db, tables
from cutroom.cli.app import app
from cutroom.cli.exits import Exit
from cutroom.service import Service
from cutroom.settings import Settings


def test_doctor_finds_a_machine_that_can_work() -> None:
    done = CliRunner().invoke(app, ["doctor", "--json"])
    assert done.exit_code == Exit.OK, done.stdout
    found = {finding["subject"]: finding for finding in json.loads(done.stdout)}
    assert {"cutroom", "libraries", "encoders", "decoders", "cores", "memory"} <= found.keys()
    assert {"data folder", "database", "books", "server", "speed"} <= found.keys()
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
