"""VACE: references, known frames and text in one call."""

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import torch
from diffusers import WanVACEPipeline, WanVACETransformer3DModel
from PIL import Image

from cutroom.engines.diffusion.families.call import Call
from cutroom.engines.diffusion.families.components import components
from cutroom.engines.diffusion.families.placed import Placed
from cutroom.engines.diffusion.families.tensors import tensor
from cutroom.engines.diffusion.family import Film, Parts, Pixels, Shot
from cutroom.engines.diffusion.runtime.machine import Machine
from cutroom.errors import CannotDo
from cutroom.weights.rows import Recipe

_GREY = 0.5
"""What stands where nothing is known: the middle of the range, nought to the network."""


class Vace:
    """Makes films in which references appear, between a first and a last frame where they are given."""

    def __init__(self, recipe: Recipe, folders: Mapping[str, Path], machine: Machine) -> None:
        pipeline = _Pipeline(**components(WanVACETransformer3DModel, recipe, folders, machine))
        pipeline.place = torch.device(machine.device)
        self._name = recipe.weights[0]
        self._most = recipe.images
        self._call = Call(recipe, pipeline)

    @property
    def parts(self) -> Parts:
        """The networks."""
        return self._call.parts

    def forwards(self, shot: Shot) -> int:
        """One a step, two with guidance."""
        return self._call.forwards(shot)

    def make(self, shot: Shot) -> Film:
        """The frames; with `first` and `last` as the first and last of them, nearly.

        `options["lead"]`: frames at the shot's size that it begins with, instead of `first`; what follows goes
        on as they move. `options["guidance"]` multiplies how much the prompt counts.
        """
        if shot.video is not None:
            raise CannotDo(f"{self._name} edits no video by an instruction.")
        if len(shot.images) > self._most:
            raise CannotDo(
                f"{self._name} takes at most {self._most} reference images, not {len(shot.images)}."
            )
        video, mask = _known(shot)
        references = [Image.fromarray(whole(one, shot.width, shot.height)) for one in shot.images]
        return self._call(
            shot,
            before=len(references),
            video=video.unsqueeze(0),
            mask=mask.unsqueeze(0),
            reference_images=references or None,
        )


class _Pipeline(Placed, WanVACEPipeline):
    def prepare_masks(
        self,
        mask: torch.Tensor,
        reference_images: list[list[torch.Tensor]],
        generator: torch.Generator | None = None,
    ) -> torch.Tensor:
        # diffusers has as many masks for references as the film has latent frames, where there are fewer of those.
        of_film = super().prepare_masks(mask, [[] for _ in reference_images], generator)
        shape = (*of_film.shape[:2], len(reference_images[0]), *of_film.shape[3:])
        return torch.cat([of_film.new_zeros(shape), of_film], dim=2)


def whole(image: Pixels, width: int, height: int) -> Pixels:
    """The whole image in the middle of a frame of that size, on white: how VACE was shown references."""
    scale = min(width / image.shape[1], height / image.shape[0])
    wide = max(1, min(width, round(image.shape[1] * scale)))
    tall = max(1, min(height, round(image.shape[0] * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    frame = np.full((height, width, 3), 255, np.uint8)
    top, left = (height - tall) // 2, (width - wide) // 2
    frame[top : top + tall, left : left + wide] = cv2.resize(image, (wide, tall), interpolation=way)
    return frame


def _known(shot: Shot) -> tuple[torch.Tensor, torch.Tensor]:
    """The film as far as it is known, 0..1, and a mask that is 0 where it is and 1 where it has to be made."""
    video = torch.full((shot.frames, 3, shot.height, shot.width), _GREY)
    mask = torch.ones(shot.frames, 1, shot.height, shot.width)
    lead: Film | None = shot.options.get("lead")
    if lead is None and shot.first is not None:
        lead = shot.first[None]
    if lead is not None:
        video[: len(lead)], mask[: len(lead)] = tensor(lead), 0
    if shot.last is not None:
        video[-1], mask[-1] = tensor(shot.last[None])[0], 0
    return video, mask
