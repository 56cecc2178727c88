"""LoRAs worked into the weights of transformers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from diffusers.loaders import WanLoraLoaderMixin
from safetensors.torch import load_file

from cutroom.errors import EngineFailed
from cutroom.weights.rows import weight_sets

_NAME = "lora"


def work_in(transformers: Sequence[Any], lora: str, folder: Path) -> None:
    """Add what the LoRA files of a set of weights say to the transformers' weights, for good.

    The set's row says which file is for which. Nothing of them is left to be computed at every step. Raises
    EngineFailed where a file is missing, damaged, or fits no layer.
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
            layers = WanLoraLoaderMixin.lora_state_dict(load_file(file))
            transformer.load_lora_adapter(layers, adapter_name=_NAME)
        # Whatever a damaged file, or one for other weights, brings about.
        except Exception as error:
            raise EngineFailed(f"The LoRA {file.name} does not fit these weights.") from error
        if _NAME not in getattr(transformer, "peft_config", {}):
            raise EngineFailed(f"The LoRA {file.name} fits no layer of these weights.")
        transformer.fuse_lora(adapter_names=[_NAME])
        transformer.unload_lora()
