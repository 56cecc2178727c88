"""An engine that stays is the same process from generation to generation, until it is not to be trusted."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from cutroom.types import Status

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
EDIT = "kling-video-o3-pro-video-to-video-edit"
OMNI = "kling-video-o3-omni"


def told(house, generation, status=Status.SUCCEEDED):
    """Which edit of its process a generation was, the process, and what else it says."""
    found = house.final(generation)
    assert found.status is status, found
    _, count, _, pid = found.notes[0].split()
    return int(count), int(pid), found


def first(house):
    """The process that waits after an edit."""
    _, pid, _ = told(house, house.one("sleep:0"))
    assert house.alive(pid)
    return pid


def test_it_is_the_same_from_one_generation_to_the_next(staying):
    before, pid, _ = told(staying, staying.one("sleep:0.1"))
    for prompt, status in (("refuse", Status.FAILED), ("junk", Status.FAILED), ("sleep:0", Status.SUCCEEDED)):  # fmt: skip
        generation = staying.one(prompt)
        count, again, found = told(staying, generation, status)
        assert (count, again) == (before + 1, pid)
        before = count
        # Where it works is its own: nothing of the generation before lies there, and it is gone after.
        folder = next((staying.settings.data_dir / "work").glob("*")) / generation.id
        assert found.notes[1] == f"in {folder} with {['video']} and {folder}"
        assert Path(f"/proc/{pid}/cwd").readlink() == folder.parent
        staying.until(lambda: list(folder.parent.iterdir()) == [], 5, "something is left")  # noqa: B023


@pytest.mark.parametrize("prompt", ["sleep:60", "sleep:0.3 deaf:1.5 sleep:60"])
def test_a_cancel_that_it_obeys_leaves_it_in_its_place(staying, prompt):
    pid = first(staying)
    generation = staying.one(prompt)
    assert staying.working(generation) == pid
    staying.cancel(generation)
    _, again, _ = told(staying, staying.one("sleep:0"))
    assert again == pid
    assert staying.get(generation).status is Status.CANCELLED


def test_a_cancel_that_it_does_not_obey_ends_it(staying):
    pid = first(staying)
    generation = staying.one("sleep:0.3 deaf:60")
    staying.working(generation)
    staying.cancel(generation)
    count, other, _ = told(staying, staying.one("sleep:0"))
    assert (count, other != pid) == (1, True)
    assert not staying.alive(pid)


@pytest.mark.parametrize(
    ("prompt", "message"),
    [("raise", "Internal error"), ("break", "CUDA error: an illegal memory access was encountered.")],
)  # fmt: skip
def test_one_that_is_not_sound_is_not_asked_again(staying, prompt, message):
    pid = first(staying)
    _, same, found = told(staying, staying.one(prompt), Status.FAILED)
    assert (same, found.error_message, found.attempts) == (pid, message, 1)
    count, other, _ = told(staying, staying.one("sleep:0"))
    assert (count, other != pid) == (1, True)
    assert not staying.alive(pid)


def test_one_that_is_silent_for_longer_than_a_dead_worker_is_let_be(staying):
    _, pid, found = told(staying, staying.one("deaf:3"))
    assert (found.attempts, staying.alive(pid)) == (1, True)


def test_killed_while_it_works_it_costs_an_attempt(staying):
    pid = first(staying)
    generation = staying.one("once:sleep:60 sleep:0.1")
    assert staying.working(generation) == pid
    os.kill(pid, signal.SIGKILL)
    count, other, found = told(staying, generation)
    assert (count, other != pid, found.attempts) == (1, True, 2)


def test_killed_while_it_waits_it_costs_nothing_and_leaves_nothing(staying):
    _, pid, found = told(staying, staying.one("spawn"))
    spawned = int(found.notes[2].split()[1])
    assert staying.alive(spawned)
    os.kill(pid, signal.SIGKILL)
    staying.until(lambda: not staying.alive(spawned), 5, "what it started outlived it")
    count, other, found = told(staying, staying.one("sleep:0"))
    assert (count, other != pid, found.attempts) == (1, True, 1)


def test_another_engine_takes_its_place(staying):
    pid = first(staying)
    generation = staying.one("sleep:1", model=OMNI)
    other = staying.working(generation)
    assert other != pid
    assert not staying.alive(pid)
    assert staying.final(generation).status is Status.SUCCEEDED
    assert not staying.alive(other)


def test_it_dies_with_its_worker(staying):
    _, pid, _ = told(staying, staying.one("spawn"))
    started = staying.below(pid)
    assert len(started) == 2  # what it started, and what ends that
    (worker,) = [one for one in staying.below(staying.server.pid) if pid in staying.below(one)]
    os.kill(worker, signal.SIGKILL)
    gone = lambda: not any(map(staying.alive, [pid, *started]))  # noqa: E731
    staying.until(gone, 5, "they outlived the worker")
    count, other, _ = told(staying, staying.one("sleep:0"))
    assert (count, other != pid) == (1, True)


def test_a_time_limit_ends_it_and_so_does_the_end_of_the_server(house):
    engines = {EDIT: "fault_engines:Staying"}
    house.settings = house.settings.model_copy(update={"engines": engines})
    house.start(engine_timeout=2)
    pid = first(house)
    late = house.one("sleep:60")
    found = house.final(late)
    assert (found.status, found.error_message) == (
        Status.FAILED,
        "The engine was stopped after 2 seconds.",
    )
    assert not house.alive(pid)
    _, pid, found = told(house, house.one("spawn"))
    spawned = int(found.notes[2].split()[1])
    began = time.monotonic()
    house.stop()
    assert time.monotonic() - began < 20
    assert not house.alive(pid)
    assert not house.alive(spawned)
    house.check()


def test_a_worker_that_goes_does_not_wait_for_it_and_takes_all_of_it_along(house):
    engines = {EDIT: "fault_engines:Staying"}
    house.settings = house.settings.model_copy(update={"engines": engines, "resident_grace": 300})
    house.start(drain_timeout=0)
    generation = house.one("spawn sleep:0.5 once:deaf:300")
    house.working(generation)
    house.until(lambda: house.get(generation).progress > 0.7, 30, "it hears everything")
    started = house.below(house.server.pid)
    assert len(started) == 4  # the worker, the engine, what that started, and what ends it all
    house.stop(timeout=20)
    assert not any(map(house.alive, started))
    house.start()
    _, _, found = told(house, generation)
    assert found.attempts == 2
    house.stop()
    house.check()
