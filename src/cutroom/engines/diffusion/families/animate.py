"""Wan-Animate-2: the character of an image moves as whoever is seen in a video.

The video is not read for poses: a first pass of the transformer keeps every layer's keys and values of it, and
each step attends to them frame by frame. diffusers has it as blocks of a modular pipeline over all segments of a
video, as it calls windows; here a shot is one segment, so windows, memory and progress are everybody's, and the blocks within a segment
are diffusers' own.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from diffusers import (
    AutoencoderKLWan,
    ClassifierFreeGuidance,
    FlowMatchEulerDiscreteScheduler,
    UniPCMultistepScheduler,
    WanAnimate2Transformer3DModel,
)
from diffusers.modular_pipelines import SequentialPipelineBlocks
from diffusers.modular_pipelines.modular_pipeline_utils import InputParam
from diffusers.modular_pipelines.wan_animate_2 import WanAnimate2ModularPipeline
from diffusers.modular_pipelines.wan_animate_2.before_denoise import WanAnimate2PrepareSegmentsStep
from diffusers.modular_pipelines.wan_animate_2.denoise import (
    WanAnimate2RefExtractStep,
    WanAnimate2SegmentDecodeStep,
    WanAnimate2SegmentDenoiseInner,
    WanAnimate2SegmentLoopWrapper,
    WanAnimate2SegmentPrepareStep,
    WanAnimate2SegmentPrevFramesStep,
    WanAnimate2SegmentSchedulerResetStep,
    WanAnimate2SegmentVaeEncoderStep,
)
from diffusers.modular_pipelines.wan_animate_2.encoders import (
    WanAnimate2ImageClipEncoderStep,
    WanAnimate2ImageVaeEncoderStep,
    clip_visual_encode,
    get_t5_prompt_embeds,
)
from transformers import AutoTokenizer, CLIPVisionModel, UMT5EncoderModel

from cutroom.engines.diffusion.families.length import whole
from cutroom.engines.diffusion.families.placed import Placed
from cutroom.engines.diffusion.families.tensors import film, tensor
from cutroom.engines.diffusion.family import STEP, Film, Parts, Pixels, Shot
from cutroom.engines.diffusion.runtime.embeddings import Embeddings
from cutroom.engines.diffusion.runtime.loading import Role, load, plain
from cutroom.engines.diffusion.runtime.machine import Machine
from cutroom.engines.diffusion.runtime.noise import noise_of
from cutroom.errors import CannotDo, EngineFailed
from cutroom.weights.rows import Recipe

_OF_VIDEO = "人物动作的参考视频"
"""What the weights were told about every driving video: the reference of a person's motion."""
_SCHEDULERS = {
    one.__name__: one for one in (FlowMatchEulerDiscreteScheduler, UniPCMultistepScheduler)
}


class Animate:
    """Makes shots in which the character of the first image does what is done in the shot's video."""

    def __init__(self, recipe: Recipe, folders: Mapping[str, Path], machine: Machine) -> None:
        self._recipe = recipe
        folder = folders[recipe.weights[0]]
        self._pipeline = _Segment(blocks=SequentialPipelineBlocks.from_blocks_dict(_BLOCKS))
        self._pipeline.place = torch.device(machine.device)
        self._text_encoder = load(UMT5EncoderModel, folder, "text_encoder", Role.TEXT, machine)
        self._tokenizer = plain(AutoTokenizer, folder, "tokenizer")
        self._pipeline.update_components(
            image_encoder=load(CLIPVisionModel, folder, "image_encoder", Role.IMAGE, machine),
            vae=load(AutoencoderKLWan, folder, "vae", Role.VAE, machine),
            transformer=load(
                WanAnimate2Transformer3DModel, folder, "transformer", Role.DENOISE, machine
            ),
            scheduler=_scheduler(folder),
            guider=ClassifierFreeGuidance(guidance_scale=recipe.guidance.get("text", 1.0)),
        )
        self._embeddings = Embeddings(self._encoded)

    @property
    def parts(self) -> Parts:
        """The networks. The transformer's attention takes all memory there is unless it is compiled."""
        pipeline = self._pipeline
        return Parts(
            (pipeline.transformer,),
            self._text_encoder,
            pipeline.vae,
            (pipeline.image_encoder,),
            compiled=True,
        )

    def forwards(self, shot: Shot) -> int:  # noqa: ARG002  the same for every shot
        """One for the driving video, then one a step, two with guidance."""
        return 1 + self._recipe.steps * (2 if self._recipe.guidance else 1)

    def make(self, shot: Shot) -> Film:
        """The frames, at the character's place and in its light, as large as the shot says.

        `first` or `options["lead"]`: frames that the shot begins with, those of the shot before. `options["opening"]`:
        the first frame of the whole driving video, where the shot's own is another. Raises CannotDo for anything
        but one image and a video.
        """
        video, character = self._given(shot)
        lead = shot.options.get("lead", shot.first[None] if shot.first is not None else None)
        opening = shot.options.get("opening", video[0])
        place = self._pipeline.place
        guided = bool(self._recipe.guidance)
        try:
            state = self._pipeline(
                image_pixels=_signed(character[None])[:, :, 0].to(place),
                driving_video_pixels=_signed(video).to(place),
                condition_clip_context=self._seen(opening),
                lead=None if lead is None else _signed(lead).to(place),
                prev_segment_conditioning_frames=0 if lead is None else len(lead),
                segment_frame_length=shot.frames,
                effective_segment=0,
                num_segments=1,
                latents_given=self._noise(shot),
                num_inference_steps=self._recipe.steps,
                prompt_embeds=self._embeddings(self._read(shot.prompt)).to(place),
                negative_prompt_embeds=self._embeddings(shot.negative).to(place)
                if guided
                else None,
                prompt_ref_embeds=self._embeddings(_OF_VIDEO).to(place),
                height=shot.height,
                width=shot.width,
            )
        finally:
            self._pipeline.vae.clear_cache()
        made = film((state.get("segment_frames")[0][0].transpose(0, 1) + 1) / 2)
        return made if lead is None else np.concatenate([lead, made])

    def _given(self, shot: Shot) -> tuple[Film, Pixels]:
        if shot.video is None or len(shot.images) != 1:
            raise CannotDo(
                f"{self._recipe.weights[0]} takes one image of the character and one video of the motion."
            )
        if shot.last is not None:
            raise CannotDo(f"{self._recipe.weights[0]} cannot end at an image.")
        size = (shot.height, shot.width, 3)
        if (
            shot.frames % STEP != 1
            or shot.video.shape != (shot.frames, *size)
            or shot.images[0].shape != size
        ):
            raise EngineFailed(
                f"A shot of {shot.frames} frames of {shot.width}x{shot.height} was given {shot.video.shape} and"
                f" {shot.images[0].shape}."
            )
        return shot.video, shot.images[0]

    def _noise(self, shot: Shot) -> torch.Tensor:
        """The reference image has a latent frame of its own, before the film's."""
        channels, scale = self._pipeline.vae.config.z_dim, self._pipeline.vae_scale_factor_spatial
        return noise_of(shot, channels, scale, before=1)[0]

    @torch.no_grad()
    def _seen(self, frame: Pixels) -> torch.Tensor:
        """What the image encoder makes of a frame."""
        encoder, place = self._pipeline.image_encoder, self._pipeline.place
        pixels = _signed(frame[None])[0, :, 0].to(place)
        found: torch.Tensor = clip_visual_encode(encoder, pixels, place, encoder.dtype)
        return found

    def _read(self, prompt: str) -> str:
        most = int(self._pipeline.transformer.config.text_len)
        return whole(prompt, self._tokenizer, self._recipe.weights[0], most)

    def _encoded(self, text: str) -> torch.Tensor:
        longest = self._pipeline.transformer.config.text_len
        with torch.no_grad():
            found: torch.Tensor = get_t5_prompt_embeds(
                self._text_encoder, self._tokenizer, text, longest, self._pipeline.place
            )
        return found


class _Segment(Placed, WanAnimate2ModularPipeline):
    """One segment of what diffusers makes in several."""


class _Noise(WanAnimate2SegmentPrepareStep):
    """Begins from the noise that belongs to the segment's place on the timeline."""

    @property
    def inputs(self) -> list[InputParam]:
        return [*super().inputs, InputParam("latents_given", required=True)]

    @torch.no_grad()
    def __call__(self, components: Any, block_state: Any, k: int) -> tuple[Any, Any]:  # noqa: ANN401
        components, block_state = super().__call__(components, block_state, k=k)
        block_state.latents = block_state.latents_given.to(block_state.latents)
        return components, block_state


class _One(WanAnimate2SegmentLoopWrapper):
    """The loop over segments, for one segment that may go on from frames of the one before."""

    block_classes: ClassVar[list[type]] = [
        WanAnimate2SegmentVaeEncoderStep,
        WanAnimate2SegmentPrevFramesStep,
        _Noise,
        WanAnimate2SegmentSchedulerResetStep,
        WanAnimate2RefExtractStep,
        WanAnimate2SegmentDenoiseInner,
        WanAnimate2SegmentDecodeStep,
    ]
    block_names: ClassVar[list[str]] = [
        "vae_encoder", "prev_frames", "prepare", "scheduler_reset", "ref_extract", "denoise_inner", "decode",
    ]  # fmt: skip

    @property
    def loop_inputs(self) -> list[InputParam]:
        return [InputParam("lead")]

    @torch.no_grad()
    def __call__(self, components: Any, state: Any) -> tuple[Any, Any]:  # noqa: ANN401  diffusers' own
        block_state = self.get_block_state(state)
        block_state.segment_frames, block_state.out_frames = [], block_state.lead
        components, block_state = self.loop_step(
            components, block_state, k=int(block_state.lead is not None)
        )
        self.set_block_state(state, block_state)
        return components, state


_BLOCKS = {
    "image_clip": WanAnimate2ImageClipEncoderStep(),
    "image_vae": WanAnimate2ImageVaeEncoderStep(),
    "prepare": WanAnimate2PrepareSegmentsStep(),
    "denoise": _One(),
}


def _signed(frames: Film) -> torch.Tensor:
    """(1, 3, frames, height, width), fp32, -1..1."""
    return tensor(frames).transpose(0, 1).unsqueeze(0) * 2 - 1


def _scheduler(folder: Path) -> Any:  # noqa: ANN401  one of two classes
    """The scheduler that the weights come with. Raises EngineFailed for one that is none of Wan's."""
    file = folder / "scheduler" / "scheduler_config.json"
    try:
        name = json.loads(file.read_text("utf-8"))["_class_name"]
        return plain(_SCHEDULERS[name], folder, "scheduler")
    except (OSError, ValueError, KeyError, TypeError):
        raise EngineFailed(
            "The weights are damaged: scheduler/scheduler_config.json names no scheduler of theirs."
        ) from None
