"""One window on every rung of the ladder, at full size with random weights: seconds and memory of the card.

    python benchmarks/diffusion/ladder.py --folder /big/disk/random --out results    Bernini-R 14B, two experts: 41 GB of files
    python benchmarks/diffusion/ladder.py --folder /tmp/random --out /tmp/rungs --tiny    on a CPU, to try the script

The weights are written if they are not there, and loaded by the engine's own loader. Each rung makes the same edit of one window in
two steps, one for each expert, without guidance; what `needs` says is what the ladder reckons with when it chooses where to begin.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import random_weights
import torch

from cutroom.engine import Silent
from cutroom.engines.diffusion.families.bernini import Bernini
from cutroom.engines.diffusion.family import Film, Shot
from cutroom.engines.diffusion.knobs import Knobs
from cutroom.engines.diffusion.runtime.machine import Machine
from cutroom.engines.diffusion.runtime.making import Home, Making
from cutroom.engines.diffusion.runtime.memory import LADDER, Needs
from cutroom.engines.diffusion.runtime.speed import Speed
from cutroom.errors import Cancelled
from cutroom.types import Kind
from cutroom.weights.rows import Profile, Recipe

RUNGS = [rung.name for rung in LADDER]
STEPS = 2


class Ladder:
    """A loaded family that steps down rung by rung."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.given = given
        self.machine = Machine.here(cpu=not torch.cuda.is_available())
        width, height, frames = (64, 32, 9) if given.tiny else (848, 480, given.frames)
        gigabytes = {"bernini-14b": 84, "bernini-1.3b": 19}[given.model]
        self.recipe = Recipe(
            profile=Profile.DEFAULT, kind=Kind.EDIT, family="bernini", weights=(random_weights.ID,),
            memory=gigabytes * 10**9, memory_least=1, rate=16, window=frames, multiple=16,
            long_side=width, area=width * height, steps=STEPS, shift=3.0, images=4,
        )  # fmt: skip
        began = time.monotonic()
        folders = {random_weights.ID: given.folder / random_weights.ID}
        self.family = Bernini(self.recipe, folders, self.machine)
        self.loading = time.monotonic() - began
        knobs = Knobs(weights=given.folder, compiled=given.out / "compiled")
        knobs = replace(knobs, fp8=given.fp8, compile=not given.no_compile)
        self.home = Home(self.family, self.recipe, self.machine)  # before weights are narrowed
        self.home.speed = Speed(self.family.parts, knobs, torch.device(self.machine.device))
        self.needs = replace(Needs.of(self.family.parts, self.recipe), work=self.home._work)  # noqa: SLF001  as it chooses
        frame = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
        video = np.stack([np.roll(frame, 4 * n, 1) for n in range(frames)])
        self.shot = Shot("make it snow", frames, width, height, seed=1, video=video)
        self.film: Film | None = None

    def rung(self, name: str) -> dict[str, Any]:
        """What one window takes there; the first one made on a machine compiles, too."""
        home, index = self.home, RUNGS.index(name)
        home.rung = index
        self.clear()
        began = time.monotonic()
        home.placing.settle(LADDER[index], lambda: None)
        self.settle()
        placed = time.monotonic() - began
        self.clear()
        resting = self.allocated()
        if self.film is None:  # the first one compiles
            began = time.monotonic()
            Making(home)(self.shot, Silent())
            print(f"  first window: {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)
            self.clear()
        began = time.monotonic()
        film = Making(home)(self.shot, Silent())
        taken = time.monotonic() - began
        self.film = film if self.film is None else self.film
        pace = home.pace
        a_pass = taken / (pace.text + pace.encode + STEPS + pace.decode)
        off = np.abs(film.astype(int) - self.film.astype(int))
        row = {
            "rung": name, "placed": placed, "seconds": taken, "pass": a_pass,
            "encode": pace.encode * a_pass, "decode": pace.decode * a_pass,
            "spread": float(film.std()), "needs": LADDER[index].need(self.needs), "resting": resting, "differs": float(off.mean()),
            **self.peaks(),
        }  # fmt: skip
        print(f"  {row}", file=sys.stderr, flush=True)
        return row

    def swap(self) -> dict[str, float]:
        """How long an expert takes onto the card, from a rung on which it leaves."""
        guest = self.home.placing._guests[id(self.family.parts.transformers[0])]  # noqa: SLF001  nobody else asks
        self.settle()
        began = time.monotonic()
        guest.come()
        self.settle()
        taken = time.monotonic() - began
        guest.leave()
        self.clear()
        return {"expert_bytes": guest.bytes, "expert_seconds": taken}

    def cancel(self) -> dict[str, float]:
        """How long after a cancel in the middle of a pass the family is free again."""
        wanted = Unwanted(after=0.5)
        try:
            Making(self.home)(self.shot, wanted)
        except Cancelled:
            heard = time.monotonic() - wanted.since
        self.settle()
        return {"cancel_heard": heard, "cancel_settled": time.monotonic() - wanted.since}

    def allocated(self) -> int:
        """Bytes of the card that tensors take."""
        return torch.cuda.memory_allocated() if torch.cuda.is_available() else 0

    def peaks(self) -> dict[str, int]:
        """The most since `clear`, by tensors and as torch holds it."""
        if not torch.cuda.is_available():
            return {"allocated": 0, "reserved": 0}
        return {
            "allocated": torch.cuda.max_memory_allocated(),
            "reserved": torch.cuda.max_memory_reserved(),
        }

    def settle(self) -> None:
        """Wait for the card."""
        if torch.cuda.is_available():
            torch.cuda.synchronize()

    def clear(self) -> None:
        """Forget what was most."""
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()


class Unwanted(Silent):
    """Cancels so long after the transformer began."""

    def __init__(self, after: float) -> None:
        self.since = 0.0
        self._after, self._most, self._began = after, 0.0, 0.0

    def __call__(self, done: float) -> None:
        """Raises Cancelled. Of two passes each is about a third of the whole."""
        if done < 0.2:
            return
        self._began = self._began or time.monotonic()
        if time.monotonic() - self._began > self._after:
            self.since = self.since or time.monotonic()
            raise Cancelled


def table(rows: Sequence[dict[str, Any]]) -> str:
    """The rungs as Markdown."""
    lines = [
        "| rung | s a window | s a pass | encode s | decode s | peak GB of tensors | peak GB held | reckoned GB | to come there s | mean difference |",
        "| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |",
    ]
    for row in rows:
        told = (row["seconds"], row["pass"], row["encode"], row["decode"])
        giga = (row["allocated"], row["reserved"], row["needs"])
        cells = [f"{one:.2f}" for one in told] + [f"{one / 1e9:.1f}" for one in giga]
        cells += [f"{row['placed']:.1f}", f"{row['differs']:.3f}"]
        lines.append(f"| {row['rung']} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options, write weights, climb down, print."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--folder", type=Path, required=True, help="of the random weights")
    options.add_argument("--out", type=Path, required=True, help="folder of ladder.json")
    options.add_argument("--model", default="bernini-14b", choices=("bernini-14b", "bernini-1.3b"))
    options.add_argument("--rungs", nargs="+", default=RUNGS, choices=RUNGS)
    options.add_argument("--frames", type=int, default=81, help="of the window, 4k+1")
    options.add_argument("--fp8", action="store_true", help="weights in fp8")
    options.add_argument("--no-compile", action="store_true")
    options.add_argument("--tiny", action="store_true", help="tiny networks, to try the script")
    given = options.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    experts = 2 if given.model == "bernini-14b" else 1
    random_weights.write(given.folder, given.model, experts=experts, tiny=given.tiny)
    ladder = Ladder(given)
    told: dict[str, Any] = {"card": ladder.machine.name, "loading": ladder.loading, "rungs": []}
    print(f"  loaded in {ladder.loading:.1f} s", file=sys.stderr, flush=True)
    for name in sorted(given.rungs, key=RUNGS.index):
        try:
            told["rungs"].append(ladder.rung(name))
            if name == "resident" and ladder.machine.card:
                told |= ladder.cancel()
            if name == "experts" and ladder.machine.card:
                told |= ladder.swap()
        except torch.OutOfMemoryError as error:
            print(f"  {name}: {str(error).splitlines()[0]}", file=sys.stderr)
        print({key: one for key, one in told.items() if key != "rungs"}, file=sys.stderr)
        (given.out / "ladder.json").write_text(json.dumps(told, indent=1), "utf-8")
    print(table(told["rungs"]))


if __name__ == "__main__":
    main()
