"""How long `cutroom --help` takes, and `cutroom serve` until it takes work. Prints Markdown."""

import statistics
import tempfile
from pathlib import Path

from measure import cutroom, machine, run

from cutroom.cli.local_server import local_server


def main() -> None:
    """Measure and print."""
    print(f"{machine()}.\n")
    print("| what | median s | best s | worst s |")
    print("| --- | --: | --: | --: |")
    for name, words in {
        "`cutroom --help`": ["--help"],
        "`cutroom edit --help`": ["edit", "-h"],
    }.items():
        row(name, [run([*cutroom(), *words]).wall for _ in range(10)])
    firsts, seconds = [], []
    for _ in range(5):
        with tempfile.TemporaryDirectory() as data:
            for times in (firsts, seconds):
                with local_server(Path(data)) as server:
                    times.append(server.ready_after)
    row("`cutroom serve` ready, first start", firsts)
    row("`cutroom serve` ready, later starts", seconds)


def row(name: str, times: list[float]) -> None:
    """One line of the table."""
    print(f"| {name} | {statistics.median(times):.2f} | {min(times):.2f} | {max(times):.2f} |")


if __name__ == "__main__":
    main()
