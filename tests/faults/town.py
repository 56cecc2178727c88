"""A town: an installation whose every process is real, may be killed at any moment, and is started again by its keeper.

Servers are `cutroom serve --workers 0`, workers `cutroom worker`, each in the place of a machine of its own
where the database is PostgreSQL: then nothing but database and storage is common to them.
"""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock, Thread

import sqlalchemy as sa
from history import Kept, Row

from cutroom import accounts, db, ledger, tables
from cutroom.cli.local_server import free_port
from cutroom.errors import InvalidMedia
from cutroom.jobs import Queue
from cutroom.media.probe import probe
from cutroom.settings import Settings
from cutroom.terms import Terms
from cutroom.types import Scope

HERE = Path(__file__).parent
EDIT = "kling-video-o3-pro-video-to-video-edit"
TEXT = "kling-video-v2-6-pro-text-to-video"
CREDIT = 10_000_000_000
TABLES = ("generations", "namespaces", "entries", "events", "deliveries", "webhooks")
AGAIN = 0.05
"""Seconds between two looks of the keeper."""


@dataclass
class Process:
    """A process that should be there."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    starts: int = 0

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        self.starts += 1

    @property
    def running(self):
        return self.process is not None and self.process.poll() is None

    def signal(self, number):
        if self.running:
            self.process.send_signal(number)


@dataclass
class Town:
    """Servers and workers over one database and one storage."""

    folder: Path
    database_url: str
    clip: Path
    """What engines give as their result."""
    servers: int = 1
    workers: int = 1
    settings: dict[str, object] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    points: dict[str, dict[str, str]] = field(default_factory=dict)
    """Name of a process, less its number -> its fault points."""
    namespaces: tuple[str, ...] = ("alice",)
    through: int | None = None
    """Port by which its processes reach the database, where it is not the one of the URL."""
    elsewhere: dict[str, tuple[tuple[str, ...], str]] = field(default_factory=dict)
    """Name of a process on another host -> the words before its command, and the database's address there."""
    role: str | None = None
    """The database's role of its workers, who then know no secret either."""

    def __post_init__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.starts = self.folder / "starts"
        self.starts.touch()
        self.files = self.folder / "files"
        self.alone = self.database_url.startswith("sqlite")
        self.ports = [free_port() for _ in range(self.servers)]
        self.urls = [f"http://127.0.0.1:{port}" for port in self.ports]
        self.keys = {}
        self._lock = Lock()
        self._closed = Event()
        self.engine = db.connect(self.database_url)
        db.upgrade(self.engine)
        with db.writing(self.engine) as tx:
            for name in self.namespaces:
                accounts.ensure(tx, name)
                ledger.deposit(tx, name, CREDIT)
                self.keys[name] = accounts.create(tx, name, terms=Terms(frozenset(Scope)))
        self.processes = [self._process("server", n) for n in range(self.servers)]
        self.processes += [self._process("worker", n) for n in range(self.workers)]
        self._keeper = Thread(target=self._keep, daemon=True)

    # --- processes
    def start(self):
        """Start all, and wait until every server answers and every worker is known."""
        self._keeper.start()
        self.until(lambda: self._known() >= self.workers, 60, "the workers do not come")
        return self

    def grow(self):
        """One more worker."""
        self.processes.append(self._process("worker", len(self.all("worker"))))

    def stop(self, seconds=40):
        """SIGTERM to all; each must end in good order."""
        self._closed.set()
        self._keeper.join()
        for one in self.processes:
            one.signal(signal.SIGTERM)
        codes = {}
        deadline = time.monotonic() + seconds
        for one in self.processes:
            if one.process is not None:
                left = max(0.1, deadline - time.monotonic())
                codes[one.name] = one.process.wait(left)
        return codes

    def close(self):
        """End whatever is left."""
        self._closed.set()
        for one in self.processes:
            if one.process is not None:
                one.process.kill()
                one.process.wait()
        self.engine.dispose()

    def all(self, kind):
        """The processes of a kind: server or worker."""
        return [one for one in self.processes if one.name.startswith(kind)]

    def engines(self):
        """The pids of the engines that run."""
        workers = [one.process.pid for one in self.all("worker") if one.running]
        return [pid for worker in workers for pid in children(worker, "cutroom.worker.child")]

    def holder(self, generation):
        """The pid of the worker that works on a generation."""
        rows, workers = tables.generations.c, tables.workers.c
        query = sa.select(workers.pid).join(tables.generations, rows.worker == workers.id)
        with db.reading(self.engine) as tx:
            return tx.execute(query.where(rows.id == generation)).scalar()

    def tail(self, most=3000):
        return "\n".join(
            f"--- {one.name} ({one.starts} starts)\n{one.log.read_text(errors='replace')[-most:]}"
            for one in self.processes
        )

    def until(self, condition, seconds, otherwise):
        deadline = time.monotonic() + seconds
        while not (found := condition()):
            assert time.monotonic() < deadline, f"{otherwise}\n{self.tail()}"
            time.sleep(0.05)
        return found

    def _known(self):
        with suppress(Exception), db.reading(self.engine) as tx:
            return tx.execute(sa.select(sa.func.count()).select_from(tables.workers)).scalar()
        return 0

    def _keep(self):
        while not self._closed.is_set():
            for one in self.processes:
                if not one.running:
                    one.start()
            self._closed.wait(AGAIN)

    def _process(self, kind, number):
        name = f"{kind}-{number}"
        shared = self.folder / "machine"
        data_dir = shared if self.alone else self.folder / name
        data_dir.mkdir(exist_ok=True)
        given = {
            "data_dir": data_dir,
            "database_url": self._reached(kind, name),
            "storage_url": self.files.as_uri(),
            "signing_secret": ""
            if kind == "worker" and self.role
            else "the same everywhere, and long enough",
            "relax_limits": True,
            "worker_ttl": 2,
            "poll_interval": 0.1,
            "cancel_grace": 0.5,
            "resident_grace": 1,
            "max_attempts": 50,
            "fetch_map": {"https://clips.test/": self.clip.parent},
            "engine": "fault_engines:Noted",
            **self.settings,
        }
        environment = {
            **os.environ,
            **Settings(**given).environment(),
            "PYTHONPATH": os.pathsep.join(filter(None, (str(HERE), os.environ.get("PYTHONPATH")))),
            "FAULTS_STARTS": str(self.starts),
            "FAULTS_CLIP": str(self.clip),
            **self.environment,
        }
        if points := self.points.get(kind):
            environment["CUTROOM_FAULT_POINTS"] = json.dumps(points)
        words = {
            "server": ["serve", "--workers", "0", "--port", str(self.ports[number % self.servers])],
            "worker": ["worker"],
        }[kind]
        program = ["-m", "cutroom.cli"]
        if kind == "worker" and "FAULTS_PATIENCE" in self.environment:
            program = [str(HERE / "fault_worker.py")]
        there, _ = self.elsewhere.get(name, ((), ""))
        command = [*there, sys.executable, *program, *words]
        return Process(name, command, environment, self.folder / f"{name}.log")

    def _reached(self, kind, name):
        url = sa.make_url(self.database_url)
        if name in self.elsewhere:
            url = url.set(host=self.elsewhere[name][1])
        if kind == "worker" and self.role:
            url = url.set(username=self.role)
        return url.set(port=self.through or url.port).render_as_string(hide_password=False)

    # --- what was kept
    def pending(self):
        """How much is not over yet: generations that are open, messages that wait."""
        rows, sent = tables.generations.c, tables.deliveries.c
        with db.reading(self.engine) as tx:
            waits = sa.select(sa.func.count()).where(rows.status.in_(["queued", "processing"]))
            unsent = sa.select(sa.func.count()).where(sent.status == "pending")
            return tx.execute(waits).scalar() + tx.execute(unsent).scalar()

    def kept(self):
        """Everything that the checker wants to know; to be asked when all has ended."""
        with db.reading(self.engine) as tx:
            read = {
                table.name: tx.execute(sa.select(table)).all()
                for table in map(vars(tables).__getitem__, TABLES)
            }
        return Kept(
            rows=[row_of(one) for one in read["generations"]],
            balances={row.name: (row.balance, row.held) for row in read["namespaces"]},
            entries=[(e.namespace, e.kind, e.amount, e.generation) for e in read["entries"]],
            events=[(e.namespace, e.seq, e.name, e.generation) for e in read["events"]],
            deliveries=[(d.id, d.webhook, d.generation, d.status) for d in read["deliveries"]],
            webhooks={w.id: w.namespace for w in read["webhooks"]},
            queued=self._queued(),
            files=self._results(),
        )

    def begun(self):
        """(id, when) of each time that an engine began."""
        lines = self.starts.read_text().splitlines()
        return [(one, float(when)) for one, when in (line.split() for line in lines)]

    def _queued(self):
        queue = Queue(self.engine, 1)
        try:
            waits = queue._client.list_workflows(
                status=["ENQUEUED", "PENDING"], load_input=False, load_output=False
            )
            return [one.workflow_id for one in waits]
        finally:
            queue.close()

    def _results(self):
        found = {}
        for namespace in self.namespaces:
            for path in (self.files / namespace / "playground").rglob("*.mp4"):
                found[str(path.relative_to(self.files))] = wrong_with(path)
        return found


def row_of(found):
    """A generation's row, as the checker wants it."""
    return Row(**{name: getattr(found, name) for name in Row.__dataclass_fields__})


def wrong_with(path):
    """What is wrong with an MP4 file, empty where it is whole."""
    left = path.stat().st_size
    with path.open("rb") as file:
        while left > 0:
            size = int.from_bytes(file.read(8)[:4], "big")
            if size < 8 or size > left:
                return "cut off"
            file.seek(size - 8, os.SEEK_CUR)
            left -= size
    try:
        return "" if probe(path).frames > 0 else "empty"
    except InvalidMedia as error:
        return error.message


def children(pid, word=""):
    """The pids of a process's children, of all generations, whose command has the word."""
    found, waiting = [], [pid]
    while waiting:
        parent = waiting.pop()
        with suppress(OSError):
            for task in Path(f"/proc/{parent}/task").iterdir():
                waiting += [int(one) for one in (task / "children").read_text().split()]
        with suppress(OSError):
            command = Path(f"/proc/{parent}/cmdline").read_bytes().decode(errors="replace")
            if parent != pid and word in command:
                found.append(parent)
    return found
