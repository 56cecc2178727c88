"""Noise that belongs to places on a timeline, so that overlapping windows begin from the same."""

import hashlib

import torch

from cutroom.engines.diffusion.family import STEP, Shot


def noise_of(shot: Shot, channels: int, scale: int, *, before: int = 0) -> torch.Tensor:
    """That of a shot whose latents have so many channels and sides so many times smaller, as `noise` gives it.

    `before`: latent frames besides that stand before those of the film.
    """
    shape = (channels, shot.height // scale, shot.width // scale)
    return noise(
        shot.seed, shot.start // STEP - before, (shot.frames - 1) // STEP + 1 + before, shape
    )


def noise(seed: int, start: int, frames: int, shape: tuple[int, int, int]) -> torch.Tensor:
    """Normal noise for latent frames `start` and on, fp32 on the CPU.

    `shape` is (channels, height, width) of one; the result (1, channels, frames, height, width).

    What a latent frame gets depends on nothing but the seed, its place on the timeline and the shape: it is
    the same whatever window it is drawn for, and on every machine.
    """
    drawn = [_frame(seed, start + index, shape) for index in range(frames)]
    return torch.stack(drawn, dim=1).unsqueeze(0)


def _frame(seed: int, place: int, shape: tuple[int, int, int]) -> torch.Tensor:
    # Hashed: neighbouring seeds must not have each other's frames.
    digest = hashlib.blake2b(f"{seed}/{place}".encode(), digest_size=8).digest()
    generator = torch.Generator("cpu").manual_seed(int.from_bytes(digest, "little") >> 1)
    return torch.randn(shape, generator=generator, dtype=torch.float32)
