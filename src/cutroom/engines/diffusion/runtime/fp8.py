"""Weights kept in eight bits: half the memory, a little less true."""

from collections.abc import Sequence
from typing import Self

import torch
from torch import Tensor, nn

from cutroom.engines.diffusion.runtime.compiling import blocks

KEPT = torch.float8_e4m3fn
LARGEST = torch.finfo(KEPT).max


class Fp8Linear(nn.Linear):
    """A linear layer with fp8 weights and a scale for each row; it computes in the type of what comes in.

    diffusers' layerwise casting does without the scales, and what it does cannot be compiled.
    """

    scale: Tensor

    @classmethod
    def of(cls, layer: nn.Linear) -> Self:
        """The same layer in eight bits."""
        made = cls(layer.in_features, layer.out_features, bias=False, device="meta")
        weight = layer.weight.detach().float()
        scale = weight.abs().amax(dim=1, keepdim=True).clamp(min=1e-12) / LARGEST
        made.weight = nn.Parameter((weight / scale).to(KEPT), requires_grad=False)
        made.register_buffer("scale", scale.to(layer.weight.dtype))
        made.bias = layer.bias
        made.train(layer.training)
        return made

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002  nn.Linear's own name of it
        """The product, in the type of `input`."""
        weight = self.weight.to(input.dtype) * self.scale.to(input.dtype)
        return nn.functional.linear(input, weight, self.bias)


def narrow(transformers: Sequence[nn.Module]) -> None:
    """Keep the linear layers of all blocks in fp8, where nearly all weights are. There is no way back."""
    for block in blocks(transformers):
        for path, layer in list(block.named_modules()):
            # A layer of another class is quantised already or knows better; LoRAs are small.
            if type(layer) is nn.Linear and "lora_" not in path:
                parent, _, name = path.rpartition(".")
                setattr(block.get_submodule(parent), name, Fp8Linear.of(layer))
