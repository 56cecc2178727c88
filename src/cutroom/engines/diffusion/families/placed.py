"""Pipelines of diffusers that are told where their inputs belong, instead of looking where a network lies."""

import torch


class Placed:
    """Goes before a pipeline's class: inputs are put where the transformer computes, wherever networks are at the moment."""

    place: torch.device

    @property
    def _execution_device(self) -> torch.device:
        return self.place
