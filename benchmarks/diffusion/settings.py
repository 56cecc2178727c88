"""What settings with a price do to a pass: weights in eight bits, a step that the first-block cache skips."""

from typing import TYPE_CHECKING, Any

import networks
import torch
from clock import memory, seconds

if TYPE_CHECKING:
    from steps import Bench

SETTINGS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("as it is", {}),
    ("a step that the first-block cache skips", {"cache": "first-block"}),
    ("weights in fp8", {"fp8": True}),
)


def settings(bench: "Bench") -> list[dict[str, Any]]:
    """A pass of Wan 14B with each. Raises NoTime."""
    from steps import Pass  # noqa: PLC0415  which loads this

    model, size = bench.models["wan-14b"], bench.sizes[0]
    rows = []
    for name, more in SETTINGS:
        bench.enough(bench.counted(model, size, Pass()), name)
        network = networks.transformer(model, bench.device, bench.dtype, ours=True)
        speed = bench.speed(network, **more)
        work = bench.a_pass(network, model, size, Pass(), bench.device, streams=False)
        memory(bench.device)
        with network.cache_context("cond"), torch.no_grad():
            # Twice the same: the second step differs by nothing, and may be skipped.
            given = bench.given
            taken = seconds(work, bench.device, given.repeats, given.case_seconds, warm=work)
        rows.append({"setting": name, "seconds": taken, "bytes": memory(bench.device)})
        speed.undo()
        del network, work, speed
        bench.clear()
    return rows
