"""A server of whichever cutroom this Python finds, under the attacks that the words name; told is how it ended.

Run as a program by `mutants.py`. Prints one of: holds, red (a guard fell), broken (no attack could tell).
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from cutroom.assault.suite import WITHOUT_SERVER
from cutroom.cli.local_server import local_server
from cutroom.errors import Unreachable

DOCTOR = [sys.executable, "-m", "cutroom.cli", "doctor", "--security", "--json"]


def outcome(verdicts: list[dict[str, str]]) -> str:
    """What the verdicts come to. An attack that broke down says nothing of a guard."""
    fallen = [one for one in verdicts if one["outcome"] == "fails"]
    told = [
        f"{one['attack']}, {one['guard']}: {one['says'][:90]}"
        for one in fallen
        if one["guard"] != "itself"
    ]
    if told:
        return "red " + told[0]
    if fallen or not any(one["outcome"] == "holds" for one in verdicts):
        return f"broken {fallen[:1]}"
    return "holds"


def attacked(attacks: list[str], environment: dict[str, str], *more: str) -> str:
    """What the doctor finds."""
    words = [word for name in attacks for word in ("--only", name)]
    done = subprocess.run(
        [*DOCTOR, *words, *more], env=environment, capture_output=True, text=True, check=False
    )
    try:
        return outcome(json.loads(done.stdout))
    except (ValueError, TypeError):  # an error, as JSON or not
        return f"broken {done.stderr[-300:]}"


def main(attacks: list[str]) -> str:
    """What comes of it."""
    if set(attacks) <= set(WITHOUT_SERVER):
        return attacked(attacks, dict(os.environ))
    with tempfile.TemporaryDirectory(prefix="assailed-") as folder:
        log = Path(folder, "serve.log")
        try:
            with local_server(Path(folder), poll_interval="0.1") as up:
                return attacked(attacks, dict(up.environment), "--url", up.url, "--log", str(log))
        except Unreachable as error:
            return f"broken {error}"


if __name__ == "__main__":
    print(main(sys.argv[1:]).replace("\n", " "))
