"""What comes before and after the steps: the VAE and the text encoder."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import networks
import torch
from clock import memory, seconds
from networks import Size

if TYPE_CHECKING:
    from steps import Bench

FEW = 9
"""Frames to warm up with: a VAE works at one latent frame after the other, all of one shape."""


def parts(bench: "Bench") -> list[dict[str, Any]]:
    """Time and memory of each."""
    small, large = bench.sizes
    plain, last = torch.contiguous_format, torch.channels_last_3d
    rows = []
    for size, order, more in (
        (small, plain, {}),
        (small, plain, {"fixed": False}),
        (small, last, {}),
        (large, plain, {}),
        (large, plain, {"tiled": True}),
    ):
        rows += coded(bench, size, order, **more)
        bench.clear()
    encoder = networks.text_encoder(bench.device, bench.dtype, tiny=bench.given.tiny)
    ids = torch.ones(1, networks.TEXT_TOKENS, device=bench.device, dtype=torch.long)
    work = partial(encoder, ids)
    return [*rows, timed(bench, "UMT5-XXL, one prompt of 512 tokens", work, work)]


def coded(
    bench: "Bench",
    size: Size,
    order: torch.memory_format,
    *,
    fixed: bool = True,
    tiled: bool = False,
) -> list[dict[str, Any]]:
    """The VAE's two ways; `fixed`: by convolutions that add in a fixed order, as the engine has them."""
    vae = networks.vae(bench.device, order, tiny=bench.given.tiny)
    if tiled:
        vae.enable_tiling()
    told = f"fp32, {size.name} x {size.frames}, {str(order).removeprefix('torch.')}"
    told += ", any order of sums" * (not fixed) + ", tiles" * tiled
    pixels = torch.randn((1, 3, size.frames, size.height, size.width), device=bench.device)
    frames, height, width = (size.frames - 1) // 4 + 1, size.height // 8, size.width // 8
    latent = torch.randn((1, 16, frames, height, width), device=bench.device)
    with ordered(fixed=fixed):
        return [
            timed(bench, f"VAE {what} ({told})", partial(work, given), partial(work, given[:, :, :few]))
            for what, work, given, few in (
                ("encodes", vae.encode, pixels, FEW),
                ("decodes", vae.decode, latent, (FEW - 1) // 4 + 1),
            )
        ]  # fmt: skip


def timed(
    bench: "Bench", name: str, work: Callable[[], object], warm: Callable[[], object]
) -> dict[str, Any]:
    """One row."""
    given = bench.given
    memory(bench.device)
    taken = seconds(work, bench.device, given.repeats, given.case_seconds, warm=warm)
    row = {"part": name, "seconds": taken, "bytes": memory(bench.device)}
    print(f"  {name}: {taken:.3f} s, {row['bytes'] / 1e9:.1f} GB", flush=True)
    return row


@contextmanager
def ordered(*, fixed: bool) -> Iterator[None]:
    """Convolutions as `runtime.making.repeatable` has them, or as torch does."""
    cudnn = torch.backends.cudnn
    before = cudnn.deterministic
    cudnn.deterministic = fixed
    try:
        yield
    finally:
        cudnn.deterministic = before
