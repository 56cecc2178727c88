"""The networks of the benchmarks at full size, with random weights: nothing is downloaded.

Sizes are those of the published configs. What is computed and how long it takes does not depend on the weights.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from diffusers import AutoencoderKLWan, WanTransformer3DModel
from transformers import UMT5Config, UMT5EncoderModel

from cutroom.engines.diffusion.families.in_context import InContextWanTransformer3DModel

TEXT_TOKENS = 512
HEAD = 128
"""Width of an attention head of all Wan models."""


@dataclass(frozen=True)
class Model:
    """A transformer and the VAE that goes with it."""

    name: str
    heads: int
    layers: int
    hidden: int
    """Width of the feed-forward part."""
    channels: int = 16
    shrinks: int = 8
    """By how much the VAE makes the sides smaller; it makes time four times shorter."""
    text: int = 4096
    """Width of what the text encoder gives."""
    head: int = HEAD

    @property
    def width(self) -> int:
        """Of a token."""
        return self.heads * self.head

    @property
    def config(self) -> Mapping[str, Any]:
        """For either class of transformer."""
        return {
            "patch_size": (1, 2, 2), "num_attention_heads": self.heads,
            "attention_head_dim": self.head, "in_channels": self.channels,
            "out_channels": self.channels, "text_dim": self.text, "freq_dim": 256,
            "ffn_dim": self.hidden, "num_layers": self.layers, "cross_attn_norm": True,
            "qk_norm": "rms_norm_across_heads",
        }  # fmt: skip

    def latent(self, size: "Size") -> tuple[int, int, int]:
        """Frames, height and width of a latent; the sides are rounded to whole patches."""
        by = 2 * self.shrinks
        return (size.frames - 1) // 4 + 1, size.height // by * 2, size.width // by * 2


@dataclass(frozen=True)
class Size:
    """Of a film in pixels."""

    name: str
    width: int
    height: int
    frames: int = 81


MODELS = {
    model.name: model
    for model in (
        Model("bernini-14b", heads=40, layers=40, hidden=13824),
        Model("bernini-1.3b", heads=12, layers=30, hidden=8960),
        Model("wan-14b", heads=40, layers=40, hidden=13824),
        Model("wan-5b", heads=24, layers=30, hidden=14336, channels=48, shrinks=16),
    )
}
SIZES = (Size("480p", 832, 480), Size("720p", 1280, 720))
TINY_MODELS = {
    name: Model(name, heads=2, layers=2, hidden=64, text=32, head=12, channels=one.channels)
    for name, one in MODELS.items()
}
TINY_SIZES = (Size("480p", 64, 32, frames=9), Size("720p", 64, 64, frames=9))


@contextmanager
def made_on(device: torch.device, dtype: torch.dtype) -> Iterator[None]:
    """Networks come into being where and as they are needed: the host has no room for them."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with torch.device(device):
            yield
    finally:
        torch.set_default_dtype(before)


def transformer(
    model: Model, device: torch.device, dtype: torch.dtype, *, ours: bool
) -> WanTransformer3DModel:
    """The stock class, or ours, which takes a source and references besides."""
    kind = InContextWanTransformer3DModel if ours else WanTransformer3DModel
    torch.manual_seed(0)
    with made_on(device, dtype):
        made = kind(**model.config)
    # As from_pretrained leaves them.
    for name, parameter in made.named_parameters():
        if any(part in name.split(".") for part in kind._keep_in_fp32_modules):  # noqa: SLF001  diffusers' own
            parameter.data = parameter.data.float()
    return made.eval().requires_grad_(requires_grad=False)


def vae(device: torch.device, order: torch.memory_format, *, tiny: bool) -> AutoencoderKLWan:
    """Wan 2.1's, in fp32 as the engine has it, its convolutions' weights in this order."""
    torch.manual_seed(0)
    small = {"base_dim": 3, "dim_mult": [1, 1, 1, 1], "num_res_blocks": 1} if tiny else {}
    with made_on(device, torch.float32):
        made = AutoencoderKLWan(**small)
    for part in made.modules():
        if isinstance(part, torch.nn.Conv3d):
            part.to(memory_format=order)
    return made.eval().requires_grad_(requires_grad=False)


def text_encoder(device: torch.device, dtype: torch.dtype, *, tiny: bool) -> UMT5EncoderModel:
    """UMT5-XXL's encoder."""
    torch.manual_seed(0)
    sizes = {"vocab_size": 256384, "d_model": 4096, "d_kv": 64, "d_ff": 10240, "num_layers": 24, "num_heads": 64}  # fmt: skip
    if tiny:
        sizes = {"vocab_size": 300, "d_model": 32, "d_kv": 8, "d_ff": 37, "num_layers": 2, "num_heads": 4}  # fmt: skip
    with made_on(device, dtype):
        made = UMT5EncoderModel(UMT5Config(**sizes, feed_forward_proj="gated-gelu"))
    return made.eval().requires_grad_(requires_grad=False)


@contextmanager
def shortened(network: torch.nn.Module) -> Iterator[None]:
    """Within, of its blocks, which are all alike, the network has but the first two: enough to warm up and to look at."""
    whole = network.blocks
    network.blocks = whole[:2]
    try:
        with torch.no_grad():
            yield
    finally:
        network.blocks = whole
