"""The transformer with streams: stock without them, and by the published formula with them."""

import pytest

pytest.importorskip("torch", reason="needs torch: make gpu")

import copy

import tiny
import torch
from diffusers import FirstBlockCacheConfig, WanTransformer3DModel

from cutroom.engines.diffusion.families.in_context import (
    InContextWanTransformer3DModel,
    Stream,
    StreamRope,
    sources,
)


def drawn(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))


TARGET = drawn(1, 16, 3, 4, 4)
TEXT = drawn(1, 8, tiny.TEXT)
TIME = torch.tensor([700])


@pytest.fixture(autouse=True)
def _no_grad():
    with torch.inference_mode():
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weights")
    tiny.transformer().save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def stock(folder):
    # Loaded as the other is: how weights lie in memory decides the last bit of a sum.
    return WanTransformer3DModel.from_pretrained(folder).eval()


@pytest.fixture(scope="module")
def model(folder):
    return InContextWanTransformer3DModel.from_pretrained(folder).eval()


def streams():
    return [Stream(drawn(1, 16, 3, 4, 4), 1.0), Stream(drawn(1, 16, 1, 6, 2), 2.0)]


def forward(model, **more):
    return model(TARGET, TIME, TEXT, return_dict=False, **more)[0]


def test_a_stock_checkpoint_loads_unchanged(stock, model):
    assert model.config.num_layers == stock.config.num_layers
    ours, theirs = model.state_dict(), stock.state_dict()
    assert list(ours) == list(theirs)
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_without_streams_it_is_the_stock_model(stock, model):
    expected = forward(stock)
    assert torch.equal(forward(model), expected)
    assert torch.equal(model.in_context(TARGET, TIME, TEXT, ()), expected)


@pytest.mark.parametrize("source", [1.0, 2.0, 4.2])
def test_the_phase_is_the_published_one(model, source):
    width = model.config.attention_head_dim
    base = model.rope(TARGET)
    cosine, sine = model.stream_rope([base], [source])
    got = torch.complex(cosine[..., 0::2].double(), sine[..., 1::2].double())
    table = torch.complex(base[0][..., 0::2].double(), base[1][..., 1::2].double())
    exponents = torch.arange(width // 2, dtype=torch.float64) * 2 / width
    phase = torch.exp(1j * source * 10000.0**-exponents)
    assert (got - table * phase).abs().max() < 2e-7
    assert torch.equal(cosine[..., 0::2], cosine[..., 1::2])


class Complex:
    """Self-attention with rotary numbers as complex ones, as the published code has them."""

    def __call__(self, attn, hidden, _encoded=None, _mask=None, rotary_emb=None):
        query, key, value = (
            part.unflatten(2, (attn.heads, -1)).transpose(1, 2)
            for part in (attn.norm_q(attn.to_q(hidden)), attn.norm_k(attn.to_k(hidden)), attn.to_v(hidden))
        )  # fmt: skip
        query, key = (self.turned(part, rotary_emb) for part in (query, key))
        seen = torch.nn.functional.scaled_dot_product_attention(query, key, value)
        return attn.to_out[0](seen.transpose(1, 2).flatten(2))

    @staticmethod
    def turned(part, rotary):
        pairs = torch.view_as_complex(part.double().unflatten(3, (-1, 2)))
        return torch.view_as_real(pairs * rotary).flatten(3).type_as(part)


def complex_rope(latent, source, width):
    """exp(i * angle) of every token: the 3-D table, times the phase of the source."""
    frames, height, width_of_grid = latent.shape[2], latent.shape[3] // 2, latent.shape[4] // 2
    side = 2 * (width // 6)

    def angles(positions, dims):
        return torch.outer(
            positions.double(), 10000.0 ** (-torch.arange(0, dims, 2).double() / dims)
        )

    grid = torch.meshgrid(
        torch.arange(frames), torch.arange(height), torch.arange(width_of_grid), indexing="ij"
    )
    parts = [
        angles(place.flatten(), dims)
        for place, dims in zip(grid, (width - 2 * side, side, side), strict=True)
    ]
    total = torch.cat(parts, dim=1) + angles(torch.tensor([source]), width)
    return torch.polar(torch.ones_like(total), total)


@pytest.mark.parametrize("count", [1, 2, 7])
def test_a_pass_is_that_of_the_published_code(model, count):
    kept = [Stream(drawn(1, 16, 3 if n == 0 else 1, 4, 4), s) for n, s in enumerate(sources(count))]
    published = copy.deepcopy(model)
    for block in published.blocks:
        block.attn1.set_processor(Complex())
    rows = [(one.latent, one.source) for one in kept] + [(TARGET, 0.0)]
    width = model.config.attention_head_dim
    rotary = torch.cat([complex_rope(latent, source, width) for latent, source in rows])
    published.stream_rope.forward = lambda *_: rotary
    expected = published.in_context(TARGET, TIME, TEXT, kept)
    assert (forward(model, streams=kept) - expected).abs().max() < 2e-6


def test_every_stream_has_its_own_table():
    rope = StreamRope(12)
    table = (torch.ones(1, 3, 1, 12), torch.zeros(1, 3, 1, 12))
    cosine, _ = rope([table, table], [0.0, 1.0])
    assert torch.equal(cosine[:, :3], table[0])
    assert not torch.equal(cosine[:, 3:], table[0])


def test_ids_stay_within_those_of_the_training():
    assert sources(0) == ()
    assert sources(5) == (1, 2, 3, 4, 5)
    assert sources(9) == (1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5)


def test_streams_and_their_ids_change_the_prediction(model):
    source, reference = streams()
    both = forward(model, streams=[source, reference])
    assert both.shape == TARGET.shape
    swapped = [Stream(source.latent, 2.0), Stream(reference.latent, 1.0)]
    for other in ([source], [reference], swapped, ()):
        assert not torch.allclose(forward(model, streams=other), both, atol=1e-4)


def test_tokens_are_computed_once_and_exact(model):
    fresh = forward(model, streams=streams())
    kept, calls = streams(), []
    hook = model.patch_embedding.register_forward_hook(lambda *_: calls.append(1))
    try:
        first, second = forward(model, streams=kept), forward(model, streams=kept)
        assert len(calls) == 3 + 1  # two streams and the target, then the target alone
        kept[0].forget()
        assert torch.equal(forward(model, streams=kept), fresh)
        assert len(calls) == 4 + 2
    finally:
        hook.remove()
    assert torch.equal(first, fresh)
    assert torch.equal(second, fresh)


def test_another_model_has_its_own_tokens(model):
    other = InContextWanTransformer3DModel.from_config(model.config).eval()
    kept = streams()
    forward(model, streams=kept)
    assert torch.equal(forward(other, streams=kept), forward(other, streams=streams()))


def test_first_block_cache_skips_blocks(model):
    kept, calls = streams(), []
    hook = model.blocks[1].ffn.register_forward_hook(lambda *_: calls.append(1))
    model.enable_cache(FirstBlockCacheConfig(threshold=1.0))
    try:
        for text in (TEXT, TEXT * 0.5):
            for name in ("alone", "with"):
                with model.cache_context(name):
                    more = {} if name == "alone" else {"streams": kept}
                    made = model(TARGET, TIME, text, **more).sample
                    assert made.shape == TARGET.shape
    finally:
        model.disable_cache()
        hook.remove()
    assert len(calls) == 2  # each branch the first time only


def test_the_plan_of_context_parallelism_names_its_modules(model):
    plan = InContextWanTransformer3DModel._cp_plan
    assert {name for name in plan if name} <= {name for name, _ in model.named_modules()}
    assert plan["stream_rope"] == WanTransformer3DModel._cp_plan["rope"]
