"""Each layer of the sandbox alone, and all of them: a real child tries to get out."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cutroom.sandbox import LAYERS, landlock, seccomp

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the layers are Linux's")

ALWAYS = {"own file", "move", "library", "thread"}
"""What a decoder needs."""
OF_CALLS = {
    "tcp", "udp", "unix", "abstract", "packet", "netlink", "trace", "signal", "limit", "fork", "shell", "exec",
    "namespace", "mount", "io_uring", "bpf",
}  # fmt: skip
OF_FILES = {"secret", "folder", "shadow", "write", "overwrite", "remove", "environ", "memory of", "trace"}  # fmt: skip
OF_LIMITS = {"memory", "large", "files"}

needs_seccomp = pytest.mark.skipif(not seccomp.available(), reason="no seccomp here")
needs_landlock = pytest.mark.skipif(landlock.version() < landlock.OLDEST, reason="no Landlock here")


def try_it(there, layers):
    Path(there["outside"], "removed").write_bytes(b"x")
    script = Path(__file__).with_name("getting_out.py")
    done = subprocess.run(
        [sys.executable, str(script), ",".join(layers)],
        input=json.dumps(there).encode(), capture_output=True, timeout=60, check=False,
        cwd="/", env={"OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def got_out(told):
    return {name for name, end in told.items() if end == "done"}


@pytest.fixture(scope="module")
def unbound(there):
    """What can be done here without any sandbox; containers forbid some of it themselves."""
    return got_out(try_it(there, []))


def test_without_layers_everything_can_be_had(unbound):
    assert ALWAYS | {"tcp", "udp", "unix", "abstract", "secret", "write", "overwrite", "remove", "environ",
                     "signal", "limit", "fork", "shell", "exec", "memory", "large", "files"} <= unbound  # fmt: skip


@needs_seccomp
def test_seccomp_alone(there, unbound):
    told = try_it(there, ["seccomp"])
    assert got_out(told) == unbound - OF_CALLS
    assert {told[name] for name in ("tcp", "udp", "unix", "abstract", "fork")} == {
        "PermissionError"
    }
    assert told["held"] == [["seccomp"], [], True]


@needs_landlock
def test_landlock_alone(there, unbound):
    denied = set(OF_FILES)
    if landlock.version() >= 4:
        denied |= {"tcp"}
    if landlock.version() >= 6:
        denied |= {"abstract", "signal"}
    told = try_it(there, ["landlock"])
    # Programs may not be read to be run, mounting is for nobody who is bound by Landlock.
    assert got_out(told) == unbound - denied - {"shell", "exec", "mount"}
    assert told["held"][2] is False  # UDP stays


def test_a_network_of_ones_own(there, unbound):
    told = try_it(there, ["network"])
    if told["held"][1]:
        pytest.skip(str(told["held"][1]))
    assert got_out(told) & {"tcp", "udp", "abstract"} == set()
    assert got_out(told) >= ALWAYS | {"secret", "fork"}
    assert told["held"] == [["network namespace"], [], True]


def test_limits_alone(there, unbound):
    told = try_it(there, ["limits"])
    assert got_out(told) == unbound - OF_LIMITS
    assert told["memory"] == "MemoryError"


def test_privileges_alone(there, unbound):
    told = try_it(there, ["privileges"])
    status = dict(line.split(":\t", 1) for line in told["status"].splitlines() if ":\t" in line)
    assert status["NoNewPrivs"] == "1"
    assert int(status["CapPrm"], 16) & ~0b110 == 0
    assert told["dumpable"] == 0
    assert got_out(told) & {"mount", "packet"} == set()
    if os.geteuid() == 0:
        assert {"mount", "packet"} & unbound


@needs_seccomp
@needs_landlock
def test_all_together(there, unbound):
    told = try_it(there, LAYERS)
    assert got_out(told) == ALWAYS
    assert told["held"][2] is True
    assert Path(there["secret"]).read_bytes() == b"the secret"
