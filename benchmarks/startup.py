"""How long `cutroom --help` takes, and `cutroom serve` until it takes work. Prints Markdown.

The first run of each fills the caches and does not count.
"""

import statistics
import tempfile
from pathlib import Path

from measure import as_installed, cutroom, machine, run

from cutroom.cli.local_server import local_server


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


def row(name: str, times: list[float]) -> None:
    """One line of the table."""
    print(f"| {name} | {statistics.median(times):.2f} | {min(times):.2f} | {max(times):.2f} |")


if __name__ == "__main__":
    main()
