"""An edit from start to end through the HTTP API, with random weights at full size: time and memory of the whole way.

    python benchmarks/diffusion/edit.py --folder /big/disk/random             Bernini-R 14B, two experts: 41 GB of files
    python benchmarks/diffusion/edit.py --folder /tmp/random --tiny           on a CPU, to try the script

Writes the weights if they are not there, starts a server over an empty folder, asks for the same edit `--times` times and prints a
table: the first one loads the weights and compiles, the others do not. What comes out is noise; that it is a video of the source's
size, rate and length is checked.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Event, Thread
from typing import Any, Self

import random_weights

from cutroom.cli.client import Client
from cutroom.cli.local_server import local_server
from cutroom.media.probe import probe
from cutroom.sample import birds

MODEL = "kling-video-o3-pro-video-to-video-edit"
KEY = "YOUR_API_KEY"


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options, write weights, edit, print."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--folder", type=Path, required=True, help="of the random weights")
    options.add_argument("--model", default="bernini-14b", choices=("bernini-14b", "bernini-1.3b"))
    options.add_argument("--steps", type=int, default=4)
    options.add_argument("--seconds", type=float, default=5.0, help="of the clip; 5 are one window")
    options.add_argument("--times", type=int, default=2)
    options.add_argument("--gpus", type=int, default=1)
    options.add_argument("--tiny", action="store_true", help="tiny networks, to try the script")
    given = options.parse_args(arguments)
    began = time.monotonic()
    experts = 2 if given.model == "bernini-14b" else 1
    random_weights.write(given.folder, given.model, experts=experts, tiny=given.tiny)
    print(f"weights are there after {time.monotonic() - began:.0f} s", file=sys.stderr)
    with tempfile.TemporaryDirectory() as name:
        print("\n".join(edited(given, Path(name))))


def edited(given: argparse.Namespace, folder: Path) -> list[str]:
    """The table."""
    size = (64, 32) if given.tiny else (832, 480)
    clip, recipes = folder / "birds.mp4", folder / "recipes.toml"
    birds(clip, given.seconds, rate=16)
    window = 9 if given.tiny else 81
    gigabytes = 0 if given.tiny else {"bernini-14b": 84, "bernini-1.3b": 19}[given.model]
    recipes.write_text(
        random_weights.rows(
            memory=gigabytes * 10**9, window=window, long_side=size[0] + 16,
            area=size[0] * size[1], steps=given.steps,
        ),
        "utf-8",
    )  # fmt: skip
    settings = {
        "engine": "diffusion", "weights_dir": str(given.folder.absolute()),
        "recipes": str(recipes), "diffusion_gpus": str(given.gpus),
    }  # fmt: skip
    if given.tiny:
        settings |= {"diffusion_device": "cpu", "diffusion_profile": "small"}
    lines = [
        "| run | s from request to result | peak GB of the GPUs | notes |",
        "| --- | --: | --: | --- |",
    ]
    (folder / "data").mkdir()
    with local_server(folder / "data", **settings) as server, Memory() as memory:
        server.cutroom("keys", "create", "--namespace", "bench", "--key", KEY)
        server.cutroom("credits", "add", "--namespace", "bench", "1000")
        with Client(server.url, KEY) as client:
            address = client.upload(clip, "bench", "clips")
            for run in range(given.times):
                memory.peak = 0
                began = time.monotonic()
                row = ended(client, client.submit(MODEL, "make it snow", address))
                taken = time.monotonic() - began
                checked(client, row, clip, folder / "result.mp4")
                lines.append(told(run, taken, row, memory.peak))
    return lines


def ended(client: Client, generation: str) -> dict[str, Any]:
    """Its row, once it has ended. Exits where it failed."""
    while True:
        row = dict(client.generation(generation))
        if row["status"] == "succeeded":
            return row
        if row["status"] in {"failed", "cancelled"}:
            raise SystemExit(f"{row['status']}: {row.get('error_message')}")
        time.sleep(0.2)


def checked(client: Client, row: dict[str, Any], clip: Path, result: Path) -> None:
    """Exits unless the result is a video like its source."""
    client.download(row["result_url"], result)
    source, made = probe(clip), probe(result)
    for what in ("width", "height", "rate", "duration"):
        if getattr(source, what) != getattr(made, what):
            raise SystemExit(f"{what} of the result: {made}, of the source: {source}")


def told(run: int, taken: float, row: dict[str, Any], peak: int) -> str:
    """A line of the table."""
    notes = " ".join(row.get("notes") or [])
    return f"| {run + 1} | {taken:.1f} | {peak / 1e9:.1f} | {notes or '-'} |"


class Memory:
    """The most of all GPUs' memory that was in use, looked at twice a second; 0 without a driver."""

    def __init__(self) -> None:
        self.peak = 0
        self._over = Event()
        self._thread = Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        command = ["nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits"]
        while not self._over.wait(0.5):
            try:
                said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            except (OSError, subprocess.CalledProcessError):
                return
            self.peak = max(self.peak, sum(int(one) for one in said.split()) << 20)


if __name__ == "__main__":
    main()
