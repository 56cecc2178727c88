"""Attention kernels by themselves, in passes of real length: how long, how much of the matrix rate, how far off."""

from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from clock import memory, seconds
from diffusers.models.attention_dispatch import AttentionBackendName, dispatch_attention_fn

from cutroom.engines.diffusion.runtime.attention import lend_flash_3

if TYPE_CHECKING:
    from steps import Bench

NAMES = ("native", "_native_flash", "_native_cudnn", "_flash_3")
"""By diffusers' names; `native` is what torch chooses."""
PASSES = (("480p, from text", 0, 1), ("480p, beside a source", 0, 2), ("720p, from text", 1, 1))
"""Name, which size, how many videos of it."""
ROWS = 64
"""Queries whose results are compared with plain arithmetic in fp32."""


def kernels(bench: "Bench") -> list[dict[str, Any]]:
    """A row for each kernel and pass of Wan 14B; what cannot run here says why."""
    model = bench.models["wan-14b"]
    lend_flash_3()
    rows = []
    for told, size, videos in PASSES:
        frames, height, width = model.latent(bench.sizes[size])
        tokens = videos * frames * height * width // 4
        shape = (1, tokens, model.heads, model.head)
        given = [torch.randn(shape, device=bench.device, dtype=bench.dtype) for _ in range(3)]
        wanted = plainly(*given)
        for name in NAMES:
            row = {"kernel": name, "pass": told, "tokens": tokens}
            work = partial(dispatch_attention_fn, *given, backend=AttentionBackendName(name))
            try:
                off = (work()[:, :ROWS].float() - wanted).norm() / wanted.norm()
                taken = seconds(work, bench.device, 5, 3.0)
            except Exception as error:  # noqa: BLE001  whatever a kernel dies of
                rows.append(
                    row | {"error": f"{type(error).__name__}: {str(error).splitlines()[0][:80]}"}
                )
                continue
            done = 4 * tokens**2 * model.width
            rows.append(
                row | {"seconds": taken, "share": done / taken / bench.rate, "off": float(off)}
            )
            print(f"  {rows[-1]}", flush=True)
        del given, work
        bench.clear()
    memory(bench.device)
    return rows


def plainly(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
    """The first rows, in fp32."""
    few, key, value = (one.float().transpose(1, 2) for one in (query[:, :ROWS], key, value))
    weights = (few @ key.transpose(2, 3) / query.shape[-1] ** 0.5).softmax(-1)
    return (weights @ value).transpose(1, 2)
