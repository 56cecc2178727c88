"""The ladder: what is given up, in which order, when a card has too little memory for a shot."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from diffusers.utils.torch_utils import get_module_execution_device
from torch import nn

from cutroom.engines.diffusion.family import Parts, Shot, SmallerWindow
from cutroom.engines.diffusion.runtime.guests import size
from cutroom.engines.diffusion.runtime.machine import Machine
from cutroom.errors import EngineFailed
from cutroom.weights.rows import Recipe

LEAST_FRAMES = 17
"""Windows are not made shorter than this: too little is seen at once for things to move well."""
_CODED = 5_950
"""Numbers that Wan's VAEs hold at once for each pixel of a frame, at most: measured at 832 x 480 and 1280 x 720."""
_TILED = 4


@dataclass(frozen=True, slots=True)
class Needs:
    """What a family needs of a card, in bytes."""

    text: int
    transformers: tuple[int, ...]
    vae: int
    others: int
    work: int
    """What is computed on top of the weights, for one shot of the recipe's size."""
    coding: int = 0
    """What the VAE takes of that, for whole frames: it grows with the picture and not with the film."""

    @classmethod
    def of(cls, parts: Parts, recipe: Recipe) -> "Needs":
        """By the weights as they are loaded; the rest of what the recipe says with everything resident is work."""
        text = size(parts.text_encoder) if parts.text_encoder is not None else 0
        transformers = tuple(size(one) for one in parts.transformers)
        vae, others = size(parts.vae), sum(size(one) for one in parts.others)
        weights = text + sum(transformers) + vae + others
        bits = next((8 * one.element_size() for one in parts.vae.parameters()), 0)
        return cls(
            text, transformers, vae, others,
            work=max(recipe.memory - weights, 0), coding=recipe.area * _CODED * bits // 8,
        )  # fmt: skip

    @property
    def largest(self) -> int:
        """Of the transformers."""
        return max(self.transformers, default=0)

    @property
    def tiled(self) -> int:
        """What the VAE takes when it works in tiles: the film stays, and what is computed for one tile."""
        return self.coding // _TILED

    @property
    def rest(self) -> int:
        """The small networks, which stay."""
        return self.vae + self.others


@dataclass(frozen=True, slots=True)
class Rung:
    """One way of using less of the card than the rung before."""

    name: str
    need: Callable[[Needs], int]
    """Bytes of the card it takes at its highest."""
    sentence: str = ""
    """For the caller."""
    text_leaves: bool = False
    """The text encoder is on the card only while it works."""
    experts_leave: bool = False
    """Of the transformers, only the one that works is on the card."""
    tiles: bool = False
    """The VAE works in overlapping tiles."""
    all_leave: bool = False
    """Only the network that works is on the card."""
    blocks: bool = False
    """Only the block that works, and the next one, are on the card."""


LADDER = (
    Rung(
        "resident",
        lambda needs: (
            needs.text + sum(needs.transformers) + needs.rest + max(needs.work, needs.coding)
        ),
    ),
    Rung(
        "text",
        lambda needs: (
            sum(needs.transformers) + needs.rest + max(needs.text, needs.work, needs.coding)
        ),
        "Memory was short: the text encoder left the card after use. The frames are the same.",
        text_leaves=True,
    ),
    Rung(
        "experts",
        # The experts are away while the VAE works.
        lambda needs: needs.rest + max(needs.text, needs.largest + needs.work, needs.coding),
        "Memory was short: one expert at a time was on the card. The frames are the same.",
        text_leaves=True,
        experts_leave=True,
    ),
    Rung(
        "tiles",
        lambda needs: needs.rest + max(needs.text, needs.largest + needs.work, needs.tiled),
        "Memory was short: frames were encoded and decoded in tiles, "
        "whose blended seams differ a little from whole frames.",
        text_leaves=True,
        experts_leave=True,
        tiles=True,
    ),
    Rung(
        "networks",
        lambda needs: max(needs.text, needs.largest + needs.work, needs.rest + needs.tiled),
        "Memory was short: one network at a time was on the card, and frames were decoded in tiles.",
        text_leaves=True,
        experts_leave=True,
        tiles=True,
        all_leave=True,
    ),
    Rung(
        "blocks",
        # Two of some forty blocks.
        lambda needs: max(needs.text, needs.largest // 20 + needs.work, needs.rest + needs.tiled),
        "Memory was short: the networks came onto the card block by block, "
        "which is slow, and frames were decoded in tiles.",
        text_leaves=True,
        experts_leave=True,
        tiles=True,
        all_leave=True,
        blocks=True,
    ),
)
"""From all the memory to the least. Every rung gives up what those before it did, too."""


def first(needs: Needs, recipe: Recipe, machine: Machine) -> int:
    """The rung to begin with: the first for which the free memory should do, so that nothing fails on the way.

    Raises EngineFailed when there is less than the recipe must have.
    """
    if not machine.card:
        return 0
    if machine.free < recipe.memory_least:
        raise EngineFailed(
            f"The card's memory is too small: {giga(recipe.memory_least)} are needed at least "
            f"and {giga(machine.free)} of the {machine.name}'s {giga(machine.memory)} are free."
        )
    fitting = (index for index, rung in enumerate(LADDER) if rung.need(needs) <= machine.free)
    return next(fitting, len(LADDER) - 1)


def below(rung: int, machine: Machine) -> int | None:
    """The next rung down that helps on this machine; None at the end."""
    for lower in range(rung + 1, len(LADDER)):
        # A CPU computes where the weights lie: only its work can be made smaller.
        if machine.card or (LADDER[lower].tiles and not LADDER[rung].tiles):
            return lower
    return None


def at_the_end(shot: Shot, recipe: Recipe, machine: Machine) -> EngineFailed:
    """What is raised below the last rung: SmallerWindow, unless that shot is as short as a window may be."""
    now = machine.measured()
    place = f"the {machine.name}'s memory" if machine.card else "this machine's memory"
    asked = f"{shot.frames} frames of {shot.width} x {shot.height}"
    words = (
        f"{asked[0].upper()}{asked[1:]} are too much for {place}: {giga(now.memory)}, "
        f"of which {giga(now.free)} are free; {giga(recipe.memory)} would be comfortable."
    )
    if shot.frames <= LEAST_FRAMES:
        return EngineFailed(words)
    half = (shot.frames - 1) // 8 * 4 + 1
    return SmallerWindow(words, max(half, LEAST_FRAMES))


def giga(amount: int) -> str:
    """Bytes in words."""
    return f"{amount / 1024**3:.1f} GiB"


def device_of(part: nn.Module) -> torch.device:
    """Where a part's inputs belong: where it computes, which is not always where its weights lie just now."""
    return torch.device(get_module_execution_device(part))
