"""A server that asks nobody for a key stays on this machine; `cutroom serve` as a process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cutroom.cli.exits import Exit
from cutroom.cli.exposure import check_auth, check_keys, stays_here
from cutroom.cli.serve import greet
from cutroom.errors import InvalidParams
from cutroom.service import Service
from cutroom.settings import Settings


@pytest.mark.parametrize(
    ("host", "stays"),
    [
        ("127.0.0.1", True), ("127.8.8.8", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("::", False), ("", False), ("192.0.2.7", False),
        ("::ffff:0.0.0.0", False), ("0", False), ("no-such-name.invalid", False),
    ],
)  # fmt: skip
def test_who_reaches_it(host: str, stays: bool) -> None:
    assert stays_here(host) == stays


def test_serve_refuses_to_stand_open(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cutroom.cli", "serve", "--host", "0.0.0.0", "--workers", "0"],
        env={**os.environ, "CUTROOM_DATA_DIR": str(tmp_path), "CUTROOM_AUTH": "false"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == Exit.BAD_INPUT
    assert "CUTROOM_AUTH is off, and 0.0.0.0 is reached from other machines" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_whoever_means_it_is_warned(capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(host="0.0.0.0", auth=False, open_to_all="yes")
    check_auth(settings)
    greet("http://0.0.0.0:8080", settings, None, None)
    assert "WARNING  Whoever reaches this address may do everything" in capsys.readouterr().out
    for settings in (Settings(host="0.0.0.0"), Settings(auth=False)):
        check_auth(settings)
        greet("http://0.0.0.0:8080", settings, None, None)
    assert "WARNING" not in capsys.readouterr().out


def test_a_key_that_stands_in_documentation_is_none(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, host="0.0.0.0")
    service = Service.open(settings)
    check_keys(service, settings)
    key = service.accounts.create_key("alice", "YOUR_API_KEY")
    with pytest.raises(InvalidParams, match="YOUR_API_KEY, which stands in every documentation"):
        check_keys(service, settings)
    check_keys(service, Settings(data_dir=tmp_path))
    check_keys(service, Settings(data_dir=tmp_path, host="0.0.0.0", open_to_all=True))
    service.accounts.revoke_key(key)
    check_keys(service, settings)
    service.close()
