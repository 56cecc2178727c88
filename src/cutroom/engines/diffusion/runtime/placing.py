"""A family's networks on one rung of the ladder: who stays on the card, who comes when called."""

from collections.abc import Iterator
from typing import Any

import torch
from accelerate.hooks import ModelHook, add_hook_to_module
from accelerate.utils import send_to_device
from diffusers.hooks import HookRegistry, apply_group_offloading
from torch import nn

from cutroom.engines.diffusion.family import Parts
from cutroom.engines.diffusion.runtime.guests import Guest, Look, move
from cutroom.engines.diffusion.runtime.machine import Machine
from cutroom.engines.diffusion.runtime.memory import Rung

# The names under which diffusers keeps the hooks of group offloading.
_OF_BLOCKS = ("group_offloading", "layer_execution_tracker", "lazy_prefetch_group_offloading")


class Placing:
    """Where the networks of one family are. Weights never change by it, nor does what is computed."""

    def __init__(self, parts: Parts, machine: Machine) -> None:
        """Nothing is moved yet."""
        self._parts, self._machine = parts, machine
        self._guests: dict[int, Guest] = {}
        self._hooked = False
        self.rung: Rung | None = None

    def settle(self, rung: Rung, look: Look) -> None:
        """Place everything as a rung has it, which takes as long as moving the weights.

        May run out of the card's memory, and may be left half way by `look`; then settle on a lower one, or again.
        """
        if self.rung is rung:
            return
        self._stand_in_rows(wanted=False)
        leaving = list(self._leaving(rung))
        if leaving and not self._hooked:
            self._hook()
        self.rung = None
        for network in leaving:
            if id(network) not in self._guests:
                self._guests[id(network)] = Guest(network, self._machine.device, look)
        for network in self._all():
            if network not in leaving:
                self._guests.pop(id(network), None)
                move(network, self._machine.device, look)
        if rung.tiles and hasattr(self._parts.vae, "enable_tiling"):
            self._parts.vae.enable_tiling()
        self.rung = rung
        self._stand_in_rows(wanted=rung.blocks)

    def rest(self) -> None:
        """What a shot leaves behind, however it ended, goes: guests, feature caches, the states of hooks."""
        clear = getattr(self._parts.vae, "clear_cache", None)
        if clear:
            clear()
        for transformer in self._parts.transformers:
            HookRegistry.check_if_exists_or_initialize(transformer).reset_stateful_hooks()
        for guest in self._guests.values():
            guest.leave()

    def mend(self) -> None:
        """After a pass that ended half way: blocks that were on the card leave it."""
        if self.rung is not None and self.rung.blocks:
            self._stand_in_rows(wanted=False)
            self.rest()
            self._stand_in_rows(wanted=True)

    def arrive(self, network: nn.Module) -> None:
        """A network is about to work: guests that are in its way leave, and it comes."""
        leaving = [
            one for one in self._guests.values() if one.present and one.network is not network
        ]
        for guest in leaving:
            guest.leave()
        if leaving and self._machine.device.startswith("cuda"):
            # Else what they leave behind are pieces of their own sizes, in which nothing else fits well.
            torch.cuda.empty_cache()
        called = self._guests.get(id(network))
        if called and not self._in_rows(network):
            called.come()

    def _hook(self) -> None:
        """Every network announces itself: pipelines look at such hooks, too, for where to put their inputs."""
        for network in self._all():
            add_hook_to_module(network, _Announced(self))
        self._hooked = True

    def _in_rows(self, network: nn.Module) -> bool:
        return bool(self.rung and self.rung.blocks) and network in self._parts.transformers

    def _stand_in_rows(self, *, wanted: bool) -> None:
        """Whether the blocks of the transformers come onto the card one by one, each while the one before works."""
        if not (self.rung and self.rung.blocks and self._machine.card):
            return
        for transformer in self._parts.transformers:
            if wanted:
                apply_group_offloading(
                    transformer,
                    onload_device=torch.device(self._machine.device),
                    offload_type="block_level",
                    num_blocks_per_group=1,
                    use_stream=self._machine.device.startswith("cuda"),
                    # The host waits for each block: else it would run ahead and fetch them all at once.
                    record_stream=False,
                )
                continue
            registry = HookRegistry.check_if_exists_or_initialize(transformer)
            for name in _OF_BLOCKS:
                registry.remove_hook(name, recurse=True)
            self._guests[id(transformer)].leave()

    def _all(self) -> Iterator[nn.Module]:
        parts = self._parts
        yield from parts.transformers
        if parts.text_encoder is not None:
            yield parts.text_encoder
        yield parts.vae
        yield from parts.others

    def _leaving(self, rung: Rung) -> Iterator[nn.Module]:
        parts = self._parts
        if not self._machine.card:
            return  # to where?
        if rung.experts_leave:
            yield from parts.transformers
        if rung.text_leaves and parts.text_encoder is not None:
            yield parts.text_encoder
        if rung.all_leave:
            yield parts.vae
            yield from parts.others


class _Announced(ModelHook):
    """Tells the placing before a network works, by any of its methods that diffusers calls so."""

    def __init__(self, placing: Placing) -> None:
        self._placing = placing
        self.execution_device = torch.device(placing._machine.device)  # noqa: SLF001  its own hook

    def pre_forward(self, module: nn.Module, *args: Any, **kwargs: Any) -> tuple[Any, Any]:  # noqa: ANN401
        self._placing.arrive(module)
        # Caches that are written into must stay the objects they are, and sizes that the host reads where it reads
        # them: every block of Wan-Animate-2 would wait for the card to tell them.
        kept = [*(getattr(module, "_skip_keys", None) or ())]
        kept += (name for name in kwargs if name.endswith("grid_sizes"))
        return (
            send_to_device(args, self.execution_device),
            send_to_device(kwargs, self.execution_device, skip_keys=kept),
        )
