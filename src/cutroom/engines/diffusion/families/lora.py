"""LoRAs worked into the weights of transformers.

By ourselves, for nothing of a file may be left out: diffusers' own loader drops what a LoRA says to norms, and takes no
scale of the layers outside of the blocks. Both stand in the published LoRAs for few steps.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from cutroom.errors import EngineFailed
from cutroom.weights.rows import weight_sets

_PREFIXES = re.compile(r"^(diffusion_model|transformer)\.")
_PARTS = re.compile(
    r"^(?P<layer>.+?)\.(?:(?P<down>lora_(?:down|A)(?:\.default)?\.weight)|(?P<up>lora_(?:up|B)(?:\.default)?\.weight)"
    r"|(?P<alpha>alpha)|(?P<diff>diff)|(?P<bias>diff_b|lora_B(?:\.default)?\.bias))$"
)
_NAMES = tuple(
    (re.compile(f"^{theirs}$"), ours)
    for theirs, ours in {
        r"(blocks\.\d+)\.self_attn\.([qkv])": r"\1.attn1.to_\2",
        r"(blocks\.\d+)\.cross_attn\.([qkv])": r"\1.attn2.to_\2",
        r"(blocks\.\d+)\.self_attn\.o": r"\1.attn1.to_out.0",
        r"(blocks\.\d+)\.cross_attn\.o": r"\1.attn2.to_out.0",
        r"(blocks\.\d+)\.self_attn\.(norm_[qk])": r"\1.attn1.\2",
        r"(blocks\.\d+)\.cross_attn\.(norm_[qk])": r"\1.attn2.\2",
        r"(blocks\.\d+)\.cross_attn\.([kv])_img": r"\1.attn2.add_\2_proj",
        r"(blocks\.\d+)\.cross_attn\.norm_k_img": r"\1.attn2.norm_added_k",
        r"(blocks\.\d+)\.ffn\.0": r"\1.ffn.net.0.proj",
        r"(blocks\.\d+)\.ffn\.2": r"\1.ffn.net.2",
        r"(blocks\.\d+)\.norm3": r"\1.norm2",
        r"(blocks\.\d+)\.modulation": r"\1.scale_shift_table",
        r"head\.modulation": "scale_shift_table",
        r"head\.head": "proj_out",
        r"text_embedding\.0": "condition_embedder.text_embedder.linear_1",
        r"text_embedding\.2": "condition_embedder.text_embedder.linear_2",
        r"time_embedding\.0": "condition_embedder.time_embedder.linear_1",
        r"time_embedding\.2": "condition_embedder.time_embedder.linear_2",
        r"time_projection\.1": "condition_embedder.time_proj",
        r"img_emb\.proj\.0": "condition_embedder.image_embedder.norm1",
        r"img_emb\.proj\.1": "condition_embedder.image_embedder.ff.net.0.proj",
        r"img_emb\.proj\.3": "condition_embedder.image_embedder.ff.net.2",
        r"img_emb\.proj\.4": "condition_embedder.image_embedder.norm2",
    }.items()
)
"""Layers as Wan's own code calls them, and as diffusers does."""


def work_in(transformers: Sequence[Any], lora: str, folder: Path) -> None:
    """Add what the LoRA files of a set of weights say to the transformers' weights, for good.

    The set's row says which file is for which. Nothing of them is left to be computed at every step. Raises
    EngineFailed where a file is missing, damaged, or says anything that these weights have no place for.
    """
    adapters = weight_sets()[lora].adapters
    if len(adapters) > len(transformers):
        raise EngineFailed(
            f"{lora} is for {len(adapters)} experts; the weights have {len(transformers)}."
        )
    for name, transformer in zip(adapters, transformers, strict=False):
        file = folder / name
        if not file.is_file():
            raise EngineFailed(f"The weights {lora} are incomplete: {name} is missing.")
        try:
            told = load_file(file)
        # Whatever a damaged file brings about.
        except Exception as error:
            raise EngineFailed(f"The LoRA {file.name} does not fit: it cannot be read.") from error
        try:
            add(transformer, told)
        except (ValueError, RuntimeError) as error:
            raise EngineFailed(
                f"The LoRA {file.name} does not fit these weights: {error}"
            ) from error


@torch.no_grad()
def add(transformer: torch.nn.Module, told: Mapping[str, torch.Tensor]) -> None:
    """Add a LoRA's tensors to a transformer's weights; layers may be named in Wan's way or in diffusers'.

    Raises ValueError for a tensor that is not understood or has no layer here.
    """
    layers: dict[str, dict[str, torch.Tensor]] = defaultdict(dict)
    for key, tensor in told.items():
        found = _PARTS.match(_PREFIXES.sub("", key))
        if found is None:
            raise ValueError(f"it says {key}, which is nothing known")
        part = next(name for name in ("down", "up", "alpha", "diff", "bias") if found[name])
        layers[_ours(found["layer"])][part] = tensor.float()
    if not layers:
        raise ValueError("there is nothing in it")
    for name, parts in layers.items():
        _add(transformer, name, parts)


def _ours(layer: str) -> str:
    for theirs, ours in _NAMES:
        if found := theirs.match(layer):
            return found.expand(ours)
    return layer


def _add(transformer: torch.nn.Module, name: str, parts: Mapping[str, torch.Tensor]) -> None:
    weight, bias = _place(transformer, name)
    change = parts.get("diff")
    if "down" in parts or "up" in parts:
        if not {"down", "up"} <= parts.keys():
            raise ValueError(f"of {name} it has one half")
        rank = parts["down"].shape[0]
        scale = float(parts["alpha"]) / rank if "alpha" in parts else 1.0
        product = (parts["up"].flatten(1) @ parts["down"].flatten(1)) * scale
        change = product if change is None else change + product.reshape(change.shape)
    for place, more in ((weight, change), (bias, parts.get("bias"))):
        if more is None:
            continue
        if place is None or place.numel() != more.numel():
            raise ValueError(f"{name} is another layer here")
        place.copy_(place.float() + more.reshape(place.shape).to(place.device))


def _place(
    transformer: torch.nn.Module, name: str
) -> tuple[torch.nn.Parameter | None, torch.nn.Parameter | None]:
    """The weight and the bias of a layer, or a parameter that is no layer's."""
    try:
        found = transformer.get_submodule(name)
    except AttributeError:
        own = dict(transformer.named_parameters()).get(name)
        if own is None:
            raise ValueError(f"there is no {name} here") from None
        return own, None
    return getattr(found, "weight", None), getattr(found, "bias", None)
