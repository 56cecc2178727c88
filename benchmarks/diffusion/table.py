"""The results as Markdown."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import diffusers
import torch

from cutroom.engines.diffusion.runtime.machine import driver


def about(
    device: torch.device, dtype: torch.dtype, rate: float, options: Mapping[str, Any]
) -> dict[str, Any]:
    """What was measured where and with what."""
    return {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU",
        "driver": driver(),
        "torch": torch.__version__,
        "cuda": torch.version.cuda or "",
        "diffusers": diffusers.__version__,
        "dtype": str(dtype).removeprefix("torch."),
        "matrix_rate": rate,
        "tiny": options["tiny"],
        "attention": options["attention"],
        "fp8": options["fp8"],
        "compiled": device.type == "cuda" and not options["no_compile"],
    }


def written(results: Mapping[str, Any]) -> str:
    """All tables, under a line that says where they come from."""
    where = results["about"]
    lines = [
        (
            f"{where['date']}, {where['device']}, driver {where['driver'] or 'none'}, torch {where['torch']}, CUDA "
            f"{where['cuda'] or 'none'}, diffusers {where['diffusers']}, {where['dtype']}; best square matrix product "
            f"{where['matrix_rate'] / 1e12:.3g} TFLOP/s."
        )
    ]
    if where["tiny"]:
        lines += ["", "**Tiny networks: these figures only show that the script runs.**"]
    cases = results["cases"].values()
    steps = [row for case in cases for row in case.get("steps", ())]
    if steps:
        lines += [
            "",
            "| model | mode | size | passes a step | TFLOP a step | plain diffusers s | this engine s | ratio | plain share of the matrix rate | share of the matrix rate | peak GB |",
            "| --- | --- | --- | --: | --: | --: | --: | --: | --: | --: | --: |",
        ]
        lines += [_step(row) for row in steps]
    parts = [row for case in cases for row in case.get("parts", ())]
    if parts:
        lines += ["", "| part | s | peak GB |", "| --- | --: | --: |"]
        lines += [f"| {row['part']} | {row['seconds']:.3g} | {_gb(row)} |" for row in parts]
    settings = [row for case in cases for row in case.get("settings", ())]
    if settings:
        lines += ["", "| a pass of Wan 14B | s | peak GB |", "| --- | --: | --: |"]
        lines += [f"| {row['setting']} | {row['seconds']:.3g} | {_gb(row)} |" for row in settings]
    attention = [row for case in cases for row in case.get("attention", ())]
    if attention:
        lines += [
            "",
            "| attention | tokens | kernel | ms | share of the matrix rate | off |",
            "| --- | --: | --- | --: | --: | --: |",
        ]
        lines += [_kernel(row) for row in attention]
    return "\n".join(lines) + "\n"


def _step(row: Mapping[str, Any]) -> str:
    cells = (
        row["model"], row["mode"], f"{row['size']} x {row['frames']}", row["passes"],
        f"{row['tflop']:.4g}", f"{row['plain_seconds']:.3g}", f"{row['seconds']:.3g}",
        f"{row['ratio']:.2f}", f"{row['plain_share']:.0%}", f"{row['share']:.0%}", _gb(row),
    )  # fmt: skip
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _kernel(row: Mapping[str, Any]) -> str:
    told = f"| {row['pass']} | {row['tokens']} | `{row['kernel']}` | "
    if "error" in row:
        return f"{told}- | - | {row['error']} |"
    return f"{told}{1000 * row['seconds']:.1f} | {row['share']:.0%} | {row['off']:.1e} |"


def _gb(row: Mapping[str, Any]) -> str:
    return f"{row['bytes'] / 1e9:.1f}" if row["bytes"] else "-"
