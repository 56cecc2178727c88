"""How long `cutroom --help` takes, `cutroom edit` until its first frame, `cutroom serve` until it takes work.

Prints Markdown. The first run of each fills the caches and does not count.
"""

import statistics
import sys
import tempfile
from pathlib import Path

from measure import as_installed, cutroom, machine, run

from cutroom.cli.local_server import local_server
from cutroom.sample import birds

FIRST_FRAME = """
import os
from cutroom.cli import main
from cutroom.media.encode import Encoder
Encoder.write_yuv = lambda *_: os._exit(0)
main()
"""
"""`cutroom`, which ends when the first frame is handed to the encoder."""
LOADED = "import os, cutroom.worker.child, cutroom.engines.classical.engine; os._exit(0)"
"""The process of a worker's engine, up to where it waits for an order."""


def main() -> None:
    """Measure and print."""
    as_installed()
    print(f"{machine()}.\n")
    print("| what | median s | best s | worst s |")
    print("| --- | --: | --: | --: |")
    for name, words in {
        "`cutroom --help`": ["--help"],
        "`cutroom edit --help`": ["edit", "-h"],
    }.items():
        row(name, [run([*cutroom(), *words]).wall for _ in range(11)][1:])
    firsts: list[float] = []
    seconds: list[float] = []
    for _ in range(6):
        with tempfile.TemporaryDirectory() as data:
            for times in (firsts, seconds):
                with local_server(Path(data)) as server:
                    times.append(server.ready_after)
    row("`cutroom serve` ready, first start", firsts[1:])
    row("`cutroom serve` ready, later starts", seconds[1:])

    edits()


def edits() -> None:
    """CPU seconds: on a machine where others work, the clock tells less."""
    print("\n| what | median CPU s | best | worst |")
    print("| --- | --: | --: | --: |")
    with tempfile.TemporaryDirectory() as name:
        clip, out = Path(name, "birds.mp4"), Path(name, "out.mp4")
        birds(clip, seconds=2)
        words = ["edit", clip, "make it black and white", "-o", out, "--force"]
        for what, command in {
            "`cutroom edit`, 720p, until the first frame goes to the encoder": [
                sys.executable, "-c", FIRST_FRAME, *words,
            ],
            "a worker's engine until it waits for work": [sys.executable, "-c", LOADED],
        }.items():  # fmt: skip
            row(what, [run(command).cpu for _ in range(11)][1:])


def row(name: str, times: list[float]) -> None:
    """One line of the table."""
    print(f"| {name} | {statistics.median(times):.2f} | {min(times):.2f} | {max(times):.2f} |")


if __name__ == "__main__":
    main()
