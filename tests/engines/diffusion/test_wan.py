"""Wan's text-to-video and image-to-video weights: tiny ones, through the real loader."""

import pytest

pytest.importorskip("torch", reason="needs torch: make gpu")

from dataclasses import replace

import numpy as np
import tiny
import torch

from cutroom.engines.diffusion.families.wan import Wan
from cutroom.engines.diffusion.family import Shot
from cutroom.engines.diffusion.runtime.machine import Machine
from cutroom.errors import Cancelled, CannotDo, EngineFailed
from cutroom.types import Kind
from cutroom.weights.rows import Profile, Recipe, weight_sets

LORAS = "wan2.2-t2v-a14b-4-steps"
MACHINE = Machine.here(cpu=True)
SHOT = Shot("a boat on a lake", frames=5, width=32, height=16, seed=7)
LIGHT, DARK = (np.full((16, 32, 3), value, np.uint8) for value in (230, 20))


def recipe(*loras, family="wan", **more):
    told = {
        "steps": 2,
        "guidance": {"text": 4.0, "text_low": 3.0},
        "shift": 3.0,
        "images": 4,
    } | more
    return Recipe(
        profile=Profile.SMALL, kind=Kind.TEXT, family=family, weights=("base", *loras), memory=1,
        memory_least=1, rate=16, window=9, multiple=16, long_side=32, area=512, **told,
    )  # fmt: skip


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("weights")
    for name in weight_sets()[LORAS].adapters:
        tiny.lora(root / "loras" / name)
    return {
        "text": tiny.wan(root / "text", experts=2),
        "image": tiny.wan(root / "image", experts=2, image=True),
        "large": tiny.wan(root / "large", large=True),
        LORAS: root / "loras",
    }


def loaded(folders, base, told=None):
    return Wan(told or recipe(), {**folders, "base": folders[base]}, MACHINE)


@pytest.fixture(scope="module")
def text(folders):
    return loaded(folders, "text")


@pytest.fixture(scope="module")
def image(folders):
    return loaded(folders, "image")


@pytest.fixture(scope="module")
def large(folders):
    return loaded(folders, "large")


class Seen:
    """What the transformers of a family were given while it made a shot, in order."""

    def __init__(self, family):
        self.networks = family.parts.transformers
        self.calls = []

    def __enter__(self):
        def hook(module, args, given):
            self.calls.append((self.networks.index(module), given))

        self.hooks = [
            one.register_forward_pre_hook(hook, with_kwargs=True) for one in self.networks
        ]
        return self.calls

    def __exit__(self, *error):
        for hook in self.hooks:
            hook.remove()


def test_both_experts_take_their_part_of_the_steps(text):
    with Seen(text) as calls:
        made = text.make(SHOT)
    assert made.shape == (5, 16, 32, 3)
    assert made.dtype == np.uint8
    assert made.std() > 1
    # With shift 3 two steps stand at 999 and 749; the experts change at 875. Each guides: two forwards.
    assert [expert for expert, _ in calls] == [0, 0, 1, 1]
    assert len(calls) == text.forwards(SHOT)


def test_what_a_card_computes_in(folders):
    halved = Wan(
        recipe(LORAS, guidance={}), {**folders, "base": folders["text"]},
        replace(MACHINE, bf16=True, memory=80 * 1024**3),
    )  # fmt: skip
    assert {one.dtype for one in halved.parts.transformers} == {torch.bfloat16}
    assert halved.parts.transformers[0].blocks[0].norm2.weight.dtype == torch.float32
    assert halved.parts.vae.dtype == torch.float32
    assert halved.make(SHOT).std() > 1


def test_the_same_seed_makes_the_same_frames(text):
    once = text.make(SHOT)
    assert (text.make(replace(SHOT, seed=8)) != once).any()
    assert (text.make(SHOT) == once).all()


def test_noise_belongs_to_the_place_on_the_timeline(text):
    """The second latent frame of one window is the first of a window that starts 4 frames later."""
    begins = []
    for start in (0, 4):
        with Seen(text) as calls:
            text.make(replace(SHOT, start=start))
        begins.append(calls[0][1]["hidden_states"])
    assert torch.equal(begins[0][:, :, 1], begins[1][:, :, 0])
    assert not torch.equal(begins[0][:, :, 0], begins[1][:, :, 0])


def test_the_prompts_are_read_once(text):
    read = []
    hook = text.parts.text_encoder.register_forward_pre_hook(lambda *_: read.append(1))
    for seed in (1, 2):
        text.make(replace(SHOT, prompt="a heron", negative="rain", seed=seed))
    hook.remove()
    assert len(read) == 2  # the prompt, and what is not wanted


def test_what_is_not_wanted_counts_only_with_guidance(text, folders):
    assert (text.make(replace(SHOT, negative="a storm")) != text.make(SHOT)).any()
    distilled = loaded(folders, "text", recipe(guidance={}))
    plain = distilled.make(SHOT)
    assert (distilled.make(replace(SHOT, negative="a storm")) == plain).all()


def test_more_guidance_is_another_film(text):
    assert (text.make(replace(SHOT, options={"guidance": 1.5})) != text.make(SHOT)).any()


def test_a_pair_of_loras_takes_four_steps_without_guidance(folders):
    shot = SHOT
    told = recipe(LORAS, steps=4, guidance={}, shift=5.0)
    fast = loaded(folders, "text", told)
    with Seen(fast) as calls:
        made = fast.make(shot)
    assert [expert for expert, _ in calls] == [0, 0, 1, 1]
    assert fast.forwards(shot) == 4
    # The times that the 4-step weights learnt: 1000, 750, 500 and 250, shifted by 5.
    assert [round(float(given["timestep"][0]), -1) for _, given in calls] == [1000, 940, 830, 620]
    without = loaded(folders, "text", recipe(steps=4, guidance={}, shift=5.0))
    assert (without.make(shot) != made).any()
    for with_lora, bare in zip(fast.parts.transformers, without.parts.transformers, strict=True):
        old, new = (one.blocks[0].attn1.to_q.weight for one in (bare, with_lora))
        assert type(with_lora.blocks[0].attn1.to_q) is torch.nn.Linear
        assert not torch.equal(old, new)


def test_the_few_steps_are_eulers(folders):
    """What the sampler makes of a network's answers is the straight line between the times."""
    fast = loaded(folders, "text", recipe(steps=4, guidance={}, shift=5.0))
    answers = []
    hooks = [
        one.register_forward_hook(lambda _m, _a, out: answers.append(out[0].clone()))
        for one in fast.parts.transformers
    ]
    with Seen(fast) as calls:
        fast.make(SHOT)
    for hook in hooks:
        hook.remove()
    places = [given["hidden_states"] for _, given in calls]
    times = [5 * s / (1 + 4 * s) for s in (0.999, 0.74925, 0.4995, 0.24975)]
    for n in range(3):
        straight = places[n] + (times[n + 1] - times[n]) * answers[n]
        assert torch.allclose(straight, places[n + 1], atol=2e-3)


def test_loras_that_do_not_fit_are_refused(folders, tmp_path):
    high, low = weight_sets()[LORAS].adapters
    told = recipe(LORAS)
    with pytest.raises(EngineFailed, match="2 experts"):
        loaded(folders, "large", told)
    with pytest.raises(EngineFailed, match=r"high_noise_model\.safetensors is missing"):
        loaded({**folders, LORAS: tmp_path}, "text", told)
    tiny.lora(tmp_path / high, name="diffusion_model.layers")
    with pytest.raises(EngineFailed, match="does not fit"):
        loaded({**folders, LORAS: tmp_path}, "text", told)
    tiny.lora(tmp_path / high)
    (tmp_path / low).write_bytes(b"not a LoRA")
    with pytest.raises(EngineFailed, match=r"low_noise_model\.safetensors does not fit"):
        loaded({**folders, LORAS: tmp_path}, "text", told)


def test_the_first_frame_is_given_to_the_weights(image):
    with Seen(image) as calls:
        made = image.make(replace(SHOT, first=LIGHT))
    assert made.shape == (5, 16, 32, 3)
    assert len(calls) == image.forwards(SHOT) == 4
    mask = calls[0][1]["hidden_states"][0, 16:20]
    assert mask[:, 0].eq(1).all()
    assert mask[:, 1].eq(0).all()
    assert (image.make(replace(SHOT, first=DARK)) != made).any()


def test_the_last_frame_is_given_to_the_weights(image):
    with Seen(image) as calls:
        image.make(replace(SHOT, first=LIGHT, last=DARK))
    mask = calls[0][1]["hidden_states"][0, 16:20]
    assert mask[:, 0].eq(1).all()
    assert mask[:, 1].flatten(1)[:, 0].tolist() == [0, 0, 0, 1]  # the last of four frames is known


def test_the_large_model_makes_both(large):
    shot = replace(SHOT, width=64, height=32)
    begins = np.full((32, 64, 3), 230, np.uint8)
    free = large.make(shot)
    with Seen(large) as calls:
        held = large.make(replace(shot, first=begins))
    assert free.shape == held.shape == (5, 32, 64, 3)
    assert (free != held).any()
    # The image stands in the first latent frame, at time 0, from the first step to the last.
    times = calls[0][1]["timestep"][0]
    assert times[: len(times) // 2].eq(0).all()
    assert times[len(times) // 2 :].eq(999).all()
    first = calls[0][1]["hidden_states"][:, :, 0]
    assert torch.equal(first, calls[-1][1]["hidden_states"][:, :, 0])


@pytest.mark.parametrize(
    ("weights", "more", "why"),
    [
        ("text", {"prompt": "very " * 110}, "too long for base: 551 tokens, of which 512"),
        ("text", {"first": LIGHT}, "from text alone"),
        ("text", {"images": (LIGHT,)}, "takes no references"),
        ("text", {"video": np.stack([LIGHT] * 5)}, "takes no references"),
        ("image", {}, "no first image"),
        ("image", {"last": DARK}, "no first image"),
        ("large", {"first": LIGHT, "last": DARK}, "not end at one"),
    ],
)
def test_what_the_weights_cannot_do_is_refused(request, weights, more, why):
    with pytest.raises(CannotDo, match=why):
        request.getfixturevalue(weights).make(replace(SHOT, **more))


@pytest.mark.parametrize("more", [{"frames": 6}, {"width": 24}, {"height": 20}])
def test_a_shot_that_would_be_rounded_is_refused(text, more):
    with pytest.raises(EngineFailed, match="asked of weights"):
        text.make(replace(SHOT, **more))


@pytest.mark.parametrize("where", ["text_encoder", "transformer", "vae"])
def test_a_hook_ends_a_shot_and_the_next_is_sound(text, where):
    before = text.make(SHOT)
    parts = text.parts
    module = {
        "text_encoder": parts.text_encoder,
        "transformer": parts.transformers[1].blocks[1],
        "vae": parts.vae.decoder.up_blocks[0],
    }[where]

    def stop(*_):
        raise Cancelled

    hook = module.register_forward_pre_hook(stop)
    with pytest.raises(Cancelled):
        text.make(replace(SHOT, prompt=f"something new for the {where}"))
    hook.remove()
    assert all(one is None for one in parts.vae._feat_map)
    assert (text.make(SHOT) == before).all()
