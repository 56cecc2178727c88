"""Steps that hardly differ from the one before take what that one found out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from diffusers import FirstBlockCacheConfig
from diffusers.models.cache_utils import CacheMixin

from cutroom.errors import EngineFailed

if TYPE_CHECKING:
    from torch import nn

THRESHOLD = 0.05
"""How much the first block's part may change, as a share, for the other blocks' parts to be taken from the step before.

diffusers' own default. Published: 1.2 to 2 times as fast by the threshold, and fast motion suffers first.
"""


def skip(transformers: Sequence["nn.Module"], cache: str) -> bool:
    """Have the transformers skip their blocks where they may; whoever calls them says `cache_context`.

    False where none of their class can. Raises EngineFailed for a cache that there is not.
    """
    if cache == "mag":
        raise EngineFailed(
            "CUTROOM_DIFFUSION_CACHE=mag needs ratios that were measured with the very weights in use, and there are "
            "none for these. Set it to first-block, or to nothing."
        )
    if cache != "first-block":
        raise EngineFailed(
            f"CUTROOM_DIFFUSION_CACHE is {cache!r}: it can be first-block, or nothing."
        )
    if not all(isinstance(one, CacheMixin) for one in transformers):
        return False  # Wan-Animate-2, whose blocks are told more than others
    for transformer in transformers:
        transformer.enable_cache(FirstBlockCacheConfig(threshold=THRESHOLD))
    return True


def forget(transformers: Sequence["nn.Module"]) -> None:
    """What was found out for one film is wrong for the next."""
    for transformer in transformers:
        transformer._reset_stateful_cache()  # noqa: SLF001  as diffusers' own pipelines do


def stop(transformers: Sequence["nn.Module"]) -> None:
    """Skip nothing any more."""
    for transformer in transformers:
        transformer.disable_cache()
