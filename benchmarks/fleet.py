"""How soon a dead worker's generation runs elsewhere, and a cancelled one stops on another machine; over a real PostgreSQL.

    python benchmarks/fleet.py --repeats 5 --ttl 20

A server and two workers, processes with data folders of their own, as on three machines; everything else as it is by default.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx
import sqlalchemy as sa

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "faults")]

from town import TEXT, Town, children  # noqa: E402

from cutroom import db, tables  # noqa: E402
from cutroom.sample import birds  # noqa: E402
from servers import Postgres  # noqa: E402

DEFAULTS = {"poll_interval": 0.5, "cancel_grace": 1.0}


class Watched:
    """A town, and what a client with a stop-watch sees of it."""

    def __init__(self, town: Town) -> None:
        self.town = town
        key = town.keys["alice"]
        self.http = httpx.Client(
            base_url=town.urls[0], headers={"Authorization": f"Bearer {key}"}, timeout=30
        )

    def submit(self) -> str:
        """A generation that takes as long as it is let."""
        body = {"model": TEXT, "prompt": "sleep:600"}
        told = self.http.post("/api/ai/queue", json=body).raise_for_status().json()
        return str(told["generations"][0]["generation_id"])

    def begun(self, generation: str, times: int) -> float:
        """When an engine began with it for the nth time, in unix seconds."""
        return self.town.until(lambda: self._begun(generation, times), 600, "nobody begins")

    def _begun(self, generation: str, times: int) -> float | None:
        found = [when for one, when in self.town.begun() if one == generation]
        return found[times - 1] if len(found) >= times else None

    def holder(self, generation: str) -> int:
        """The pid of the worker that has it."""
        g, w = tables.generations.c, tables.workers.c
        query = sa.select(w.pid).join(tables.generations, g.worker == w.id)
        with db.reading(self.town.engine) as tx:
            return int(tx.execute(query.where(g.id == generation)).scalar_one())

    def moved(self) -> float:
        """Seconds from kill -9 of a worker to the engine that begins elsewhere."""
        generation = self.submit()
        self.begun(generation, 1)
        pid = self.holder(generation)
        dead = next(one for one in self.town.all("worker") if one.process.pid == pid)
        self.town.processes.remove(dead)
        killed = time.time()
        dead.process.kill()
        dead.process.wait()
        took = self.begun(generation, 2) - killed
        self.http.delete(f"/api/ai/queue/{generation}").raise_for_status()
        self.town.processes.append(dead)  # its machine is back
        self.town.until(lambda: self.workers() >= 2, 60, "it does not come back")
        return took

    def workers(self) -> int:
        """How many there are."""
        with db.reading(self.town.engine) as tx:
            return int(tx.execute(sa.select(sa.func.count(tables.workers.c.id))).scalar_one())

    def cancelled(self) -> float:
        """Seconds from a cancellation to the end of the engine's process."""
        generation = self.submit()
        self.begun(generation, 1)
        engines = children(self.holder(generation), "cutroom.worker.child")
        mine = [pid for pid in engines if generation in str(Path(f"/proc/{pid}/cwd").readlink())]
        asked = time.time()
        self.http.delete(f"/api/ai/queue/{generation}").raise_for_status()
        while any(Path(f"/proc/{pid}/cwd").exists() and has(pid, generation) for pid in mine):
            time.sleep(0.01)
        return time.time() - asked

    def connections(self) -> int:
        """Of all processes of the town together."""
        asked = sa.text(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        with db.reading(self.town.engine) as tx:
            return int(tx.execute(asked).scalar_one())


def has(pid: int, generation: str) -> bool:
    """Whether a process works in the folder of a generation."""
    try:
        return generation in str(Path(f"/proc/{pid}/cwd").readlink())
    except OSError:
        return False


def row(what: str, figures: list[float]) -> str:
    middle = statistics.median(figures)
    return f"| {what} | {len(figures)} | {min(figures):.1f} | {middle:.1f} | {max(figures):.1f} |"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--repeats", type=int, default=5)
    asked.add_argument("--ttl", type=float, default=20.0, help="CUTROOM_WORKER_TTL")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clip = folder / "birds.mp4"
        birds(clip, seconds=1, size=(320, 180), rate=12)
        postgres = Postgres.make(folder / "postgres")
        settings = {**DEFAULTS, "worker_ttl": given.ttl}
        town = Town(folder / "town", postgres.create(), clip, workers=2, settings=settings)
        try:
            watched = Watched(town.start())
            stopped = [watched.cancelled() for _ in range(given.repeats)]
            moved = [watched.moved() for _ in range(given.repeats)]
            print(
                f"load {os.getloadavg()[0]:.1f}, connections of 3 processes {watched.connections()}"
            )
            print("| what | runs | least s | median s | most s |")
            print("| --- | --: | --: | --: | --: |")
            print(
                row(
                    f"kill -9 of a worker to its generation's new engine, limit {given.ttl:g} s",
                    moved,
                )
            )
            print(row("cancel to the end of the engine's process", stopped))
        finally:
            town.close()
            postgres.stop()


if __name__ == "__main__":
    main()
