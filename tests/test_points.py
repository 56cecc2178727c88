"""Named points: what they do to a process that was started with actions, and that no other minds them."""

import json
import os
import subprocess
import sys
import time

import pytest

from cutroom import points

WALK = """
import sys
from cutroom import points
for point in sys.argv[1:]:
    points.reach(point)
    print(point, flush=True)
"""


def walk(actions, *names):
    environment = {**os.environ, points.VARIABLE: json.dumps(actions) if actions else ""}
    command = [sys.executable, "-c", WALK, *names]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=30, check=False
    )


def test_without_actions_nothing_happens():
    names = points.Point.__args__
    done = walk({}, *names)
    assert (done.returncode, done.stdout.split()) == (0, list(names))


def test_kill_ends_the_process_there_and_raise_raises():
    done = walk({"stored": "kill"}, "taken", "stored", "settling")
    assert (done.returncode, done.stdout.split()) == (-9, ["taken"])
    done = walk({"settling": "raise"}, "taken", "settling")
    assert (done.returncode, done.stdout.split()) == (1, ["taken"])
    assert "Fault: settling" in done.stderr


def test_sleep_holds_the_process():
    began = time.monotonic()
    assert walk({"taken": "sleep 0.5"}, "taken").returncode == 0
    assert time.monotonic() - began >= 0.5


def test_once_is_for_the_first_process_alone(tmp_path):
    action = {"taken": f"kill once {tmp_path / 'a mark'}"}
    assert [walk(action, "taken").returncode for _ in range(3)] == [-9, 0, 0]


@pytest.mark.parametrize(
    "told", ['{"takn": "kill"}', '{"taken": "kill-all"}', '{"taken": "sleep"}', "kill"]
)
def test_what_cannot_be_meant_stops_the_program(told):
    with pytest.raises(ValueError, match=r".+"):
        points.actions(told)


def test_a_process_that_runs_already_does_not_look_again(monkeypatch):
    monkeypatch.setenv(points.VARIABLE, '{"taken": "raise"}')
    points.reach("taken")
