"""One call of a Wan pipeline of diffusers: what all of them have in common."""

from typing import Any

import torch

from cutroom.engines.diffusion.families.length import TOKENS, whole
from cutroom.engines.diffusion.families.sampler import sampler
from cutroom.engines.diffusion.families.tensors import film
from cutroom.engines.diffusion.family import STEP, Film, Parts, Shot
from cutroom.engines.diffusion.runtime.embeddings import Embeddings
from cutroom.engines.diffusion.runtime.noise import noise_of
from cutroom.errors import EngineFailed
from cutroom.weights.rows import Recipe

_FAULTS = (
    "overexposed, blurred details, subtitles, overall grey, worst quality, low quality, JPEG artefacts, ugly,"
    " incomplete, extra fingers, poorly drawn hands, poorly drawn faces, deformed, disfigured, misshapen limbs,"
    " fused fingers, still picture, messy background, three legs, walking backwards"
)
"""What no shot should look like: the faults of the list that Wan's authors guide away from, without its styles."""


class Call:
    """Makes shots with a pipeline whose weights are loaded."""

    def __init__(self, recipe: Recipe, pipeline: Any) -> None:  # noqa: ANN401  # any of Wan's
        if recipe.guidance and "text" not in recipe.guidance:
            raise EngineFailed(f"A recipe of {recipe.family} lacks the guidance text.")
        self._recipe = recipe
        self.pipeline = pipeline
        pipeline.set_progress_bar_config(disable=True)  # progress is told by hooks
        self._embeddings = Embeddings(self._encoded)
        self.multiple: int = (
            pipeline.vae.config.scale_factor_spatial * pipeline.transformer.config.patch_size[1]
        )
        """What both sides of a frame must be divisible by."""

    @property
    def parts(self) -> Parts:
        """The pipeline's networks."""
        both = (self.pipeline.transformer, self.pipeline.transformer_2)
        return Parts(
            transformers=tuple(one for one in both if one is not None),
            text_encoder=self.pipeline.text_encoder,
            vae=self.pipeline.vae,
        )

    def forwards(self, shot: Shot) -> int:
        """Forward passes of the transformers, both experts together."""
        return self._recipe.steps * (2 if self._guidance(shot)[0] > 1 else 1)

    def __call__(
        self,
        shot: Shot,
        *,
        by: Any = None,  # noqa: ANN401  # a pipeline on the same networks
        before: int = 0,
        **conditions: object,
    ) -> Film:
        """The frames of a shot, made `by` another pipeline on the same networks if one is given.

        `before`: latent frames that stand before the film and are dropped in the end. What hooks raise passes
        through, and the pipeline can be called again.
        """
        pipeline = by or self.pipeline
        self._check(shot)
        device = pipeline._execution_device  # noqa: SLF001  # where diffusers itself looks
        text, low = self._guidance(shot)
        wanted = whole(shot.prompt, pipeline.tokenizer, self._recipe.weights[0])
        unwanted = f"{shot.negative}, {_FAULTS}" if shot.negative else _FAULTS
        try:
            made = pipeline(
                height=shot.height,
                width=shot.width,
                num_frames=shot.frames,
                num_inference_steps=self._recipe.steps,
                guidance_scale=text,
                guidance_scale_2=low if pipeline.config.boundary_ratio is not None else None,
                prompt_embeds=self._embeddings(wanted).to(device),
                negative_prompt_embeds=(
                    self._embeddings(unwanted).to(device) if text > 1 else None
                ),
                latents=self._noise(shot, before),
                output_type="pt",
                **conditions,
            ).frames[0]
            return self._checked(film(made), shot)
        finally:
            # An exception leaves the half of a decoded film and the caches of a step behind.
            pipeline.vae.clear_cache()
            pipeline.maybe_free_model_hooks()
            pipeline.scheduler = sampler(self._recipe)  # the old one holds latents

    def _encoded(self, text: str) -> torch.Tensor:
        with torch.no_grad():
            found, _ = self.pipeline.encode_prompt(
                text, do_classifier_free_guidance=False, max_sequence_length=TOKENS
            )
        return found

    def _guidance(self, shot: Shot) -> tuple[float, float]:
        """How much the prompt counts, for the high-noise expert and the low; 1: no guidance."""
        scales = self._recipe.guidance
        if not scales:
            return 1.0, 1.0
        factor = float(shot.options.get("guidance", 1.0))
        return scales["text"] * factor, scales.get("text_low", scales["text"]) * factor

    def _noise(self, shot: Shot, before: int) -> torch.Tensor:
        vae = self.pipeline.vae.config
        return noise_of(shot, vae.z_dim, vae.scale_factor_spatial, before=before)

    def _check(self, shot: Shot) -> None:
        # diffusers would round them without a word.
        if shot.frames % STEP != 1 or shot.width % self.multiple or shot.height % self.multiple:
            raise EngineFailed(
                f"A shot of {shot.frames} frames of {shot.width}x{shot.height} was asked of weights that make"
                f" {STEP}k+1 frames with sides divisible by {self.multiple}."
            )

    def _checked(self, made: Film, shot: Shot) -> Film:
        if made.shape != (shot.frames, shot.height, shot.width, 3):
            raise EngineFailed(f"The weights made {made.shape}, not what the shot asked for.")
        return made
