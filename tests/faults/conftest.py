"""A house: one installation on disk, whose server is a real process that tests may kill."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from cutroom.db import reading
from cutroom.service import Service
from cutroom.settings import Settings
from cutroom.tables import events, generations, workers
from cutroom.types import Status

MODEL = "kling-video-o3-pro-video-to-video-edit"
OMNI = "kling-video-o3-omni"
HERE = Path(__file__).parent
PRICE = 336_000


class House:
    def __init__(self, folder: Path, clip: Path, **settings):
        self.clip = clip
        self.settings = Settings(
            data_dir=folder,
            relax_limits=True,
            worker_ttl=2,
            poll_interval=0.2,
            cancel_grace=0.5,
            resident_grace=2.5,
            fetch_map={"https://clips.test/": clip.parent},
            engines={MODEL: "fault_engines:Obedient"},
            **settings,
        )
        self.server = None
        self.up = folder / "up"
        self.service = Service.open(self.settings)
        self.service.first_start()
        self.started = self.service.balance("default").total

    # --- processes
    @staticmethod
    def alive(pid):
        return alive(pid)

    @staticmethod
    def below(pid):
        return descendants(pid)

    @staticmethod
    def until(condition, timeout, otherwise):
        return until(condition, timeout, otherwise)

    def start(self, **changes):
        settings = self.settings.model_copy(update=changes)
        self.up.unlink(missing_ok=True)
        with (self.settings.data_dir / "server.log").open("a") as log:
            self.server = subprocess.Popen(
                [sys.executable, str(HERE / "fault_server.py")],
                env={**os.environ, **settings.environment(), "PYTHONPATH": str(HERE)},
                stdout=log,
                stderr=log,
            )
        return self

    def kill_server(self):
        children = descendants(self.server.pid)
        self.server.kill()
        self.server.wait()
        until(lambda: not any(map(alive, children)), 5, "the workers outlived their server")

    def stop(self, timeout=60):
        until(self.up.exists, 30, "the server does not start")
        self.server.terminate()
        assert self.server.wait(timeout) == 0

    def close(self):
        if self.server and self.server.poll() is None:
            children = descendants(self.server.pid)
            self.server.kill()
            self.server.wait()
            until(lambda: not any(map(alive, children)), 5, "the workers outlived their server")
        self.service.close()

    def worker_of(self, generation):
        """The pid of the worker that holds a generation."""
        query = (
            sa.select(workers.c.pid)
            .join(generations, generations.c.worker == workers.c.id)
            .where(generations.c.id == generation.id)
        )
        with reading(self.service._engine) as tx:
            return tx.execute(query).scalar()

    def engine_of(self, generation):
        """The pid of the engine's process that works on a generation."""
        worker = self.worker_of(generation)
        return next(iter(descendants(worker)), None) if worker else None

    # --- generations
    def submit(self, prompt, count=1, namespace="default", model=MODEL):
        body = {
            "model": model,
            "prompt": prompt,
            "input_video": f"https://clips.test/{self.clip.name}",
            "num_generations": count,
        }
        return self.service.submit(self.service.caller(namespace), body)

    def one(self, prompt, **more):
        return self.submit(prompt, **more)[0]

    def get(self, generation):
        return self.service.get(self.service.caller(generation.namespace), generation.id)

    def workers(self):
        """The pids of all that the server started."""
        return descendants(self.server.pid)

    def working(self, generation):
        """The engine's pid, once it works on the generation."""
        until(lambda: self.get(generation).progress > 0.02, 60, "nobody works on it")
        return until(lambda: self.engine_of(generation), 5, "progress without an engine")

    def final(self, generation, timeout=90):
        found = self.service.wait(generation.id, timeout)
        assert found.status.final, f"stuck in {found.status}: {self.tail()}"
        return found

    def cancel(self, generation):
        self.service.cancel(self.service.caller(generation.namespace), generation.id)

    def check(self, *namespaces):
        """Nothing lost, nothing billed twice, nothing stuck, and the books are right."""
        assert self.service.audit() == []
        for namespace in namespaces or ("default",):
            balance = self.service.balance(namespace)
            caller = self.service.caller(namespace)
            assert self.service.history.newest(caller) == []
            assert balance.held == 0
            paid = self.service.history.newest(caller, statuses=[Status.SUCCEEDED])
            for generation in paid:
                assert generation.cost == PRICE
                assert self.service.files.find(generation.result_key).bytes > 0
            assert balance.total == self.started - PRICE * len(paid)
        with reading(self.service._engine) as tx:
            ended = tx.execute(sa.select(generations.c.id).where(generations.c.completed_at > 0))
            told = tx.execute(sa.select(events.c.generation))
            assert sorted(told.scalars()) == sorted(ended.scalars())
        work = self.settings.data_dir / "work"
        assert [path for path in work.glob("*/*") if path.exists()] == []

    def tail(self, most=5000):
        return (self.settings.data_dir / "server.log").read_text()[-most:]


def until(condition, timeout, otherwise):
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.02)
    pytest.fail(otherwise)


def alive(pid):
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"


def descendants(pid):
    """The children of a process, and theirs."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(entry.name)] = int(
                (entry / "stat").read_text().rpartition(") ")[2].split()[1]
            )
        except OSError:
            continue
    found, waiting = [], [pid]
    while waiting:
        parent = waiting.pop()
        children = [child for child, its in parents.items() if its == parent]
        found += children
        waiting += children
    return found


@pytest.fixture
def house(tmp_path, birds_clip):
    """A house whose server the test starts and stops."""
    made = House(tmp_path / "house", birds_clip, workers=1)
    yield made
    made.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory, birds_clip):
    """A house whose server runs through all tests of a module."""
    made = House(tmp_path_factory.mktemp("running"), birds_clip, workers=1).start()
    yield made
    made.stop()
    made.check()
    made.close()


@pytest.fixture(scope="module")
def staying(tmp_path_factory, birds_clip):
    """A house whose engine stays, and where another model has an engine that does not."""
    made = House(tmp_path_factory.mktemp("staying"), birds_clip, workers=1)
    engines = {MODEL: "fault_engines:Staying", OMNI: "fault_engines:Obedient"}
    made.settings = made.settings.model_copy(update={"engines": engines})
    yield made.start()
    made.stop()
    assert made.service.audit() == []
    made.close()
