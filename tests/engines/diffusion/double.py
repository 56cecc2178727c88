"""The stock Wan pipeline with tiny random weights as a family: text to video, or an edit that starts from a source."""

from pathlib import Path

import numpy as np
import tiny
import torch
from diffusers import (
    AutoencoderKLWan,
    UniPCMultistepScheduler,
    WanPipeline,
    WanTransformer3DModel,
)
from transformers import PreTrainedTokenizerFast, UMT5EncoderModel

from cutroom.engines.diffusion.families.placed import Placed
from cutroom.engines.diffusion.family import Film, Parts, Shot
from cutroom.engines.diffusion.runtime.loading import Role, load, plain
from cutroom.engines.diffusion.runtime.machine import Machine
from cutroom.engines.diffusion.runtime.memory import device_of

SIZE = 32
FRAMES = 5
STEPS = 2
"""One for each expert."""


def saved(folder: Path, **of_vae) -> Path:
    """Weights of the double in the layout of the real repository, two experts."""
    return tiny.save(
        folder,
        tokenizer=tiny.tokenizer(),
        text_encoder=tiny.text_encoder(),
        vae=tiny.vae(**of_vae),
        scheduler=tiny.scheduler(),
        transformer=tiny.transformer(seed=3),
        transformer_2=tiny.transformer(seed=4),
    )


def shot(**other) -> Shot:
    told = {
        "prompt": "a heron", "negative": "blurry", "frames": FRAMES, "width": SIZE, "height": SIZE, "seed": 1
    }  # fmt: skip
    return Shot(**(told | other))


def source() -> Film:
    return np.random.default_rng(5).integers(0, 255, (FRAMES, SIZE, SIZE, 3), np.uint8)


class Double:
    """Loads as a real family does and keeps nothing of a shot."""

    def __init__(self, folder: Path, machine: Machine) -> None:
        self._pipe = _Pipeline(
            tokenizer=plain(PreTrainedTokenizerFast, folder, "tokenizer"),
            text_encoder=load(UMT5EncoderModel, folder, "text_encoder", Role.TEXT, machine),
            vae=load(AutoencoderKLWan, folder, "vae", Role.VAE, machine),
            scheduler=plain(UniPCMultistepScheduler, folder, "scheduler"),
            transformer=load(WanTransformer3DModel, folder, "transformer", Role.DENOISE, machine),
            transformer_2=load(
                WanTransformer3DModel, folder, "transformer_2", Role.DENOISE, machine
            ),
            boundary_ratio=0.8,
        )
        self._pipe.place = torch.device(machine.device)
        self._pipe.set_progress_bar_config(disable=True)

    @property
    def parts(self) -> Parts:
        pipe = self._pipe
        return Parts((pipe.transformer, pipe.transformer_2), pipe.text_encoder, pipe.vae)

    def forwards(self, shot: Shot) -> int:
        return 2 * STEPS

    def make(self, shot: Shot) -> Film:
        try:
            return self._made(shot)
        finally:
            # Samplers keep what they computed last, pipelines where they were.
            self._pipe._current_timestep = None
            self._pipe.scheduler = UniPCMultistepScheduler.from_config(self._pipe.scheduler.config)

    def _made(self, shot: Shot) -> Film:
        pipe = self._pipe
        generator = torch.Generator("cpu").manual_seed(shot.seed)
        latents = None
        if shot.video is not None:
            frames = torch.from_numpy(shot.video).permute(3, 0, 1, 2)[None].float() / 127.5 - 1
            known = pipe.vae.encode(frames.to(device_of(pipe.vae))).latent_dist.mode()
            latents = known.cpu() + torch.randn(known.shape, generator=generator)
        made = pipe(
            prompt=shot.prompt, negative_prompt=shot.negative, height=shot.height, width=shot.width,
            num_frames=shot.frames, num_inference_steps=STEPS, guidance_scale=3.0, latents=latents,
            generator=generator, output_type="np", max_sequence_length=16,
        ).frames[0]  # fmt: skip
        return np.round(made * 255).astype(np.uint8)


class _Pipeline(Placed, WanPipeline):
    """Which is told where it computes, as those of the families are."""
