"""What it costs and gives to divide one long result: python benchmarks/divided.py [SECONDS] [PROMPT...].

The engine makes the same clip in one process, and in two that share its segments, each pinned to a core of its own. The
segments are handed out by this process as workers would hand them out; queue, database and storage are not in it.
"""

import hashlib
import multiprocessing
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from cutroom.engine import Silent, Turn
from cutroom.engines.classical.engine import Classical
from cutroom.media.probe import probe
from cutroom.sample import birds
from cutroom.types import Clip, Edit, Kind

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

Counters: TypeAlias = "tuple[Synchronized[int], Synchronized[int]]"


class Shared:
    """A division over two counters that processes share: the next segment, and how many are made."""

    def __init__(self, counters: "Counters", *, joins: bool) -> None:
        self._next, self._made = counters
        self.joins = joins
        self._count = 0

    def begin(self, _mark: str, spans: Sequence[tuple[int, int]], *, joined: bool) -> None:
        """Hear how many there are."""
        assert joined == self.joins
        self._count = len(spans)

    def next(self, made: int | None) -> Turn:
        """The next number that nobody was given."""
        if made is not None:
            with self._made.get_lock():
                self._made.value += 1
        with self._next.get_lock():
            if (number := self._next.value) < self._count:
                self._next.value += 1
                return Turn(number, over=False, done=0)
        return Turn(None, over=not self.joins or self._made.value == self._count, done=0)

    def at(self, _frames: int) -> None:
        """Nobody looks."""


def work(core: int, edit: Edit, out: Path, counters: "Counters", told: Any) -> None:  # noqa: ANN401
    """One worker's engine, on one core; that of core 0 joins."""
    os.sched_setaffinity(0, {core})
    Classical().share(edit, out, Silent(), Shared(counters, joins=core == 0))
    used = resource.getrusage(resource.RUSAGE_SELF)
    told.put(used.ru_utime + used.ru_stime)


def run(clip: Clip, prompt: str, workers: int, folder: Path) -> tuple[float, float, str]:
    """Wall seconds, CPU seconds, SHA-256 of the result."""
    context = multiprocessing.get_context("spawn")
    counters = (context.Value("i", 0), context.Value("i", 0))
    told, out = context.Queue(), folder / f"{workers}.mp4"
    edit = Edit("x", "m", Kind.EDIT, prompt, video=clip, seed=1)
    edit = replace(edit, parts=folder / str(workers) / "parts")
    begun = time.perf_counter()
    processes = [
        context.Process(target=work, args=(core, edit, out, counters, told))
        for core in range(workers)
    ]
    for one in processes:
        one.start()
    used = sum(told.get() for _ in processes)
    for one in processes:
        one.join()
    took = time.perf_counter() - begun
    shutil.rmtree(folder / str(workers))
    return took, used, hashlib.sha256(out.read_bytes()).hexdigest()


def main() -> None:
    """Print a line for each prompt."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 80
    prompts = sys.argv[2:] or ["make it sepia", "replace the sky with a sunset"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        birds(folder / "clip.mp4", seconds=seconds, size=(640, 360), rate=25)
        clip = probe(folder / "clip.mp4")
        print(f"{clip.frames} frames of {clip.width}x{clip.height}; load {os.getloadavg()[0]:.1f}")
        for prompt in prompts:
            one, two = (run(clip, prompt, workers, folder) for workers in (1, 2))
            assert one[2] == two[2], "not the same to the bit"
            print(
                f"{prompt}: 1 worker {one[0]:.1f} s, CPU {one[1]:.1f} s; 2 workers {two[0]:.1f} s,"
                f" CPU {two[1]:.1f} s: {one[0] / two[0]:.2f} times as fast, CPU x {two[1] / one[1]:.2f}"
            )


if __name__ == "__main__":
    main()
