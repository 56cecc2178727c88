"""Wan-Animate-2, tiny, through the real loader, beside diffusers' own pipeline of the same weights."""

import pytest

pytest.importorskip("torch", reason="needs torch: make gpu")
pytest.importorskip("diffusers", reason="needs diffusers: make gpu")

import shutil
from dataclasses import replace

import numpy as np
import tiny
import torch
from diffusers import ClassifierFreeGuidance
from diffusers.modular_pipelines.wan_animate_2 import WanAnimate2Blocks
from PIL import Image

from cutroom.engines.diffusion.families.animate import Animate
from cutroom.engines.diffusion.family import Shot
from cutroom.engines.diffusion.runtime.machine import Machine
from cutroom.errors import Cancelled, CannotDo, EngineFailed
from cutroom.types import Kind
from cutroom.weights.rows import Profile, Recipe

pytestmark = [
    pytest.mark.filterwarnings("ignore:flex_attention called without torch.compile"),
    pytest.mark.usefixtures("masks_uncompiled"),
]
DICE = np.random.default_rng(3)
VIDEO = DICE.integers(0, 255, (17, 32, 64, 3), dtype=np.uint8)
CHARACTER = DICE.integers(0, 255, (32, 64, 3), dtype=np.uint8)


def recipe(**more) -> Recipe:
    return Recipe(
        profile=Profile.SMALL, kind=Kind.MOTION, family="animate", weights=("base",), memory=1,
        memory_least=1, rate=24, window=9, multiple=16, long_side=64, area=2048, steps=2, **more,
    )  # fmt: skip


def shot(start: int = 0, **more) -> Shot:
    told = {"video": VIDEO[start : start + 9], "images": (CHARACTER,)} | more
    return Shot("a cat dances", 9, 64, 32, seed=7, start=start, **told)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return {"base": tiny.animate(tmp_path_factory.mktemp("weights") / "base")}


@pytest.fixture(scope="module")
def animate(folders):
    return Animate(recipe(), folders, Machine.here(cpu=True))


@pytest.fixture(scope="module")
def guided(folders):
    return Animate(recipe(guidance={"text": 3.0}), folders, Machine.here(cpu=True))


@pytest.fixture(scope="module")
def made(animate, masks_uncompiled):
    """What the plain shot comes to."""
    return animate.make(shot())


def test_a_shot_is_as_large_and_long_as_asked_and_repeats(animate, made) -> None:
    assert (made.shape, made.dtype) == ((9, 32, 64, 3), np.uint8)
    assert (made == animate.make(shot())).all()
    assert (made != animate.make(shot(start=4))).any()


@pytest.mark.parametrize("name", ["animate", "guided"])
def test_forwards_are_counted(name, request) -> None:
    family = request.getfixturevalue(name)
    passes = []
    hook = family.parts.transformers[0].register_forward_pre_hook(lambda *_: passes.append(1))
    family.make(shot())
    hook.remove()
    assert len(passes) == family.forwards(shot())


@pytest.mark.parametrize("name", ["animate", "guided"])
def test_two_shots_are_diffusers_own_film_of_two_segments(name, request, monkeypatch) -> None:
    family = request.getfixturevalue(name)
    own = family._pipeline
    generator = torch.Generator().manual_seed(5)
    blocks = WanAnimate2Blocks().init_pipeline()
    blocks.update_components(
        text_encoder=family._text_encoder, tokenizer=family._tokenizer, vae=own.vae,
        image_encoder=own.image_encoder, transformer=own.transformer, scheduler=own.scheduler,
        guider=ClassifierFreeGuidance(guidance_scale=3.0 if name == "guided" else 1.0),
    )  # fmt: skip
    frames = [Image.fromarray(frame) for frame in VIDEO]
    made = blocks(
        image=Image.fromarray(CHARACTER), driving_video=frames, prompt="a cat dances", height=32,
        width=64, segment_frame_length=9, generator=generator, num_inference_steps=2,
        max_sequence_length=512, output_type="np", output="videos",
    )[0]  # fmt: skip
    whole = np.rint(np.asarray(made) * 255).astype(np.uint8)
    assert whole.shape == VIDEO.shape

    # The same noise as that generator gives, segment after segment.
    again = torch.Generator().manual_seed(5)
    noises = iter([torch.randn((16, 4, 4, 8), generator=again) for _ in range(2)])
    monkeypatch.setattr(family, "_noise", lambda _: next(noises))
    first = family.make(shot())
    second = family.make(shot(8, options={"lead": first[-1:], "opening": VIDEO[0]}))
    assert (first == whole[:9]).all()
    assert (second[0] == first[-1]).all()
    # A lead goes through eight bits here, and not there.
    assert np.abs(second[1:].astype(int) - whole[9:]).max() <= 2


def test_it_goes_on_from_frames_of_the_shot_before(animate, made) -> None:
    lead = made[-1:]
    on = animate.make(shot(8, options={"lead": lead}))
    assert (on[0] == lead[0]).all()
    assert (on[1:] != animate.make(shot(8))[1:]).any()
    assert (on == animate.make(shot(8, first=lead[0]))).all()


def test_what_it_cannot_do_is_refused(animate) -> None:
    with pytest.raises(CannotDo, match="one image"):
        animate.make(shot(images=()))
    with pytest.raises(CannotDo, match="one image"):
        animate.make(shot(video=None))
    with pytest.raises(CannotDo, match="end at"):
        animate.make(shot(last=CHARACTER))
    with pytest.raises(CannotDo, match="too long for base: 551 tokens, of which 512"):
        animate.make(replace(shot(), prompt="very " * 110))
    with pytest.raises(EngineFailed, match="was given"):
        animate.make(shot(video=VIDEO[:5]))


def test_an_exception_of_a_hook_goes_through_and_leaves_it_as_it_was(animate, made) -> None:
    def stop(*_) -> None:
        raise Cancelled

    for network in (
        animate.parts.transformers[0],
        animate.parts.vae.decoder,
        animate.parts.others[0],
    ):
        hook = network.register_forward_pre_hook(stop)
        with pytest.raises(Cancelled):
            animate.make(shot())
        hook.remove()
    assert (animate.make(shot()) == made).all()


def test_a_scheduler_of_something_else_is_damage(folders, tmp_path) -> None:
    folder = tmp_path / "base"
    shutil.copytree(folders["base"], folder)
    (folder / "scheduler" / "scheduler_config.json").write_text('{"_class_name": "os.system"}')
    with pytest.raises(EngineFailed, match="no scheduler of theirs"):
        Animate(recipe(), {"base": folder}, Machine.here(cpu=True))
