"""Named points on a generation's way, at which a test kills the process, holds it or has it fail.

CUTROOM_FAULT_POINTS is a JSON object, point -> action: `{"taken": "kill", "stored": "sleep 3"}`. It is
read once, when a process starts; without it nothing ever happens here, and nothing that comes in a
request is looked at.

    kill        SIGKILL to this very process
    raise       an exception that nobody expects
    sleep N     N seconds, then on

Each may end in `once FILE`: only for whoever makes that file, the first of all processes.
"""

import json
import logging
import os
import re
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

VARIABLE = "CUTROOM_FAULT_POINTS"

Point = Literal[
    "enqueue-committed", "taken", "downloading", "engine-done", "uploading", "stored", "settling"
]
"""After the commit of a request; with the claim in hand; with a part of an input on disk; with the engine's
result, not stored; with a part of a file in the storage; with the result stored, no end written; inside
the transaction of an end."""

ACTION = re.compile(r"(kill|raise|sleep \d+(?:\.\d+)?)(?: once (\S.*))?")

log = logging.getLogger(__name__)


class Fault(Exception):  # noqa: N818 - says what happened
    """What `raise` raises; no part of the program knows it."""


@dataclass(frozen=True, slots=True)
class Action:
    """What is done at a point."""

    what: str
    once: Path | None

    def mine(self) -> bool:
        """Whether it is still to be done, and by this process."""
        if self.once is None:
            return True
        with suppress(FileExistsError):
            os.close(os.open(self.once, os.O_CREAT | os.O_EXCL))
            return True
        return False


def actions(told: str) -> Mapping[str, Action]:
    """The actions that a value of CUTROOM_FAULT_POINTS comes to. Raises ValueError."""
    found = {}
    for name, text in (json.loads(told) if told else {}).items():
        match = ACTION.fullmatch(text)
        if match is None or name not in Point.__args__:  # type: ignore[attr-defined]
            raise ValueError(f"{VARIABLE}: {name!r}: {text!r} is no point with an action.")
        found[name] = Action(match[1], Path(match[2]) if match[2] else None)
    return found


_ACTIONS = actions(os.environ.get(VARIABLE, ""))


def reach(point: Point) -> None:
    """Be at a point. Nothing happens there unless this process was started with an action for it."""
    if point in _ACTIONS and _ACTIONS[point].mine():
        _act(point, _ACTIONS[point].what)


def _act(point: Point, what: str) -> None:
    log.warning("at the point %s: %s", point, what)
    if what == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "raise":
        raise Fault(point)
    time.sleep(float(what.removeprefix("sleep ")))
