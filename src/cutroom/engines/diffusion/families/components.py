"""What a repository of Wan holds, loaded for a pipeline of diffusers."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from diffusers import AutoencoderKLWan, ModelMixin
from transformers import AutoTokenizer, UMT5EncoderModel

from cutroom.engines.diffusion.families.lora import work_in
from cutroom.engines.diffusion.families.sampler import sampler
from cutroom.engines.diffusion.runtime.loading import Role, load, plain
from cutroom.engines.diffusion.runtime.machine import Machine
from cutroom.errors import EngineFailed
from cutroom.weights.rows import Recipe

_SETTINGS = ("boundary_ratio", "expand_timesteps")
"""What is no network and still belongs to the weights: where experts change, and whether an image stands first."""


def components(
    network: type[ModelMixin],
    recipe: Recipe,
    folders: Mapping[str, Path],
    machine: Machine,
    *,
    indexed: bool = True,
) -> dict[str, Any]:
    """Keywords for a pipeline whose transformers are of class `network`, the recipe's LoRAs worked in.

    `indexed`: whether the repository says with an index what pipeline it is for.
    Raises EngineFailed, naming the file, for weights that are incomplete, damaged or of something else.
    """
    base, *loras = recipe.weights
    folder = folders[base]
    second = (folder / "transformer_2").is_dir()
    transformers = [
        load(network, folder, name, Role.DENOISE, machine)
        for name in ("transformer", *(["transformer_2"] if second else []))
    ]
    for lora in loras:
        work_in(transformers, lora, folders[lora])
    told = _index(folder / "model_index.json") if indexed else {}
    return {
        "tokenizer": plain(AutoTokenizer, folder, "tokenizer"),
        "text_encoder": load(UMT5EncoderModel, folder, "text_encoder", Role.TEXT, machine),
        "vae": load(AutoencoderKLWan, folder, "vae", Role.VAE, machine),
        "scheduler": sampler(recipe),
        "transformer": transformers[0],
        "transformer_2": transformers[1] if second else None,
        **{name: told[name] for name in _SETTINGS if name in told},
    }


def _index(file: Path) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        raise EngineFailed(
            f"The weights are incomplete: {file.parent.name}/{file.name} is missing or damaged."
        ) from None
    return told
