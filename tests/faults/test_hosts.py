"""Several hosts: a worker in a network namespace of its own, whose cable to the others can be pulled."""

import os
import shutil
import subprocess
import sys
import uuid
from contextlib import contextmanager

import pytest
from history import violations
from town import Town
from visitor import Visitor, together

from servers import Postgres

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs network namespaces")

FIRST, SECOND = "10.213.87.1", "10.213.87.2"
"""This host's end of the cable, and the other's."""

QUICK = "?connect_timeout=2&tcp_user_timeout=1500"
"""A dead connection is noticed sooner than is usual."""


def gave_up(log):
    """Whether a worker says that its work was not wanted any more."""
    return "broken off" in log or "too late" in log


class Host:
    """A network namespace that reaches this host by one cable."""

    def __init__(self):
        self.name = f"cut{uuid.uuid4().hex[:6]}"
        self.cable = f"v{self.name}"
        self.words = ("ip", "netns", "exec", self.name)

    def make(self):
        end = f"e{self.name}"
        ip("netns", "add", self.name)
        ip("link", "add", self.cable, "type", "veth", "peer", "name", end)
        ip("link", "set", end, "netns", self.name)
        ip("addr", "add", f"{FIRST}/30", "dev", self.cable)
        ip("-n", self.name, "addr", "add", f"{SECOND}/30", "dev", end)
        ip("-n", self.name, "link", "set", end, "up")
        ip("-n", self.name, "link", "set", "lo", "up")
        self.plug("up")

    def plug(self, way):
        """Pull the cable (`down`) or put it back (`up`)."""
        ip("link", "set", self.cable, way)

    def remove(self):
        subprocess.run(["ip", "link", "del", self.cable], check=False, capture_output=True)
        subprocess.run(["ip", "netns", "del", self.name], check=False, capture_output=True)


def ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


@contextmanager
def another_host():
    if os.getuid() != 0 or shutil.which("ip") is None:
        pytest.skip("network namespaces are for root, with iproute2")
    host = Host()
    try:
        try:
            host.make()
        except subprocess.CalledProcessError as error:
            pytest.skip(f"no network namespaces here: {error.stderr.strip()}")
        yield host
    finally:
        host.remove()


def test_the_work_of_a_host_that_is_cut_off_moves_and_what_it_did_meanwhile_counts_nothing(
    tmp_path, birds_clip
):
    with another_host() as host:
        postgres = Postgres.make(tmp_path / "postgres", host=f"127.0.0.1,{FIRST}")
        town = Town(
            tmp_path / "town",
            postgres.create() + QUICK,
            birds_clip,
            workers=1,
            elsewhere={"worker-0": (host.words, FIRST)},
        )
        visitor = Visitor(town.urls, "alice", town.keys["alice"])
        results = town.files / "alice" / "playground"
        try:
            town.start()
            (generation,) = visitor.submit("once:sleep:1", "succeeded")
            town.until(lambda: generation in town.starts.read_text(), 30, "nobody begins")
            host.plug("down")
            town.grow()
            # The engine over there gets done as well, but that can be told to nobody.
            assert visitor.follow(generation, 60) == "succeeded"
            host.plug("up")
            cut_off = town.processes[1]
            assert cut_off.name == "worker-0"
            town.until(lambda: gave_up(cut_off.log.read_text()), 60, "it does not notice")
            found = [one.name for one in (results / generation).iterdir()]
            assert found == ["2.mp4"]
            again = visitor.submit("sleep:0.1", "succeeded", count=3)
            assert {visitor.follow(one, 60) for one in again} == {"succeeded"}
            assert set(town.stop().values()) == {0}
            assert violations(together([visitor], town), town.kept()) == []
        except BaseException:
            print(town.tail())
            raise
        finally:
            visitor.close()
            town.close()
            postgres.stop()
