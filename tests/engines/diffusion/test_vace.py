"""VACE: references and known frames, with tiny weights through the real loader."""

import pytest

pytest.importorskip("torch", reason="needs torch: make gpu")

from dataclasses import replace

import numpy as np
import tiny
import torch

from cutroom.engines.diffusion.families.vace import Vace, whole
from cutroom.engines.diffusion.family import Shot
from cutroom.engines.diffusion.runtime.machine import Machine
from cutroom.errors import CannotDo
from cutroom.types import Kind
from cutroom.weights.rows import Profile, Recipe

SHOT = Shot("the dog from reference image 1 runs", frames=9, width=32, height=16, seed=7)
LIGHT, DARK = (np.full((16, 32, 3), value, np.uint8) for value in (230, 20))
DOG = np.full((60, 20, 3), 90, np.uint8)
RECIPE = Recipe(
    profile=Profile.SMALL, kind=Kind.REFERENCE, family="vace", weights=("base",), memory=1,
    memory_least=1, rate=16, window=9, multiple=16, long_side=32, area=512, steps=2,
    guidance={"text": 5.0}, images=4, first=True, last=True,
)  # fmt: skip


@pytest.fixture(scope="module")
def vace(tmp_path_factory):
    folder = tiny.vace(tmp_path_factory.mktemp("weights"))
    return Vace(RECIPE, {"base": folder}, Machine.here(cpu=True))


def given(vace, shot):
    """The frames, and what the transformer was given at the first step: noise, and what is known."""
    seen = []
    hook = vace.parts.transformers[0].register_forward_pre_hook(
        lambda _module, _args, told: seen.append(told), with_kwargs=True
    )
    made = vace.make(shot)
    hook.remove()
    assert len(seen) == vace.forwards(shot) == 4
    assert made.shape == (9, 16, 32, 3)
    return made, seen[0]["hidden_states"], seen[0]["control_hidden_states"]


@pytest.mark.parametrize("references", [0, 1, 4])  # 4: more than the film has latent frames
def test_references_stand_before_the_film(vace, references):
    made, noise, known = given(vace, replace(SHOT, images=(DOG,) * references))
    assert noise.shape[2] == known.shape[2] == 3 + references
    assert known[0, 32:, :references].eq(0).all()  # they are known whole,
    assert known[0, 32:, references:].eq(1).all()  # and nothing of the film is
    assert (vace.make(replace(SHOT, images=(DOG,) * references)) == made).all()


def test_the_film_has_the_same_noise_with_references_and_without(vace):
    _, without, _ = given(vace, SHOT)
    _, with_two, _ = given(vace, replace(SHOT, images=(DOG, LIGHT)))
    assert torch.equal(without, with_two[:, :, 2:])


def test_the_first_and_the_last_frame_are_known(vace):
    _, _, free = given(vace, SHOT)
    _, _, first = given(vace, replace(SHOT, first=LIGHT))
    _, _, both = given(vace, replace(SHOT, first=LIGHT, last=DARK, images=(DOG,)))
    assert not torch.equal(free[:, :16, 0], first[:, :16, 0])
    # The last is in the last latent frame, and nothing before it knows of it.
    assert torch.equal(first[:, :16, :2], both[:, :16, 1:3])
    assert not torch.equal(first[:, :16, 2], both[:, :16, 3])


def test_a_film_goes_on_from_the_frames_it_is_given(vace):
    lead = np.stack([np.full((16, 32, 3), 40 * n, np.uint8) for n in range(5)])
    _, _, known = given(vace, replace(SHOT, options={"lead": lead}))
    assert known[0, 32:, :2].eq(0).all()
    assert known[0, 32:, 2].eq(1).all()


def test_a_reference_is_shown_whole_on_white():
    shown = whole(DOG, 32, 16)
    assert shown.shape == (16, 32, 3)
    assert (shown[:, 13:18] == 90).all()  # 20x60 at a height of 16 is 5 wide
    assert (shown[:, :13] == 255).all()
    assert (shown[:, 18:] == 255).all()


def test_what_it_cannot_do_is_refused(vace):
    with pytest.raises(CannotDo, match="at most 4 reference images, not 5"):
        vace.make(replace(SHOT, images=(DOG,) * 5))
    with pytest.raises(CannotDo, match="edits no video"):
        vace.make(replace(SHOT, video=np.stack([LIGHT] * 9)))
