"""The short form of `make soak`: some generations while everything is killed at random."""

import sys

import pytest
from soak import Soak

from servers import Postgres

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_random_kills_of_everything(tmp_path, birds_clip, database):
    postgres = Postgres.make(tmp_path / "postgres") if database == "postgres" else None
    made = Soak(tmp_path, birds_clip, seed=5, count=40, pause=2.0, postgres=postgres)
    try:
        wrong = made.run()
        assert wrong == []
        assert made.killer.kills
    except BaseException:
        made.killer.stop()
        print(made.town.tail())
        raise
    finally:
        made.close()
        if postgres:
            postgres.stop()
