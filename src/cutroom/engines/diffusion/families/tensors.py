"""Frames as tensors, and tensors as frames."""

import numpy as np
import torch

from cutroom.engines.diffusion.family import Film


def tensor(film: Film) -> torch.Tensor:
    """(frames, 3, height, width), fp32, 0..1, on the CPU."""
    owned = np.require(film, requirements=["C", "W"])  # what is read only or backwards is copied
    return torch.from_numpy(owned).permute(0, 3, 1, 2).float().div_(255)


def film(frames: torch.Tensor) -> Film:
    """uint8 frames of such a tensor, wherever it lies."""
    # Rounded where it lies: a quarter of the bytes come back from the GPU.
    pixels = frames.float().mul(255).round_().clamp_(0, 255).to(torch.uint8)
    return np.ascontiguousarray(pixels.permute(0, 2, 3, 1).cpu().numpy())
