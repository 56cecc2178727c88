"""A family in step with the same family in other processes: all make the same passes, and stop at the same one."""

from collections.abc import Callable
from typing import Any, NoReturn

import torch
import torch.distributed as dist
from torch import nn

from cutroom.engines.diffusion.family import Family, Film, Parts, Shot
from cutroom.engines.diffusion.runtime.branches import shared
from cutroom.engines.diffusion.runtime.parallel import Groups, Tokens
from cutroom.errors import Cancelled, CannotDo
from cutroom.weights.rows import Recipe


class InStep:
    """A family whose every pass is agreed upon by all processes of its team.

    A cancel is heard by one of them and obeyed by all, before the same pass. Whatever else goes wrong in one
    leaves the others waiting for it: then `die`.
    """

    def __init__(
        self,
        family: Family,
        recipe: Recipe,
        device: torch.device,
        *,
        stop: Callable[[], bool],
        die: Callable[[BaseException], NoReturn],
    ) -> None:
        """`stop` says in the first process whether this shot is no longer wanted."""
        self._family, self._device = family, device
        self._stop, self._die = stop, die
        self._groups = Groups.of(family, recipe, device)
        self._tokens: Tokens | None = None

    @property
    def parts(self) -> Parts:
        """The networks."""
        return self._family.parts

    def forwards(self, shot: Shot) -> int:
        """Those that this process makes of them."""
        return -(-self._family.forwards(shot) // self._groups.count)

    def make(self, shot: Shot) -> Film:
        """The frames. Raises Cancelled, and CannotDo, which all processes find at once."""
        transformers = self.parts.transformers
        self._tokens = self._tokens or Tokens(transformers, self._groups, self._device)
        # After those that watch: what they raise must come before the others are told to go on.
        handles = [
            one.register_forward_pre_hook(self._before, with_kwargs=True) for one in transformers
        ]
        try:
            with shared(self._groups):
                return self._family.make(shot)
        except (Cancelled, CannotDo):
            raise
        except BaseException as error:  # noqa: BLE001  the others are left waiting, whatever it is
            self._die(error)
        finally:
            for handle in handles:
                handle.remove()

    def _before(self, transformer: nn.Module, args: tuple[Any, ...], named: dict[str, Any]) -> None:
        said = torch.tensor([int(self._stop())])
        dist.broadcast(said, src=0)
        if said.item():
            raise Cancelled
        assert self._tokens
        hidden = named["hidden_states"] if "hidden_states" in named else args[0]
        self._tokens.fit(transformer, hidden, named.get("streams") or ())
