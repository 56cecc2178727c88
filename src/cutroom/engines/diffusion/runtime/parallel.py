"""One shot's work on several cards: branches of guidance made side by side, tokens of one pass split between cards.

Every process of a team carries out the same shot, step by step; it only leaves out what another one does and takes
that one's results, which are the same bit for bit.
"""

import logging
import math
from collections.abc import Sequence
from typing import Any, ClassVar, Protocol, Self, runtime_checkable

import torch
import torch.distributed as dist
from diffusers.hooks.context_parallel import apply_context_parallel
from diffusers.models._modeling_parallel import ContextParallelConfig, ParallelConfig
from torch import Tensor, nn
from torch.distributed.device_mesh import DeviceMesh, init_device_mesh

from cutroom.engines.diffusion.family import Family
from cutroom.engines.diffusion.runtime.branches import Pass
from cutroom.weights.rows import Recipe

log = logging.getLogger(__name__)


@runtime_checkable
class Branching(Protocol):
    """A family that asks for its branches of guidance by `branches.each`, so that others may make them."""

    branching: ClassVar[bool]


class Groups:
    """The ranks of a team in groups: each group makes a branch of its own, and its ranks split the tokens."""

    def __init__(self, count: int, mesh: DeviceMesh) -> None:
        self.count = count
        """How many groups; every rank must make as many, in the same order."""
        self._mesh = mesh

    @classmethod
    def of(cls, family: Family, recipe: Recipe, device: torch.device) -> Self:
        """Two groups where there are two branches or more to be made, else one.

        Branches need not wait for each other within a step, tokens must in every block: so branches go first,
        and two is what all ways of guidance can be divided by.
        """
        ranks = dist.get_world_size()
        count = 2 if isinstance(family, Branching) and recipe.guidance and ranks % 2 == 0 else 1
        shape = (count, 1, ranks // count)
        mesh = init_device_mesh(device.type, shape, mesh_dim_names=("branch", "ring", "ulysses"))
        return cls(count, mesh)

    def each(self, passes: Sequence[Pass]) -> list[Tensor]:
        """The predictions of all branches; each group made its share of them."""
        if self.count == 1 or len(passes) == 1:
            return [one() for one in passes]
        made: list[Tensor] = []
        for first in range(0, len(passes), self.count):
            row = passes[first : first + self.count]
            # Who has none left makes the last one, too: the same, and nobody waits.
            mine = row[min(self._mesh.get_local_rank("branch"), len(row) - 1)]
            prediction = mine().contiguous()
            everybodys = [torch.empty_like(prediction) for _ in range(self.count)]
            dist.all_gather(everybodys, prediction, group=self._mesh.get_group("branch"))
            made += everybodys[: len(row)]
        return made

    @property
    def degree(self) -> int:
        """Ranks of a group."""
        return int(self._mesh["ulysses"].size())

    @property
    def mesh(self) -> DeviceMesh:
        """All ranks: by branch, ring (of one) and share of the tokens."""
        return self._mesh


class Tokens:
    """Tokens of a pass split between the ranks of a group (DeepSpeed Ulysses, by diffusers' context parallelism)."""

    def __init__(
        self, transformers: Sequence[nn.Module], groups: Groups, device: torch.device
    ) -> None:
        """Put it on after what is compiled: what splits and joins must stay outside."""
        self.transformers = transformers
        self._degree = groups.degree
        self._config: ParallelConfig | None = None
        self.left_whole = 0
        """How many tokens the last pass had that could not be split."""
        # VACE and Animate have no plan of how: every rank does all of it then.
        if self._degree == 1 or not all(getattr(one, "_cp_plan", None) for one in transformers):
            return
        split = ContextParallelConfig(ulysses_degree=self._degree, mesh=groups.mesh)
        self._config = ParallelConfig(context_parallel_config=split)
        self._config.setup(dist.get_rank(), dist.get_world_size(), device, mesh=groups.mesh)
        self._together, self._alone = split._flattened_mesh, groups.mesh["ring"]  # noqa: SLF001  see fit
        for transformer in transformers:
            apply_context_parallel(transformer, split, transformer._cp_plan)  # noqa: SLF001  diffusers' own name

    def fit(self, transformer: nn.Module, hidden_states: Tensor, streams: Sequence[Any]) -> None:
        """Before a pass: split its tokens, or leave them whole where tokens or heads do not divide.

        Left whole, every rank computes all of it: slower, and right.
        """
        if self._config is None:
            return
        patch = math.prod(transformer.config.patch_size)
        latents = [hidden_states, *(one.latent for one in streams)]
        tokens = sum(math.prod(latent.shape[2:]) // patch for latent in latents)
        heads = int(transformer.config.num_attention_heads)
        whole = bool(tokens % self._degree or heads % self._degree)
        if whole and tokens != self.left_whole:
            log.info("%d tokens, %d heads: not split by %d", tokens, heads, self._degree)
        self.left_whole = tokens if whole else 0
        # With nobody to share with, what splits and joins does nothing: hooks need not come and go.
        split = self._config.context_parallel_config
        split._flattened_mesh = self._alone if whole else self._together  # noqa: SLF001
        for module in transformer.modules():
            processor: Any = getattr(module, "processor", None)
            if hasattr(processor, "_parallel_config"):
                processor._parallel_config = None if whole else self._config  # noqa: SLF001
