"""A long result is gone on with after the death of its engine, and after that of its worker."""

import os
import signal
import sys

import pytest

from cutroom.sample import birds
from cutroom.types import Status

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def test_attempts_share_what_is_finished(house, tmp_path):
    house.clip = tmp_path / "long.mp4"
    birds(house.clip, seconds=8, size=(320, 180), rate=12)
    house.settings = house.settings.model_copy(
        update={
            "engines": {}, "segment": 12, "log_level": "debug",
            "fetch_map": {"https://clips.test/": tmp_path},
        }
    )  # fmt: skip
    kept = house.settings.data_dir / "files" / ".parts"
    left = house.settings.data_dir / "parts" / "of-one-that-is-no-more"
    left.mkdir(parents=True)
    house.start()
    generation = house.one("make it snow with film grain")

    def parts(of, than):
        """How many parts are finished, once they are more."""
        found = house.until(
            lambda: len(list((kept / of.id).glob("*/0*.mp4"))) > than, 60, "no part"
        )
        return found and len(list((kept / of.id).glob("*/0*.mp4")))

    first = parts(generation, 0)
    os.kill(house.engine_of(generation), signal.SIGKILL)
    parts(generation, first + 1)
    os.kill(house.worker_of(generation), signal.SIGKILL)
    found = house.final(generation)
    assert (found.status, found.attempts) == (Status.SUCCEEDED, 3)
    said = [line for line in house.tail(10**7).splitlines() if "going on after" in line]
    assert len(said) == 2, said
    cancelled = house.one("make it snow with film grain")
    parts(cancelled, 0)
    house.cancel(cancelled)
    house.until(lambda: not list(kept.iterdir()), 5, "parts are left over")
    assert not left.exists()
    house.stop()
    assert house.service.audit() == []
