"""The clock is set back an hour under everything that runs: a small library stands between the processes and the time."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from history import violations
from receiving import Receiver
from town import Town
from visitor import Visitor, together

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
HOUR = 3600


class Clock:
    """What processes take for the time, once they were started with its environment."""

    def __init__(self, folder):
        self._file = folder / "clock"
        self.set(0)
        library = folder / "clock.so"
        source = Path(__file__).with_name("clock.c")
        command = ["cc", "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"]
        subprocess.run(command, check=True, capture_output=True)
        self.environment = {"LD_PRELOAD": str(library), "FAULTS_CLOCK": str(self._file)}

    def set(self, seconds):
        """Have it be so many seconds off."""
        with self._file.open("r+b" if self._file.exists() else "w+b") as file:
            file.write(seconds.to_bytes(8, sys.byteorder, signed=True))


@pytest.fixture
def clock(tmp_path):
    if shutil.which("cc") is None:
        pytest.skip("there is no C compiler (on Debian: apt install gcc libc6-dev)")
    return Clock(tmp_path)


def test_a_clock_that_is_set_back_an_hour_delays_nothing(tmp_path, birds_clip, clock):
    receiver = Receiver()
    receiver.status = 500  # so that a message waits
    settings = {"webhook_timeout": 5, "webhook_allow": (receiver.authority,)}
    made = Town(
        tmp_path / "town",
        f"sqlite:///{tmp_path}/cutroom.db",
        birds_clip,
        workers=2,
        settings=settings,
        environment=clock.environment,
    )
    visitor = Visitor(made.urls, "alice", made.keys["alice"])
    try:
        made.start()
        visitor.hook(receiver)
        visitor.listen()
        (first,) = visitor.submit("sleep:0", "succeeded")
        assert visitor.follow(first) == "succeeded"
        receiver.until(1)
        (running, *waiting) = visitor.submit("sleep:2", "succeeded", 4)
        made.until(lambda: visitor.status(running) == "processing", 30, "nobody begins")
        receiver.status = 204
        clock.set(-HOUR)
        assert [visitor.follow(one, 60) for one in (running, *waiting)] == ["succeeded"] * 4
        # A death is noticed as it was before, although the dead one's last word is from the future.
        (frozen,) = visitor.submit("sleep:1", "succeeded")
        made.until(lambda: visitor.status(frozen) == "processing", 30, "nobody begins")
        pid = made.holder(frozen)
        os.kill(pid, signal.SIGSTOP)
        assert visitor.follow(frozen, 60) == "succeeded"
        os.kill(pid, signal.SIGCONT)
        made.until(lambda: not made.pending(), 30, "a message waits for an hour")
        visitor.heard(6)
        assert set(made.stop().values()) == {0}
        kept = made.kept()
        rows = {row.id: row for row in kept.rows}
        assert rows[frozen].completed_at < time.time() - HOUR / 2, "the clock was not set"
        assert [rows[one].attempts for one in (running, *waiting, frozen)] == [1, 1, 1, 1, 2]
        seen = together([visitor], made, receiver)
        seen.starts = []  # of which half were told by another clock
        wrong = [
            one for one in violations(seen, kept) if not one.endswith("no engine worked on it")
        ]
        assert wrong == []
        assert visitor.surprises == []
    except BaseException:
        print(made.tail())
        raise
    finally:
        visitor.close()
        made.close()
        receiver.close()
