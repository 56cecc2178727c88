"""Wan 2.2: from text, from a first frame, or from a first to a last one."""

from collections.abc import Mapping
from pathlib import Path

import torch
from diffusers import WanImageToVideoPipeline, WanPipeline, WanTransformer3DModel

from cutroom.engines.diffusion.families.call import Call
from cutroom.engines.diffusion.families.components import components
from cutroom.engines.diffusion.families.placed import Placed
from cutroom.engines.diffusion.families.tensors import tensor
from cutroom.engines.diffusion.family import Film, Parts, Shot
from cutroom.engines.diffusion.runtime.machine import Machine
from cutroom.errors import CannotDo
from cutroom.weights.rows import Recipe


class Wan:
    """Wan's text-to-video and image-to-video weights, with one expert or two.

    Which of the two they are, their layers tell: image-to-video weights read the image beside the noise and
    cannot do without one; the 5B model takes the image in the place of the first latent frame, or none.
    """

    def __init__(self, recipe: Recipe, folders: Mapping[str, Path], machine: Machine) -> None:
        found = components(WanTransformer3DModel, recipe, folders, machine)
        self._name = recipe.weights[0]
        self._text, self._image = _Text(**found), _Image(**found)
        self._text.place = self._image.place = torch.device(machine.device)
        self._call = Call(recipe, self._text)
        self._image.set_progress_bar_config(disable=True)
        config = self._text.transformer.config
        self._beside = config.in_channels != config.out_channels
        self._instead = bool(self._text.config.expand_timesteps)

    @property
    def parts(self) -> Parts:
        """The networks."""
        return self._call.parts

    def forwards(self, shot: Shot) -> int:
        """One a step, two with guidance."""
        return self._call.forwards(shot)

    def make(self, shot: Shot) -> Film:
        """The frames; with `first` and `last` as the first and last of them, nearly.

        `options["guidance"]` multiplies how much the prompt counts. Raises CannotDo for a first or last frame
        where these weights take none, and for references.
        """
        self._refuse(shot)
        if shot.first is None:
            return self._call(shot)
        last = {} if shot.last is None else {"last_image": tensor(shot.last[None])}
        return self._call(shot, by=self._image, image=tensor(shot.first[None]), **last)

    def _refuse(self, shot: Shot) -> None:
        if shot.video is not None or shot.images:
            raise CannotDo(
                f"{self._name} takes no references and no video, only a first and a last frame."
            )
        if shot.first is None and (self._beside or shot.last is not None):
            raise CannotDo(f"{self._name} sets an image in motion, and there is no first image.")
        if shot.first is not None and not (self._beside or self._instead):
            raise CannotDo(f"{self._name} makes films from text alone, not from an image.")
        if shot.last is not None and not self._beside:
            raise CannotDo(f"{self._name} can begin at an image, but not end at one.")


class _Text(Placed, WanPipeline):
    """From text."""


class _Image(Placed, WanImageToVideoPipeline):
    """From images, and text."""
