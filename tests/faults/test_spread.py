"""A long result that several workers make together: the same to the bit as by one, whoever dies meanwhile."""

import hashlib
import os
import signal
import sys

import pytest
import sqlalchemy as sa
from tests.faults.conftest import MODEL, House

from cutroom.db import reading
from cutroom.engine import Silent
from cutroom.engines.classical.engine import Classical
from cutroom.media.probe import probe
from cutroom.sample import birds
from cutroom.tables import generations, segments, workers
from cutroom.types import Edit, Kind, Status

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
    pytest.mark.timeout(900),  # a guard against hanging: processes of several machines start on one
]
SNOW = "make it snow with film grain"


@pytest.fixture
def build(tmp_path):
    """Builds houses whose workers help each other, over a clip that comes to six segments."""
    clip = tmp_path / "long.mp4"
    birds(clip, seconds=4, size=(320, 180), rate=12)
    built = []

    def house(name, **settings):
        made = House(
            tmp_path / name, clip, segment=8, spread="always", provenance="off", **settings
        )
        made.settings = made.settings.model_copy(
            update={"engines": {MODEL: "unhurried_engine:Unhurried"}}
        )
        built.append(made)
        return made

    yield house
    for made in built:
        made.close()


def helped(house, generation):
    """The pids of workers that help with a generation, once there are any."""
    return house.until(lambda: helpers(house, generation), 240, "nobody helps")


def hold(*houses):
    """Nobody hurries."""
    for house in houses:
        (house.settings.data_dir / "hold").touch()


def go(*houses):
    for house in houses:
        (house.settings.data_dir / "hold").unlink()


def helpers(house, generation):
    """The pids of workers that make segments of a generation that another has."""
    query = (
        sa.select(workers.c.pid)
        .join(segments, segments.c.worker == workers.c.id)
        .join(generations, generations.c.id == segments.c.generation)
        .where(generations.c.id == generation.id, generations.c.worker != workers.c.id)
    )
    with reading(house.service._engine) as tx:
        return list(tx.execute(query).scalars())


def parts(house, generation):
    """How many parts are finished and lie in the storage."""
    query = sa.select(sa.func.count()).where(
        segments.c.generation == generation.id, segments.c.key.isnot(None)
    )
    with reading(house.service._engine) as tx:
        return tx.execute(query).scalar()


def rows(house):
    with reading(house.service._engine) as tx:
        return tx.execute(sa.select(sa.func.count()).select_from(segments)).scalar()


def alone(house, generation, prompt, folder):
    """What one process makes of it, in one go."""
    edit = Edit(
        generation.id, MODEL, Kind.EDIT, prompt, video=probe(house.clip), seed=generation.seed,
        encoding=house.settings.encoding,
    )  # fmt: skip
    Classical().edit(edit, folder / "alone.mp4", Silent())
    return hashlib.sha256((folder / "alone.mp4").read_bytes()).hexdigest()


def delivered(house, generation):
    found = house.final(generation, 240)
    assert found.status is Status.SUCCEEDED, found.error_message
    storage = house.service._storage
    return hashlib.sha256(b"".join(storage.open(found.result_key))).hexdigest()


def test_helpers_make_the_same_to_the_bit(build, tmp_path):
    town = build("town", workers=3).start(worker_ttl=30)  # a lock tells who died
    hold(town)
    killed = town.one(SNOW)
    os.kill(helped(town, killed)[0], signal.SIGKILL)
    go(town)
    assert delivered(town, killed) == alone(town, killed, SNOW, tmp_path)
    assert town.get(killed).attempts == 1
    # Another clip is made first, and that is looked at before anything is painted.
    hold(town)
    both = "play it backwards and replace the sky with a sunset"
    generation = town.one(both)
    helped(town, generation)
    go(town)
    assert delivered(town, generation) == alone(town, generation, both, tmp_path)
    hold(town)
    cancelled = town.one(SNOW)
    helped(town, cancelled)
    town.cancel(cancelled)
    town.until(lambda: rows(town) == 0, 60, "somebody goes on")
    kept = town.settings.data_dir / "files" / ".parts"
    town.until(lambda: not list(kept.iterdir()), 60, "parts are left over")
    town.stop()
    assert town.service.audit() == []
    assert town.service.balance("default").held == 0


def test_another_machine_goes_on_where_one_died(build, tmp_path, postgres_url, bucket, monkeypatch):
    for name, value in bucket.environment.items():
        monkeypatch.setenv(name, value)
    shared = {"workers": 1, "database_url": postgres_url, "storage_url": bucket.url}
    here, there = build("here", **shared).start(), build("there", **shared).start()
    hold(here, there)
    generation = here.one(SNOW)
    helped(here, generation)
    here.until(lambda: parts(here, generation), 240, "no part is finished")
    if here.worker_of(generation) not in here.below(here.server.pid):
        here, there = there, here
    here.kill_server()
    go(here, there)
    assert delivered(there, generation) == alone(there, generation, SNOW, tmp_path)
    assert there.get(generation).attempts > 1
    assert "going on after" in there.tail(10**6)
    there.until(lambda: rows(there) == 0, 60, "rows are left over")
    assert there.service._storage.contents(".parts") == ([], [])
    there.stop()
    assert there.service.audit() == []
