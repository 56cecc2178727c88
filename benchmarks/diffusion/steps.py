"""How long one denoise step takes at full size, beside plain diffusers and beside a matrix product in the same run.

Nothing is downloaded: weights are random and made on the card. For every model and size the forward passes of which its
steps consist are timed one by one, first as diffusers has them (the stock class, eager, torch's attention), then as this
engine runs them (compiled blocks, the card's best exact attention kernel, clean tokens of the source kept). A step is the sum of its passes.
Results are written after every case, so that a run that is cut short leaves what it has; the next one goes on from there.

    python benchmarks/diffusion/steps.py --out results --budget-seconds 540
    python benchmarks/diffusion/steps.py --out results --cases bernini-14b/480p parts
    python benchmarks/diffusion/steps.py --tiny --out /tmp/tiny        on a CPU, in seconds: shows only that it runs
"""

import argparse
import gc
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import networks
import torch
from clock import SQUARES, matrix_rate, memory, operations, profiled, seconds
from kernels import kernels
from networks import MODELS, SIZES, TINY_MODELS, TINY_SIZES, Model, Size, shortened
from parts import parts
from settings import settings
from table import about, written

from cutroom.engines.diffusion.families.in_context import Stream
from cutroom.engines.diffusion.family import Parts
from cutroom.engines.diffusion.knobs import Knobs
from cutroom.engines.diffusion.runtime.speed import Speed

LEAST_RATE = 0.25
"""Share of the matrix rate that a pass is reckoned to reach at least, to know what fits into the budget."""


@dataclass(frozen=True)
class Pass:
    """What one forward pass sees besides the noise."""

    video: bool = False
    images: int = 0
    """References, each as large as a frame."""

    def frames(self, target: int) -> int:
        """Latent frames in all, which is what a pass costs."""
        return target + target * self.video + self.images


MODES: dict[str, tuple[Pass, ...]] = {
    "v2v": (Pass(video=True), Pass(video=True)),
    "rv2v": (Pass(), Pass(video=True), Pass(video=True, images=2), Pass(video=True, images=2)),
    "t2v": (Pass(), Pass()),
}
"""The passes of one step: guidance of Bernini and Wan as published."""
OF_MODEL = {
    "bernini-14b": ("v2v", "rv2v"),
    "bernini-1.3b": ("v2v", "rv2v"),
    "wan-14b": ("t2v",),
    "wan-5b": ("t2v",),
}
CASES = (
    "attention", "bernini-14b/480p", "bernini-1.3b/480p", "wan-14b/480p", "parts", "settings", "wan-5b/480p",
    "bernini-14b/720p", "wan-14b/720p", "bernini-1.3b/720p", "wan-5b/720p",
)  # fmt: skip
"""In the order of what is wanted most."""


class Bench:
    """One run of the benchmark."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.given = given
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.dtype = torch.bfloat16 if self.device.type == "cuda" else torch.float32
        self.ends = time.monotonic() + given.budget_seconds
        self.models, self.sizes = (TINY_MODELS, TINY_SIZES) if given.tiny else (MODELS, SIZES)
        self.rate = matrix_rate(self.device, self.dtype, (256,) if given.tiny else SQUARES)

    def case(self, name: str) -> dict[str, Any]:
        """What was measured of one case. Raises NoTime."""
        if name == "parts":
            return {"parts": parts(self)}
        if name == "attention":
            return {"attention": kernels(self)}
        if name == "settings":
            return {"settings": settings(self)}
        model, size = name.split("/")
        return self._model(self.models[model], next(one for one in self.sizes if one.name == size))

    def _model(self, model: Model, size: Size) -> dict[str, Any]:
        modes = [one for one in OF_MODEL[model.name] if one in self.given.modes]
        wanted = list(dict.fromkeys(one for mode in modes for one in MODES[mode]))
        counted = {one: self.counted(model, size, one) for one in wanted}
        plain, _ = self._timed(model, size, counted, ours=False)
        ours, peak = self._timed(model, size, counted, ours=True)
        rows = []
        for mode in modes:
            passes = MODES[mode]
            work = sum(counted[one] for one in passes)
            step, stock = sum(ours[one] for one in passes), sum(plain[one] for one in passes)
            rows.append({
                "model": model.name, "mode": mode, "size": size.name, "frames": size.frames,
                "passes": len(passes), "seconds": step, "plain_seconds": stock, "tflop": work / 1e12,
                "ratio": step / stock, "share": work / step / self.rate,
                "plain_share": work / stock / self.rate, "bytes": peak,
            })  # fmt: skip
        return {"steps": rows}

    def counted(self, model: Model, size: Size, one: Pass) -> int:
        """Operations of a pass, from meta tensors; they must agree with the formula."""
        meta = torch.device("meta")

        def of(layers: int) -> int:
            network = networks.transformer(
                replace(model, layers=layers), meta, self.dtype, ours=False
            )
            return operations(self.a_pass(network, model, size, one, meta, streams=False))

        # All layers are alike, and counting forty takes a while.
        counted = of(1) + (of(2) - of(1)) * (model.layers - 1)
        frames, height, width = model.latent(size)
        tokens = one.frames(frames) * height * width // 4
        formula = model.layers * (
            2 * tokens * (6 * model.width**2 + 2 * model.width * model.hidden)
            + 4 * tokens**2 * model.width
            + 4 * tokens * networks.TEXT_TOKENS * model.width
        )
        if not self.given.tiny and abs(counted / formula - 1) > 0.02:
            raise SystemExit(f"counted {counted:.4g} operations, the formula says {formula:.4g}")
        return counted

    def _timed(
        self, model: Model, size: Size, counted: dict[Pass, int], *, ours: bool
    ) -> tuple[dict[Pass, float], int]:
        self.enough(sum(counted.values()), "ours" if ours else "plain")
        network = networks.transformer(model, self.device, self.dtype, ours=ours)
        speed = self.speed(network) if ours else None
        memory(self.device)
        taken = {}
        name = "ours " if ours else "plain"
        for one in counted:
            work = self.a_pass(
                network, model, size, one, self.device, streams=ours and one != Pass()
            )
            began = time.monotonic()
            with shortened(network):
                work()
            settled = time.monotonic() - began
            taken[one] = seconds(work, self.device, self.given.repeats, self.given.case_seconds)
            said = f"{model.name} {size.name} {one}: {taken[one]:.3f} s"
            print(
                f"  {name} {said} (two blocks first: {settled:.1f} s; in {time.monotonic() - began:.0f} s)",
                file=sys.stderr, flush=True,
            )  # fmt: skip
            if self.given.profile:
                with shortened(network):
                    told = profiled(work)
                file = (
                    f"profile-{model.name}-{size.name}-{name.strip()}-{one.video:d}{one.images}.txt"
                )
                (self.given.out / file).write_text(told, "utf-8")
        peak = memory(self.device)
        if speed:
            speed.undo()
        del network, work
        self.clear()
        return taken, peak

    def speed(self, network: torch.nn.Module, **more: Any) -> Speed:  # noqa: ANN401  knobs
        """The network as this engine runs it by the options, or by these knobs."""
        knobs = Knobs(weights=Path(), compiled=self.given.out / "compiled")
        return Speed(
            Parts((network,), None, network),
            replace(knobs, **(self._settings() | more)),
            self.device,
        )

    def _settings(self) -> dict[str, Any]:
        return {
            "attention": self.given.attention, "cache": "", "fp8": self.given.fp8,
            "compile": not self.given.no_compile,
        }  # fmt: skip

    def a_pass(
        self,
        network: torch.nn.Module,
        model: Model,
        size: Size,
        one: Pass,
        device: torch.device,
        *,
        streams: bool,
    ) -> Callable[[], object]:
        """One forward pass. Without streams the stock class gets as many latent frames as there would be in all."""
        frames, height, width = model.latent(size)
        text = torch.randn(1, networks.TEXT_TOKENS, model.text, device=device, dtype=self.dtype)

        def latent(count: int) -> torch.Tensor:
            return torch.randn(
                1, model.channels, count, height, width, device=device, dtype=self.dtype
            )

        more: dict[str, Any] = {}
        target = latent(frames if streams else one.frames(frames))
        if streams:
            given = [latent(frames)] * one.video + [latent(1) for _ in range(one.images)]
            more["streams"] = [Stream(it, float(place)) for place, it in enumerate(given, 1)]
        time_of = (1, target.shape[2] * height * width // 4) if model.channels == 48 else (1,)
        timestep = torch.full(time_of, 500, device=device, dtype=torch.long)
        return lambda: network(target, timestep, text, return_dict=False, **more)

    def enough(self, work: int, what: str) -> None:
        """Raises NoTime unless a warm-up and one run of these passes fit into what is left."""
        needed = 2 * work / (self.rate * LEAST_RATE)
        if time.monotonic() + needed > self.ends:
            raise NoTime(f"{what} would take {needed:.0f} s")

    def clear(self) -> None:
        """Leave nothing on the card."""
        gc.collect()
        if self.device.type == "cuda":
            torch.cuda.empty_cache()


class NoTime(Exception):  # noqa: N818  says what happened
    """The budget does not reach."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options, measure what is not there yet, write after every case."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument(
        "--out", type=Path, required=True, help="folder of steps.json and steps.md"
    )
    options.add_argument("--cases", nargs="+", default=CASES, choices=CASES, metavar="CASE", help=", ".join(CASES))  # fmt: skip
    options.add_argument("--modes", nargs="+", default=[*MODES], choices=[*MODES])
    options.add_argument("--budget-seconds", type=float, default=3600)
    options.add_argument("--case-seconds", type=float, default=40, help="for one pass, about")
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--again", action="store_true", help="measure what is there already, too")
    options.add_argument("--tiny", action="store_true", help="tiny networks, to try the script")
    options.add_argument("--attention", default="", help="a kernel by diffusers' name")
    options.add_argument("--fp8", action="store_true", help="weights in fp8")
    options.add_argument("--no-compile", action="store_true")
    options.add_argument(
        "--profile", action="store_true", help="write where the time of two blocks goes"
    )
    given = options.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    file = given.out / "steps.json"
    bench = Bench(given)
    setting = about(bench.device, bench.dtype, bench.rate, vars(given))
    results = json.loads(file.read_text("utf-8")) if file.is_file() else {"cases": {}}
    then = results.get("about", setting)
    if any(then[key] != setting[key] for key in setting.keys() - {"date", "matrix_rate"}):
        raise SystemExit(f"{file} is of another machine or of other options: give another folder")
    results["about"] = setting
    for name in given.cases:
        if name in results["cases"] and not given.again:
            continue
        try:
            results["cases"][name] = {**bench.case(name), "matrix_rate": bench.rate}
        except (NoTime, torch.OutOfMemoryError) as error:
            print(f"{name}: left out: {error}", file=sys.stderr)
        bench.clear()
        file.write_text(json.dumps(results, indent=1), "utf-8")
        (given.out / "steps.md").write_text(written(results), "utf-8")
    print(written(results))


if __name__ == "__main__":
    main()
