"""Real servers that tests talk to: PostgreSQL and an S3 store, each started once for a run, on a spare port."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg
import pytest

from cutroom import db
from cutroom.cli.local_server import free_port
from cutroom.jobs import own_tables

START = 30.0
"""Seconds that a server may take to answer."""


@dataclass
class Postgres:
    """A real PostgreSQL over a folder of its own, which tests may kill and start again."""

    binaries: Path
    folder: Path
    port: int
    host: str = "127.0.0.1"
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)
    upgraded: bool = False

    @classmethod
    def make(cls, folder: Path, *, host: str = "127.0.0.1") -> "Postgres":
        """One that runs; `host` may name more addresses to listen at, by commas. Skips where there is no program."""
        binaries = postgres_programs()
        if binaries is None:
            pytest.skip("there is no PostgreSQL (on Debian: apt install postgresql)")
        if os.getuid() == 0:
            # It refuses to run as root, and whoever starts pytest closes its folders to others again.
            folder = Path(tempfile.mkdtemp(prefix="cutroom-postgres-"))
        made = cls(binaries, folder, free_port(), host)
        folder.mkdir(parents=True, exist_ok=True)
        made._own()
        made._run(
            binaries / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust",
            "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions",
        )  # fmt: skip
        (folder / "data" / "pg_hba.conf").write_text(
            "local all all trust\nhost all all all trust\n"
        )
        made.start()
        return made

    def start(self) -> None:
        """Start, and wait until it answers."""
        assert self.process is None
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    self.binaries / "postgres", "-D", self.folder / "data", "-p", str(self.port),
                    "-c", f"listen_addresses={self.host}", "-c", f"unix_socket_directories={self.folder}",
                    "-c", "max_connections=200", "-c", "shared_buffers=32MB",
                ],
                stdout=log, stderr=log, start_new_session=True, **self._as_owner(),
            )  # fmt: skip
        deadline = time.monotonic() + START
        while True:
            try:
                psycopg.connect(self.url("postgres", driver=""), connect_timeout=5).close()
            except psycopg.OperationalError:
                assert self.process.poll() is None, (self.folder / "log").read_text()
                assert time.monotonic() < deadline, "PostgreSQL does not answer"
                time.sleep(0.05)
            else:
                return

    def kill(self) -> None:
        """Kill -9 the server and all its children, as losing power does; what was committed stays."""
        assert self.process is not None
        # Its children lead sessions of their own; they would notice, and end in better order than that.
        own = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        children = own.read_text().split() if own.exists() else []
        for pid in (self.process.pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.process = None
        deadline = time.monotonic() + START
        while _answers(self.port) and time.monotonic() < deadline:
            time.sleep(0.02)
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)

    def stop(self) -> None:
        """End it at once."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)  # its "fast shutdown"
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
            self.process = None
        if os.getuid() == 0:
            shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str, *, user: str = "postgres", driver: str = "+psycopg") -> str:
        """The URL of a database of it."""
        host = self.host.partition(",")[0]
        return f"postgresql{driver}://{user}@{host}:{self.port}/{database}"

    def create(self, *, empty: bool = False) -> str:
        """The URL of a fresh database: as `cutroom db upgrade` leaves it, or without any table."""
        name = f"t{uuid.uuid4().hex[:12]}"
        self.execute(f"CREATE DATABASE {name}" + ("" if empty else f" TEMPLATE {self._made()}"))
        return self.url(name)

    def _made(self) -> str:
        """A database to copy, made at first use: that takes a tenth of making another."""
        name = "upgraded"
        if not self.upgraded:
            self.execute(f"CREATE DATABASE {name}")
            engine = db.connect(self.url(name))
            db.upgrade(engine)
            own_tables.upgrade(engine)
            engine.dispose()
            self.upgraded = True
        return name

    def drop(self, url: str) -> None:
        """Remove a database, whoever is in it."""
        self.execute(f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]} WITH (FORCE)")

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Run one statement as its superuser."""
        with psycopg.connect(self.url(database, driver=""), autocommit=True) as tx:
            tx.execute(statement)  # type: ignore[arg-type]

    def _run(self, *words: object) -> None:
        command = [str(word) for word in words]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, **self._as_owner()
        )
        assert done.returncode == 0, done.stderr

    def _own(self) -> None:
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres" if _has_user("postgres") else "nobody")
            os.chown(self.folder, user.pw_uid, user.pw_gid)

    def _as_owner(self) -> dict[str, object]:
        owner = self.folder.stat()
        if os.getuid() != 0:
            return {}
        return {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": [], "cwd": self.folder}


def postgres_programs() -> Path | None:
    """The folder of PostgreSQL's programs, the newest there is; None without."""
    if told := os.environ.get("CUTROOM_TEST_POSTGRES"):
        return Path(told)
    versions = Path("/usr/lib/postgresql")
    found = [one for one in versions.glob("*/bin") if (one / "initdb").exists()]
    if found:
        return max(found, key=lambda one: float(one.parent.name))
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _has_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class Bucket:
    """A bucket of an S3 server, and how to reach it."""

    endpoint: str
    name: str

    @classmethod
    def make(cls, endpoint: str) -> "Bucket":
        """A fresh, empty one."""
        made = cls(endpoint, f"b{uuid.uuid4().hex[:12]}")
        signed = {"Authorization": "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"}  # fmt: skip
        httpx.put(f"{endpoint}/{made.name}", headers=signed).raise_for_status()
        return made

    @property
    def url(self) -> str:
        """What CUTROOM_STORAGE_URL is."""
        return f"s3://{self.name}"

    @property
    def environment(self) -> dict[str, str]:
        """What the store's client reads from the environment."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": "us-east-1",
            "AWS_ALLOW_HTTP": "true",
            "AWS_VIRTUAL_HOSTED_STYLE_REQUEST": "false",
        }


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A PostgreSQL for the whole run; whoever kills it makes one of their own with `Postgres.make`."""
    made = Postgres.make(tmp_path_factory.mktemp("postgres"))
    yield made
    made.stop()


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """A fresh database on a real PostgreSQL, as `cutroom db upgrade` leaves it."""
    url = postgres.create()
    yield url
    postgres.drop(url)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh database of either kind: a test that takes it runs once on each."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/cutroom.db"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(scope="session")
def s3_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an S3 server (moto) for the whole run."""
    pytest.importorskip("moto.server", reason="there is no S3 server (pip install 'moto[server]')")
    port = free_port()
    log = tmp_path_factory.mktemp("s3") / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            stdout=out, stderr=out,
        )  # fmt: skip
    deadline = time.monotonic() + START
    while not _answers(port):
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, "the S3 server does not answer"
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    process.kill()
    process.wait()


@pytest.fixture
def bucket(s3_endpoint: str) -> Bucket:
    """A fresh, empty bucket of a real S3 server."""
    return Bucket.make(s3_endpoint)
