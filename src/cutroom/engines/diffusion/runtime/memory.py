"""Where the weights of a family lie."""

import torch
from diffusers.utils.torch_utils import get_module_execution_device
from torch import nn


def device_of(part: nn.Module) -> torch.device:
    """Where a part's inputs belong: where it computes, which is not always where its weights lie just now."""
    return torch.device(get_module_execution_device(part))
