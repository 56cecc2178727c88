"""What every test may use: real clips where they are, drawn ones everywhere."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from hatch_build import NotBuilt, Web

from cutroom import accounts, tables
from cutroom.cli.local_server import local_server
from cutroom.sample import birds

pytest_plugins = ["servers"]


@pytest.fixture(scope="session")
def real_media() -> Path:
    """The folder of real clips, images and hostile files; skips where there is none."""
    folder = os.environ.get("CUTROOM_TEST_MEDIA", "")
    if not folder or not Path(folder, "clips").is_dir():
        pytest.skip("CUTROOM_TEST_MEDIA names no folder of real clips")
    return Path(folder)


@pytest.fixture(scope="session")
def birds_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two drawn birds on a wire: 1 s, 320x180, 12 frames a second."""
    path = tmp_path_factory.mktemp("birds") / "birds.mp4"
    birds(path, seconds=1, size=(320, 180), rate=12)
    return path


@pytest.fixture
def tx() -> Iterator[sa.Connection]:
    """A transaction on a database in memory, with the namespaces me, you and org, and the workers a, b and w."""
    engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
    tables.metadata.create_all(engine)
    with engine.begin() as open_tx:
        for name in ("me", "you", "org"):
            accounts.ensure(open_tx, name)
        for worker in ("a", "b", "w"):
            row = {"id": worker, "host": "h", "pid": 1, "pool": "p", "started": 0.0, "beat": 0.0}
            open_tx.execute(sa.insert(tables.workers).values(row))
        yield open_tx
    engine.dispose()


@pytest.fixture(scope="session")
def playground() -> Web:
    """The playground, built from web/ as that is now; skips where it cannot be, without Node.js for one."""
    web = Web()
    try:
        web.build()
    except NotBuilt as why:
        pytest.skip(f"the playground is not built: {why}")
    return web


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test reads the settings or the data folder of the person who runs it."""
    for name in [name for name in os.environ if name.startswith("CUTROOM_")]:
        if name != "CUTROOM_TEST_MEDIA":
            monkeypatch.delenv(name)
    monkeypatch.setenv("CUTROOM_DATA_DIR", str(tmp_path / "data"))


@dataclass(frozen=True)
class Server:
    """A real `cutroom serve` over a data folder of its own."""

    url: str
    key: str
    """YOUR_API_KEY, as in the documented samples: the key of the namespace `alice`, who has credit."""
    data_dir: Path
    """Holds its log too, `serve.log`."""
    web: Path
    """The folder that the server takes for https://example.com/."""
    environment: dict[str, str]

    @property
    def headers(self) -> dict[str, str]:
        """What a request needs."""
        return self.headers_of(self.key)

    def headers_of(self, key: str) -> dict[str, str]:
        """What a request with another key needs."""
        return {"Authorization": f"Bearer {key}"}

    def cutroom(self, *words: str) -> str:
        """What a command, run over the server's data, prints."""
        command = [sys.executable, "-m", "cutroom.cli", *words]
        run = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stderr
        return run.stdout.strip()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for the whole run; small clips are within its limits. Look, do not break."""
    data_dir, web = tmp_path_factory.mktemp("server"), tmp_path_factory.mktemp("web")
    fetch_map = json.dumps({"https://example.com/": str(web)})
    with local_server(
        data_dir, fetch_map=fetch_map, relax_limits="true", poll_interval="0.1"
    ) as up:
        served = Server(up.url, "YOUR_API_KEY", data_dir, web, dict(up.environment))
        served.cutroom("keys", "create", "--namespace", "alice", "--key", served.key)
        served.cutroom("credits", "add", "--namespace", "alice", "1000")
        yield served
