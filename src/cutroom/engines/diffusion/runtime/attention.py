"""The attention kernel that a card is best served with, tried before it is relied on."""

import logging
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

import torch
from diffusers.models import attention_dispatch
from diffusers.models.attention_dispatch import (
    AttentionBackendName,
    _AttentionBackendRegistry,
    dispatch_attention_fn,
)

if TYPE_CHECKING:
    from torch import nn

PLAIN = "native"
"""torch's own choice: there is no machine that does not have it."""
BEST: dict[int, tuple[str, ...]] = {
    9: ("_flash_3", "_native_cudnn"),  # Hopper
    10: ("_native_cudnn",),  # Blackwell
    12: ("_native_cudnn",),
}
"""Major compute capability -> the exact kernels to try before the plain one, best first.

The order is fixed, not raced: the same seed on the same machine must give the same frames. On older cards torch's
own choice is FlashAttention 2 already. What computes in fewer bits (`sage`), and what is fetched from the hub
(`_flash_3_hub` and its like), is used where the operator names it and nowhere else.
"""
FLASH_3 = "fa3_fwd_interface"
"""FlashAttention 3 as PyPI has it, in the package `fa3-fwd`: its forward pass, which is all that is needed here."""
NEAR = 0.03
"""How far an exact kernel may be off in bf16, of values near 1."""

log = logging.getLogger(__name__)


def attend(
    transformers: Sequence["nn.Module"],
    device: torch.device,
    asked: str = "",
    *,
    parallel: bool = False,
) -> tuple[str, str]:
    """Give the transformers their kernel: its name, and a sentence where `asked` could not be had.

    `parallel`: only what can be split over several cards.
    """
    for name in (*([asked] if asked else ()), *_best(device)):
        if parallel and name not in _AttentionBackendRegistry._supports_context_parallel:  # noqa: SLF001  asked nowhere else
            problem = "it cannot be split over several cards"
        else:
            problem = _problem(transformers, device, name)
        if not problem:
            break
        log.log(logging.WARNING if name == asked else logging.INFO, "no %s: %s", name, problem)
    else:
        name = PLAIN
        _give(transformers, name)
    log.info("attention: %s", name)
    if asked in {"", name}:
        return name, ""
    instead = "torch's own" if name == PLAIN else name
    return name, f"The attention kernel {asked} cannot be used here; {instead} was."


def _best(device: torch.device) -> tuple[str, ...]:
    """What to try on this device before the plain one."""
    if device.type != "cuda":
        return ()
    return BEST.get(torch.cuda.get_device_capability(device)[0], ())


def release(transformers: Sequence["nn.Module"]) -> None:
    """Give the transformers back to what the environment says."""
    for transformer in transformers:
        transformer.reset_attention_backend()


def _problem(transformers: Sequence["nn.Module"], device: torch.device, name: str) -> str:
    """Why this kernel is not to be used; empty where the transformers have it now."""
    if name not in _AttentionBackendRegistry.list_backends():
        return "there is none of this name"
    try:
        if name == "_flash_3":
            lend_flash_3()
        _give(transformers, name)
        return "" if _is_near(transformers, device, name) else "its results are wrong"
    except Exception as error:  # noqa: BLE001  whatever a foreign kernel dies of, there is another
        return f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"


def lend_flash_3() -> None:
    """Give diffusers FlashAttention 3 where it is installed under a name that diffusers does not look for."""
    if not attention_dispatch._CAN_USE_FLASH_ATTN_3 and find_spec(FLASH_3):  # noqa: SLF001  its only way to be told
        attention_dispatch.flash_attn_3_func = import_module(FLASH_3).flash_attn_func
        attention_dispatch._CAN_USE_FLASH_ATTN_3 = True  # noqa: SLF001


def _give(transformers: Sequence["nn.Module"], name: str) -> None:
    before, _ = _AttentionBackendRegistry.get_active_backend()
    try:
        for transformer in transformers:
            transformer.set_attention_backend(name)
    finally:
        # diffusers sets it for all models of the process besides, also for those that come later.
        _AttentionBackendRegistry.set_active_backend(before)


def _is_near(transformers: Sequence["nn.Module"], device: torch.device, name: str) -> bool:
    config = transformers[0].config
    # Wan-Animate-2 tells it in other words.
    width = config.get("attention_head_dim") or config["dim"] // config["num_heads"]
    generator = torch.Generator("cpu").manual_seed(0)
    query, key, value = (
        torch.randn(1, 192, 2, width, generator=generator).to(device, torch.bfloat16)
        for _ in range(3)
    )
    with torch.no_grad():
        got = dispatch_attention_fn(query, key, value, backend=AttentionBackendName(name))
        wanted = torch.nn.functional.scaled_dot_product_attention(
            *(one.float().transpose(1, 2) for one in (query, key, value))
        ).transpose(1, 2)
    # The mean: kernels of fewer bits, which were asked for, are off by more in single places.
    return bool((got.float() - wanted).abs().mean() < NEAR)
