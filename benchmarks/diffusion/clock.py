"""Time, operations and memory, measured."""

import time
from collections.abc import Callable
from functools import partial
from statistics import median

import torch
from torch.utils.flop_counter import FlopCounterMode

SQUARES = (4096, 8192, 12288, 16384)
"""Sides of the matrices whose product sets the mark."""
PRODUCTS = 10
"""How many are timed at once."""


def settle(device: torch.device) -> None:
    """Wait until the device has done all it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def seconds(
    work: Callable[[], object],
    device: torch.device,
    repeats: int,
    most: float,
    *,
    warm: Callable[[], object] = lambda: None,
) -> float:
    """The median of `repeats` runs after `warm`; fewer, but one, once `most` seconds are over."""
    taken: list[float] = []
    began = time.perf_counter()
    with torch.no_grad():
        warm()
        settle(device)
        while not taken or (len(taken) < repeats and time.perf_counter() - began < most):
            start = time.perf_counter()
            work()
            settle(device)
            taken.append(time.perf_counter() - start)
    return median(taken)


def operations(work: Callable[[], object]) -> int:
    """Floating-point operations of matrix products, convolutions and attention, counted without computing."""
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        work()
    return int(counter.get_total_flops())


def matrix_rate(device: torch.device, dtype: torch.dtype, sides: tuple[int, ...]) -> float:
    """Operations a second of the fastest square product."""
    best = 0.0
    for side in sides:
        one, other = (torch.randn(side, side, device=device, dtype=dtype) for _ in range(2))
        out = torch.empty_like(one)
        work = partial(_products, one, other, out)
        taken = seconds(work, device, 3, 10.0, warm=work)
        best = max(best, 2 * side**3 * PRODUCTS / taken)
    return best


def _products(one: torch.Tensor, other: torch.Tensor, out: torch.Tensor) -> None:
    for _ in range(PRODUCTS):
        torch.mm(one, other, out=out)


def profiled(work: Callable[[], object]) -> str:
    """A table of the kernels that take longest."""
    doing = [torch.profiler.ProfilerActivity.CPU]
    doing += [torch.profiler.ProfilerActivity.CUDA] * torch.cuda.is_available()
    with torch.no_grad(), torch.profiler.profile(activities=doing) as seen:
        work()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
    order = "self_cuda_time_total" if torch.cuda.is_available() else "self_cpu_time_total"
    return str(seen.key_averages().table(sort_by=order, row_limit=25, max_name_column_width=110))


def memory(device: torch.device) -> int:
    """Most bytes of the card in use since it was last asked."""
    if device.type != "cuda":
        return 0
    peak = torch.cuda.max_memory_allocated(device)
    torch.cuda.reset_peak_memory_stats(device)
    return int(peak)
