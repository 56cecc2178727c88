"""Bernini-R with tiny weights through the real loader: every mode, and what passes of a step are given."""

import pytest

pytest.importorskip("torch", reason="needs torch: make gpu")

from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import tiny
import torch
from diffusers import FirstBlockCacheConfig

from cutroom.engines.diffusion.families.bernini import Bernini, fitted
from cutroom.engines.diffusion.families.guidance import guided
from cutroom.engines.diffusion.families.latents import Latents
from cutroom.engines.diffusion.families.sampler import sampler
from cutroom.engines.diffusion.family import Shot
from cutroom.engines.diffusion.runtime.branches import shared
from cutroom.engines.diffusion.runtime.machine import Machine
from cutroom.engines.diffusion.runtime.noise import noise
from cutroom.errors import Cancelled, CannotDo, EngineFailed
from cutroom.types import Kind
from cutroom.weights.rows import Profile, Recipe, weight_sets

LORAS = "bernini-r-14b-4-steps"
SCALES = {"video": 1.25, "image": 4.5, "text": 4.0, "low": 0.8}


def drawn(seed, *shape):
    return np.random.default_rng(seed).integers(0, 256, (*shape, 3), np.uint8)


CLIP = drawn(0, 9, 16, 32)
CLEAN = torch.randn(1, 16, 3, 2, 4, generator=torch.Generator().manual_seed(3))
HAT, DOG = drawn(1, 24, 40), drawn(2, 32, 16)
T2V = Shot("a boat on a lake", frames=9, width=32, height=16, seed=7)
V2V = replace(T2V, video=CLIP)
R2V = replace(T2V, images=(HAT, DOG))
RV2V = replace(V2V, images=(HAT, DOG))


def recipe(*loras, **more):
    told = {"steps": 2, "guidance": SCALES, "images": 4} | more
    return Recipe(
        profile=Profile.SMALL, kind=Kind.EDIT, family="bernini", weights=("base", *loras),
        memory=1, memory_least=1, rate=16, window=9, multiple=16, long_side=32, area=512, **told,
    )  # fmt: skip


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("weights")
    for name in weight_sets()[LORAS].adapters:
        tiny.lora(root / "loras" / name)
    return {"base": tiny.bernini(root / "base", experts=2), LORAS: root / "loras"}


@pytest.fixture(scope="module")
def family(folders):
    return Bernini(recipe(), folders, Machine.here(cpu=True))


@contextmanager
def passes(family):
    """What every pass is given while this lasts: the expert's place and its keywords."""
    seen = []
    handles = [
        transformer.register_forward_pre_hook(
            lambda _, args, given, place=place: seen.append((place, args, given)), with_kwargs=True
        )
        for place, transformer in enumerate(family.transformers)
    ]
    try:
        yield seen
    finally:
        for handle in handles:
            handle.remove()


@pytest.mark.parametrize(
    ("shot", "forwards"),
    [
        (T2V, 4), (V2V, 4), (R2V, 6), (RV2V, 8),
        (replace(V2V, options={"mode": "v2v_chain"}), 6), (replace(V2V, options={"mode": "v2v"}), 4),
    ],
    ids=["t2v", "v2v", "r2v", "rv2v", "v2v_chain", "v2v plain"],
)  # fmt: skip
def test_every_mode_makes_its_frames_by_its_passes(family, shot, forwards):
    with passes(family) as seen:
        made = family.make(shot)
    assert (made.shape, made.dtype) == ((9, 16, 32, 3), np.uint8)
    assert made.std() > 1
    assert len(seen) == family.forwards(shot) == forwards
    assert [place for place, _, _ in seen] == [0] * (forwards // 2) + [1] * (forwards // 2)


def test_a_seed_repeats_and_another_differs(family):
    first = family.make(RV2V)
    assert np.array_equal(family.make(RV2V), first)
    assert not np.array_equal(family.make(replace(RV2V, seed=8)), first)


@pytest.mark.parametrize(
    "more",
    [
        {"prompt": "a train in a wood"},
        {"negative": "rain"},
        {"video": CLIP[::-1]},
        {"images": (HAT,)},
        {"images": (DOG, HAT)},
        {"options": {"guidance": 0.5}},
    ],
    ids=["prompt", "negative", "video", "fewer", "order", "guidance"],
)
def test_everything_given_counts(family, more):
    shot = replace(RV2V, options={"guidance": 30.0})  # tiny weights hardly care what they are given
    assert not np.array_equal(family.make(replace(shot, **more)), family.make(shot))


def test_what_the_passes_of_rv2v_see(family):
    with passes(family) as seen:
        family.make(RV2V)
    ids = [[stream.source for stream in given["streams"]] for _, _, given in seen[:4]]
    assert ids == [[], [1], [1, 2, 3], [1, 2, 3]]
    sizes = [tuple(stream.latent.shape[2:]) for stream in seen[3][2]["streams"]]
    assert sizes == [(3, 2, 4), (1, 2, 4), (1, 4, 2)]
    unwanted, wanted = seen[0][1][2], seen[3][1][2]
    assert all(torch.equal(args[2], unwanted) for _, args, _ in seen[:3])
    assert not torch.equal(wanted, unwanted)


def test_references_alone_begin_at_one(family):
    with passes(family) as seen:
        family.make(R2V)
    assert [[s.source for s in given["streams"]] for _, _, given in seen[:3]] == [
        [],
        [1, 2],
        [1, 2],
    ]


def test_windows_begin_from_the_same_noise_where_they_overlap(family):
    starts = []
    for start in (0, 4):
        with passes(family) as seen:
            family.make(replace(V2V, start=start))
        starts.append(seen[0][1][0])
    assert torch.equal(starts[0][:, :, 1:], starts[1][:, :, :-1])
    assert not torch.equal(starts[0], starts[1])


@pytest.mark.parametrize(
    ("shot", "beginning"),
    [
        (T2V, "text-to-video generation."),
        (V2V, "video editing."),
        (R2V, "subject-to-video generation."),
        (RV2V, "video editing with reference."),
    ],
)
def test_prompts_begin_as_in_the_training_and_end_in_zeros(family, shot, beginning):
    read, given = [], []
    encoder = family.parts.text_encoder
    shot = replace(shot, prompt=f"make   it {beginning} &amp; blue")
    handles = [
        encoder.register_forward_pre_hook(lambda _, args: read.append(args)),
        family.transformers[1].register_forward_pre_hook(lambda _, args: given.append(args[2])),
    ]
    try:
        family.make(shot)
        family.make(replace(shot, start=4))
    finally:
        for handle in handles:
            handle.remove()
    ((ids, mask), *others) = read
    # Asked once for two windows; the negative prompt was known before.
    assert len(others) <= 1
    ids, mask = (ids, mask) if not others or mask.sum() < others[0][1].sum() else others[0]
    text = family._tokenizer.decode(ids[0][mask[0].bool()], skip_special_tokens=True)
    start = f"You are a helpful assistant specialized in {beginning}"
    assert text == f"{start}make it {beginning} & blue"
    assert given[-1].shape == (1, 512, tiny.TEXT)
    length = int(mask.sum())
    assert given[-1][0, :length].abs().sum(-1).min() > 0
    assert not given[-1][0, length:].any()


def test_tokens_of_conditions_are_kept_exactly(family):
    kept = family.make(RV2V)

    class Forgetful:
        def each(self, passes):
            for one in passes:
                for stream in one.streams:
                    stream.forget()
            return [one() for one in passes]

    with shared(Forgetful()):
        assert np.array_equal(family.make(RV2V), kept)


def test_tokens_of_conditions_are_computed_once_an_expert(family):
    calls = []
    handles = [
        transformer.patch_embedding.register_forward_hook(lambda *_: calls.append(1))
        for transformer in family.transformers
    ]
    try:
        family.make(RV2V)
    finally:
        for handle in handles:
            handle.remove()
    assert len(calls) == 8 + 2 * 3  # the target in every pass, three streams for each expert


def test_branches_do_not_depend_on_each_other(family):
    class Backwards:
        def each(self, passes):
            return [one() for one in passes[::-1]][::-1]

    made = family.make(RV2V)
    with shared(Backwards()):
        assert np.array_equal(family.make(RV2V), made)


@pytest.mark.parametrize("where", ["text", "encode", "first", "second", "decode"])
def test_an_exception_passes_through_and_nothing_is_left_of_it(family, where):
    shot = replace(RV2V, prompt=f"cancelled in {where}")
    expected = family.make(replace(shot, prompt=shot.prompt + "!"))
    vae = family.parts.vae
    part = {
        "text": family.parts.text_encoder,
        "encode": vae.encoder,
        "first": family.transformers[0],
        "second": family.transformers[1],
        "decode": vae.decoder,
    }[where]
    calls = []

    def cancel(*_):
        calls.append(1)
        if len(calls) == (1 if where == "text" else 2):
            raise Cancelled

    handle = part.register_forward_pre_hook(cancel)
    try:
        with pytest.raises(Cancelled):
            family.make(shot)
    finally:
        handle.remove()
    assert all(kept is None for kept in vae._feat_map)
    assert np.array_equal(family.make(replace(shot, prompt=shot.prompt + "!")), expected)


def test_a_cache_of_blocks_holds_nothing_over(family):
    expected = family.make(V2V)
    for transformer in family.transformers:
        transformer.enable_cache(
            FirstBlockCacheConfig(threshold=1e9)
        )  # whatever it knows it repeats
    try:
        family.make(replace(V2V, seed=9))
        assert np.array_equal(family.make(V2V), expected)
    finally:
        for transformer in family.transformers:
            transformer.disable_cache()


def test_few_steps_by_a_lora_see_everything_at_once(folders):
    told = {"guidance": {}, "steps": 4, "shift": 5.0}
    plain = Bernini(recipe(**told), folders, Machine.here(cpu=True))
    quick = Bernini(recipe(LORAS, **told), folders, Machine.here(cpu=True))
    with passes(quick) as seen:
        made = quick.make(V2V)
    assert quick.forwards(V2V) == len(seen) == 4
    assert [place for place, _, _ in seen] == [0, 0, 1, 1]
    assert all([s.source for s in given["streams"]] == [1] for _, _, given in seen)
    assert not np.array_equal(plain.make(V2V), made)
    with pytest.raises(CannotDo, match="loses references"):
        quick.make(RV2V)


def test_in_bf16_norms_and_latents_stay_exact(folders, family):
    """What a GPU computes in; the source of truth are the weights in fp32."""
    half = Bernini(
        recipe(), folders, replace(Machine.here(cpu=True), bf16=True, memory=80 * 1024**3)
    )
    (high, _), vae = half.parts.transformers, half.parts.vae
    assert high.blocks[0].attn1.to_q.weight.dtype == torch.bfloat16
    assert (high.blocks[0].norm2.weight.dtype, vae.dtype) == (torch.float32, torch.float32)
    with passes(half) as seen:
        made = half.make(RV2V)
    assert {args[0].dtype for _, args, _ in seen} == {torch.bfloat16}
    assert np.array_equal(half.make(RV2V), made)
    off = np.abs(made.astype(int) - family.make(RV2V))
    assert 0 < off.mean() < 2


def test_one_expert_is_enough(tmp_path):
    folder = tiny.bernini(tmp_path / "small")
    small = Bernini(recipe(), {"base": folder}, Machine.here(cpu=True))
    assert len(small.parts.transformers) == 1
    assert small._scales(small.guidance(RV2V), RV2V, low=False) == [1.25, 4.5, 4.0]
    assert small.make(V2V).shape == CLIP.shape


@pytest.mark.parametrize(
    ("shot", "scales"), [(RV2V, [1.25, 4.5, 4.0]), (R2V, [4.5, 4.0]), (V2V, [4.0])]
)
def test_steps_go_by_the_guided_velocity(family, shot, scales):
    """With branches that predict what is known beforehand, the second expert guided by 0.8 of the scales."""
    predictions = [0.1 * (place + 1) * CLEAN for place in range(len(scales) + 1)]

    class Known:
        def each(self, passes):
            return predictions[: len(passes)]

    with shared(Known()):
        made = family.make(shot)
    steps, latents = sampler(recipe()), noise(7, 0, 3, (16, 2, 4))
    steps.set_timesteps(2)
    for factor, sigma, time in zip((1.0, 0.8), steps.sigmas, steps.timesteps, strict=False):
        velocity = guided(
            predictions, [scale * factor for scale in scales], latents, float(sigma),
            projected=shot is not RV2V,
        )  # fmt: skip
        latents = steps.step(velocity, time, latents, return_dict=False)[0]
    with torch.no_grad():
        assert np.array_equal(Latents(family.parts.vae).decode(latents), made)


def test_latents_are_normalised_as_published(family):
    vae = family.parts.vae
    mean, deviation = (
        torch.tensor(values).view(1, 16, 1, 1, 1)
        for values in (vae.config.latents_mean, vae.config.latents_std)
    )
    pixels = torch.from_numpy(CLIP).permute(3, 0, 1, 2)[None] / 255 * 2 - 1
    latents = Latents(vae)
    with torch.no_grad():
        coded = vae.encode(pixels).latent_dist.mode()
        assert torch.allclose(latents.encode(CLIP), (coded - mean) / deviation, atol=1e-5)
        decoded = vae.decode(coded, return_dict=False)[0][0].permute(1, 2, 3, 0)
        shown = ((decoded / 2 + 0.5).clamp(0, 1) * 255).round().numpy()
        made = latents.decode((coded - mean) / deviation)
    assert np.abs(made - shown).max() <= 1


@pytest.mark.parametrize(
    ("more", "error", "why"),
    [
        ({"first": CLIP[0]}, CannotDo, "no first or last frame"),
        ({"images": (HAT,) * 5}, CannotDo, "at most 4 reference images, not 5"),
        ({"prompt": "very " * 100}, CannotDo, "too long for base: 5.. tokens, of which 512"),
        ({"width": 48}, EngineFailed, "from a video of that size"),
        ({"frames": 8, "video": None}, EngineFailed, r"4k\+1 frames"),
        ({"height": 24, "video": None}, EngineFailed, "divisible by 16"),
    ],
)
def test_what_it_refuses(family, more, error, why):
    with pytest.raises(error, match=why):
        family.make(replace(V2V, **more))


def test_a_recipe_without_a_scale_is_refused(folders):
    with pytest.raises(EngineFailed, match="lacks the guidance image, video"):
        Bernini(recipe(guidance={"text": 4.0}), folders, Machine.here(cpu=True))


@pytest.mark.parametrize(
    ("size", "fits"),
    [
        ((1080, 1920), (464, 832)),
        ((1920, 1080), (832, 464)),
        ((1024, 1024), (832, 832)),
        ((300, 301), (320, 320)),
        ((100, 4000), (16, 832)),
        ((3, 5), (16, 16)),
        ((40, 24), (32, 16)),
    ],
)
def test_sizes_of_references(size, fits):
    made = fitted(np.zeros((*size, 3), np.uint8), 848, 16)
    assert made.shape == (*fits, 3)
