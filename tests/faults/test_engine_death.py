"""What an engine can do to its process costs it an attempt, or is an outcome; the worker lives on."""

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from cutroom.types import Status

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def test_an_engine_that_gets_killed_is_tried_again(running):
    generation = running.one("once:sleep:30 sleep:0.2")
    os.kill(running.working(generation), signal.SIGKILL)
    found = running.final(generation)
    assert (found.status, found.attempts) == (Status.SUCCEEDED, 2)
    running.check()


@pytest.fixture
def narrow():
    """Puts a process where it may have 50 MB more than it has; beyond them the kernel kills it."""
    root = Path("/sys/fs/cgroup/memory")
    root, limit = (root, "memory.limit_in_bytes") if root.is_dir() else (root.parent, "memory.max")
    folder = root / f"cutroom-{os.getpid()}"
    try:
        folder.mkdir()
        (folder / limit).write_text(str(1 << 40))
    except OSError as error:
        with suppress(OSError):
            folder.rmdir()
        pytest.skip(f"no control group of memory can be made here: {error.strerror}")

    def squeeze(pid):
        (folder / "cgroup.procs").write_text(str(pid))
        (folder / limit).write_text(str(50_000_000))  # counted from when it came in

    yield squeeze
    folder.rmdir()


def test_an_engine_that_runs_out_of_memory_costs_an_attempt(running, narrow):
    generation = running.one("sleep:0.5 once:hoard:500")
    narrow(running.working(generation))
    found = running.final(generation)
    assert (found.status, found.attempts) == (Status.SUCCEEDED, 2)
    assert "ended with -9" in running.tail()
    running.check()


@pytest.mark.parametrize(
    ("prompt", "reason"),
    [
        (
            "kill-self",
            "Gave up after 3 attempts: its engine was killed by SIGKILL (out of memory?).",
        ),
        ("exit", "Gave up after 3 attempts: its engine ended without a result (status 0)."),
    ],
)
def test_an_engine_that_always_dies_fails_with_a_reason(running, prompt, reason):
    found = running.final(running.one(prompt))
    assert (found.status, found.attempts) == (Status.FAILED, 3)
    assert (found.error_kind, found.error_message) == ("upstream", reason)
    running.check()


@pytest.mark.parametrize(
    ("prompt", "kind", "message"),
    [
        ("refuse", "cannot_do", "This cannot be done."),
        ("raise", "unknown_error", "Internal error"),
        ("nothing", "upstream", "The engine wrote no result."),
        ("junk", "upstream", "The engine's result is not a video."),
    ],
)
def test_an_error_is_an_outcome_and_not_tried_again(running, prompt, kind, message):
    found = running.final(running.one(prompt))
    assert (found.status, found.attempts) == (Status.FAILED, 1)
    assert (found.error_kind, found.error_message) == (kind, message)
    assert found.cost is None
    running.check()


@pytest.mark.parametrize("prompt", ["sleep:60", "sleep:0.3 deaf:60"])
def test_cancelling_ends_the_engine(running, prompt):
    generation = running.one(prompt)
    engine = running.working(generation)
    began = time.monotonic()
    running.cancel(generation)
    assert running.get(generation).status is Status.CANCELLED
    while running.alive(engine):
        assert time.monotonic() - began < 3, "the engine goes on"
        time.sleep(0.02)
    after = running.one("sleep:0.1")
    assert running.final(after).status is Status.SUCCEEDED
    assert running.get(generation).status is Status.CANCELLED
    running.check()


def test_cancelled_while_queued_never_runs(running):
    first, second = running.submit("sleep:1", count=2)
    running.cancel(second)
    assert running.final(first).status is Status.SUCCEEDED
    found = running.get(second)
    assert (found.status, found.started_at, found.attempts) == (Status.CANCELLED, None, 0)
    running.check()


def test_an_engine_that_takes_too_long_has_failed(house):
    house.settings = house.settings.model_copy(update={"engine_timeout": 0.8})
    house.start()
    found = house.final(house.one("deaf:60"))
    assert (found.status, found.attempts) == (Status.FAILED, 1)
    assert found.error_message == "The engine was stopped after 0.8 seconds."
    house.stop()
    house.check()


def test_the_log_keeps_what_was_asked_to_itself(running):
    for prompt in ("raise zanzibar", "kill-self zanzibar", "junk zanzibar", "sleep:0 zanzibar"):
        running.final(running.one(prompt))
    log = running.tail()
    assert "ValueError: a bug" in log
    assert "zanzibar" not in log


def test_cancelling_makes_no_noise(running):
    assert "dbos" not in running.tail(10**6).lower()
