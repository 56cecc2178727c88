"""Bernini-R: videos edited by an instruction, with references or without, and films from references or text.

One transformer or two experts of stock Wan weights see the source and the references in their context
(`in_context`) and are guided by how much each adds (`guidance`). What is given decides the mode. Prompts,
sizes of references, sampler and scales are those of the published inference code (bytedance/Bernini).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import torch
from diffusers import UniPCMultistepScheduler
from diffusers.pipelines.wan.pipeline_wan import prompt_clean
from PIL import Image

from cutroom.engines.diffusion.families.components import components
from cutroom.engines.diffusion.families.guidance import (
    MODES,
    SINGLE,
    Branch,
    Guidance,
    guided,
    usual,
)
from cutroom.engines.diffusion.families.in_context import (
    InContextWanTransformer3DModel,
    Stream,
    sources,
)
from cutroom.engines.diffusion.families.latents import Latents
from cutroom.engines.diffusion.families.length import TOKENS, whole
from cutroom.engines.diffusion.families.sampler import sampler
from cutroom.engines.diffusion.family import STEP, Film, Parts, Pixels, Shot
from cutroom.engines.diffusion.runtime.branches import each
from cutroom.engines.diffusion.runtime.embeddings import Embeddings
from cutroom.engines.diffusion.runtime.machine import Machine
from cutroom.engines.diffusion.runtime.memory import device_of
from cutroom.engines.diffusion.runtime.noise import noise_of
from cutroom.errors import CannotDo, EngineFailed
from cutroom.weights.rows import Recipe

BOUNDARY = 0.875
"""Share of the noise below which the second expert works (`switch_dit_boundary`)."""
_SPLIT = 4
"""By what the tokens of a reference are divisible."""

# What each task's prompts began with in the training.
_BEGINNINGS = {
    (False, False): "You are a helpful assistant specialized in text-to-video generation.",
    (True, False): "You are a helpful assistant specialized in video editing.",
    (False, True): "You are a helpful assistant specialized in subject-to-video generation.",
    (True, True): "You are a helpful assistant specialized in video editing with reference.",
}
# The published negative prompt, which is Wan's.
_UNWANTED = (
    "色调艳丽，过曝，静态，细节模糊不清，字幕，风格，作品，画作，画面，静止，整体发灰，最差质量，低质量，"  # noqa: RUF001
    "JPEG压缩残留，丑陋的，残缺的，多余的手指，画得不好的手部，画得不好的脸部，畸形的，毁容的，"  # noqa: RUF001
    "形态畸形的肢体，手指融合，静止不动的画面，杂乱的背景，三条腿，背景人很多，倒着走"  # noqa: RUF001
)


class Bernini:
    """Bernini-R with its weights loaded, 1.3B or 14B."""

    branching: ClassVar[bool] = True
    """Whoever shares the branches of a step has something to share."""

    def __init__(self, recipe: Recipe, folders: Mapping[str, Path], machine: Machine) -> None:
        self._recipe = recipe
        lacking = {"video", "image", "text"} - set(recipe.guidance)
        if recipe.guidance and lacking:
            raise EngineFailed(
                f"A recipe of Bernini lacks the guidance {', '.join(sorted(lacking))}."
            )
        loaded = components(InContextWanTransformer3DModel, recipe, folders, machine, indexed=False)
        both = (loaded["transformer"], loaded["transformer_2"])
        self.transformers = tuple(expert for expert in both if expert is not None)
        self._text_encoder, self._vae = loaded["text_encoder"], loaded["vae"]
        self._tokenizer = loaded["tokenizer"]
        self._latents = Latents(self._vae)
        self._embeddings = Embeddings(self._embedded)

    @property
    def parts(self) -> Parts:
        """The networks."""
        return Parts(self.transformers, self._text_encoder, self._vae)

    def forwards(self, shot: Shot) -> int:
        """As many a step as its guidance has branches."""
        return self._recipe.steps * len(self.guidance(shot).branches)

    def guidance(self, shot: Shot) -> Guidance:
        """How the shot is guided: by what it gives, or by the mode of that name in `options["mode"]`."""
        if not self._recipe.guidance:
            return SINGLE
        mode = usual(video=shot.video is not None, images=bool(shot.images))
        return MODES[str(shot.options.get("mode", mode))]

    @torch.no_grad()
    def make(self, shot: Shot) -> Film:
        """The frames: of the shot's video as its prompt would have it, of its images, or of the prompt alone.

        `options["guidance"]` multiplies how much the prompt counts. Raises CannotDo for a first or last frame,
        for more references than there is room for, and for a prompt that is longer than is read.
        """
        self._check(shot)
        try:
            return self._latents.decode(self._denoised(shot))
        finally:
            self._latents.forget()
            for transformer in self.transformers:
                if transformer.is_cache_enabled:
                    transformer._reset_stateful_cache()  # noqa: SLF001  as pipelines do

    def _check(self, shot: Shot) -> None:
        recipe = self._recipe
        if shot.first is not None or shot.last is not None:
            raise CannotDo(f"{recipe.weights[0]} takes references, but no first or last frame.")
        if len(shot.images) > recipe.images:
            raise CannotDo(
                f"{recipe.weights[0]} sees at most {recipe.images} reference images, "
                f"not {len(shot.images)}."
            )
        if shot.images and not recipe.guidance:
            raise CannotDo(f"{recipe.weights[-1]} loses references; they need guided steps.")
        size = (shot.frames, shot.height, shot.width)
        multiple = self._multiple
        fits = shot.video is None or shot.video.shape == (*size, 3)
        if not fits or shot.frames % STEP != 1 or shot.height % multiple or shot.width % multiple:
            raise EngineFailed(
                f"A shot of {shot.frames} frames of {shot.width}x{shot.height} was asked of weights that make "
                f"{STEP}k+1 frames with sides divisible by {multiple}, from a video of that size."
            )

    @property
    def _multiple(self) -> int:
        """What sides of frames and references must be divisible by."""
        return self._latents.scale * int(self.transformers[0].config.patch_size[1])

    def _denoised(self, shot: Shot) -> torch.Tensor:
        guidance = self.guidance(shot)
        wanted = whole(_worded(shot), self._tokenizer, self._recipe.weights[0])
        texts = {
            read: self._embeddings(wanted if read else _unwanted(shot))
            for read in {branch.prompt for branch in guidance.branches}
        }
        streams = self._streams(shot)
        steps = sampler(self._recipe)  # it keeps what it saw of a shot
        steps.set_timesteps(self._recipe.steps)
        latents = noise_of(shot, self._latents.channels, self._latents.scale)
        expert = 0
        for sigma, time in zip(steps.sigmas, steps.timesteps, strict=False):
            if self._expert(steps, time) != expert:
                expert = self._expert(steps, time)
                for stream in streams:
                    stream.forget()
            transformer = self.transformers[expert]
            predictions = each([
                _Pass(
                    transformer, branch.name, latents, time, texts[branch.prompt],
                    _seen(branch, shot, streams),
                )
                for branch in guidance.branches
            ])  # fmt: skip
            latents = latents.to(predictions[0].device)
            velocity = guided(
                predictions, self._scales(guidance, shot, low=expert > 0), latents, float(sigma),
                projected=guidance.projected,
            )  # fmt: skip
            (latents,) = steps.step(velocity, time, latents, return_dict=False)
        return latents

    def _expert(self, steps: UniPCMultistepScheduler, time: torch.Tensor) -> int:
        low = float(time) < BOUNDARY * steps.config.num_train_timesteps
        return int(low and len(self.transformers) > 1)

    def _scales(self, guidance: Guidance, shot: Shot, *, low: bool) -> list[float]:
        given = self._recipe.guidance
        factor = given.get("low", 1.0) if low else 1.0
        text = float(shot.options.get("guidance", 1.0))
        return [
            given[branch.scale] * factor * (text if branch.scale == "text" else 1.0)
            for branch in guidance.branches[1:]
        ]

    def _streams(self, shot: Shot) -> list[Stream]:
        """The video and then the references, in the order of their ids."""
        films = [] if shot.video is None else [shot.video]
        films += (
            fitted(image, self._recipe.long_side, self._multiple)[None] for image in shot.images
        )
        ids = sources(len(films))
        return [
            Stream(self._latents.encode(film), source)
            for film, source in zip(films, ids, strict=True)
        ]

    def _embedded(self, text: str) -> torch.Tensor:
        """(1, TOKENS, width): zero from the end of the text on."""
        read = self._tokenizer(
            text, padding="max_length", max_length=TOKENS, truncation=True, return_tensors="pt"
        )
        device = device_of(self._text_encoder)
        mask = read.attention_mask.to(device)
        found = self._text_encoder(read.input_ids.to(device), mask).last_hidden_state
        embedded: torch.Tensor = found * mask.unsqueeze(-1).to(found)
        return embedded


@dataclass(frozen=True, slots=True, eq=False)
class _Pass:
    """One branch of one step; it depends on no other, whoever carries it out."""

    transformer: InContextWanTransformer3DModel
    name: str
    latents: torch.Tensor
    time: torch.Tensor
    text: torch.Tensor
    streams: Sequence[Stream]

    def __call__(self) -> torch.Tensor:
        device = device_of(self.transformer)
        # Of its parameters' types the one that it takes and gives: others may be kept in more or fewer bits.
        dtype = self.transformer.patch_embedding.weight.dtype
        with self.transformer.cache_context(self.name):
            (velocity,) = self.transformer(
                self.latents.to(device, dtype),
                self.time.to(device).expand(1),
                self.text.to(device, dtype),
                streams=self.streams,
                return_dict=False,
            )
        return velocity


def _seen(branch: Branch, shot: Shot, streams: Sequence[Stream]) -> list[Stream]:
    videos = int(shot.video is not None)
    return [
        stream
        for place, stream in enumerate(streams)
        if (branch.video if place < videos else branch.images)
    ]


def _worded(shot: Shot) -> str:
    # Joined without a space, as in the training.
    beginning = _BEGINNINGS[shot.video is not None, bool(shot.images)]
    cleaned: str = prompt_clean(shot.prompt)
    return beginning + cleaned


def _unwanted(shot: Shot) -> str:
    return f"{shot.negative}, {_UNWANTED}" if shot.negative else _UNWANTED


def fitted(image: Pixels, longest: int, multiple: int) -> Pixels:
    """A reference at its own shape, its longer side at most `longest`, both sides divisible by `multiple`.

    The published code rounds both sides to the nearest multiple. Here the longer one goes to the nearest four of them,
    so that a reference never keeps a pass from being split between two or four cards; it is not enlarged but for
    that.
    """
    height, width = image.shape[:2]
    longer = max(width, height)
    units = max(round(min(longer, longest) / multiple), 1)
    if units >= _SPLIT:
        units = min(round(units / _SPLIT), longest // multiple // _SPLIT) * _SPLIT
    wide, tall = (max(round(side / longer * units), 1) * multiple for side in (width, height))
    resized = Image.fromarray(image).resize((wide, tall), Image.Resampling.BICUBIC)
    return np.array(resized)
