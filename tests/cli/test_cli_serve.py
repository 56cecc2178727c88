"""`cutroom serve` as a process: its greeting, its end, a port that is taken."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from cutroom.cli.exits import Exit
from cutroom.cli.local_server import free_port
from cutroom.cli.serve import greet, way_in
from cutroom.service import Service
from cutroom.settings import Settings

SERVE = [sys.executable, "-m", "cutroom.cli", "serve", "--workers", "0"]


@contextmanager
def serving(data: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    """The command, ready; it is killed unless it ended in the block."""
    process = subprocess.Popen(
        [*SERVE, "--port", str(port)],
        env={**os.environ, "CUTROOM_DATA_DIR": str(data)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).is_success:
                    break
            except httpx.TransportError:
                pass
            assert process.poll() is None, process.stdout and process.stdout.read()
            time.sleep(0.05)
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def ended(process: "subprocess.Popen[str]") -> str:
    """What it printed, once SIGTERM has ended it."""
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 0, said
    return said


def test_first_start_prints_a_key_that_works_and_later_ones_none(tmp_path: Path) -> None:
    port = free_port()
    with serving(tmp_path, port) as process:
        said = ended(process)
    assert f"http://127.0.0.1:{port}" in said
    found = re.search(r"^  key +(\S+)$", said, re.MULTILINE)
    assert found is not None
    assert f"export KEY={found[1]}" in said
    first = re.search(rf"^  open +http://127.0.0.1:{port}/#link=(\S+)$", said, re.MULTILINE)
    assert first is not None
    with serving(tmp_path, port) as process:
        answer = httpx.get(
            f"http://127.0.0.1:{port}/api/ai/queue",
            headers={"Authorization": f"Bearer {found[1]}"},
            trust_env=False,
        )
        assert answer.status_code == 200
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as browser:
            assert browser.post("/api/session", json={"link": first[1]}).status_code == 200
            assert browser.get("/api/users/me").json()["user"]["username"] == "default"
        said = ended(process)
    assert found[1] not in said
    assert first[1] not in said
    assert "/#link=cl_" in said
    assert "export KEY=" not in said


def test_what_to_open_where_keys_are_off(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CUTROOM_AUTH", "false")
    settings = Settings()
    service = Service.open(settings)
    service.first_start()
    greet("http://0.0.0.0:8080", settings, None, way_in(service, settings))
    service.close()
    said = capsys.readouterr().out
    assert "  open     http://127.0.0.1:8080/\n" in said
    assert "link" not in said


def test_port_that_is_taken_is_told_at_once(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*SERVE, "--port", str(port)],
            env={**os.environ, "CUTROOM_DATA_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == Exit.UNREACHABLE
    assert done.stderr == (
        f"cutroom: Cannot listen on 127.0.0.1:{port}: "
        "something listens there already; --port names another.\n"
    )
    assert list(tmp_path.iterdir()) == []
