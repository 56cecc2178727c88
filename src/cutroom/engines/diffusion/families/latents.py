"""Between frames and the normalised latents of Wan's VAE."""

from typing import Any

import torch

from cutroom.engines.diffusion.families.tensors import film as to_film
from cutroom.engines.diffusion.families.tensors import tensor
from cutroom.engines.diffusion.family import Film
from cutroom.engines.diffusion.runtime.memory import device_of


class Latents:
    """What a VAE makes of frames, less the mean and in units of the deviation of its training."""

    def __init__(self, vae: Any) -> None:  # noqa: ANN401  AutoencoderKLWan
        self._vae = vae
        self.channels: int = vae.config.z_dim
        self.scale: int = vae.config.scale_factor_spatial
        """How many times smaller sides are."""

    def encode(self, film: Film) -> torch.Tensor:
        """(1, channels, latent frames, height, width), fp32: the middle of what the VAE thinks likely."""
        frames = tensor(film).to(device_of(self._vae), self._vae.dtype).mul_(2).sub_(1)
        coded = self._vae.encode(frames.transpose(0, 1).unsqueeze(0)).latent_dist.mode()
        mean, deviation = self._moments(coded.device)
        return (coded.float() - mean) / deviation

    def decode(self, latents: torch.Tensor) -> Film:
        """The frames of such latents."""
        latents = latents.to(device_of(self._vae), torch.float32)
        mean, deviation = self._moments(latents.device)
        coded = (latents * deviation + mean).to(self._vae.dtype)
        (made,) = self._vae.decode(coded, return_dict=False)[0]
        return to_film(made.transpose(0, 1).float().add_(1).div_(2))

    def forget(self) -> None:
        """Free what a pass that was broken off left behind."""
        self._vae.clear_cache()

    def _moments(self, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
        config = self._vae.config
        mean, deviation = (
            torch.tensor(values, device=device).view(1, -1, 1, 1, 1)
            for values in (config.latents_mean, config.latents_std)
        )
        return mean, deviation
