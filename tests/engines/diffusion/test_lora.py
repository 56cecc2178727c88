"""What a LoRA says is in the weights afterwards: all of it, or none of it is used."""

import pytest

pytest.importorskip("torch", reason="needs torch: make gpu")

import tiny
import torch

from cutroom.engines.diffusion.families.lora import add

WIDE, RANK = 24, 4
LINEAR = {
    "blocks.0.self_attn.q": "blocks.0.attn1.to_q",
    "blocks.1.self_attn.o": "blocks.1.attn1.to_out.0",
    "blocks.0.cross_attn.v": "blocks.0.attn2.to_v",
    "blocks.1.ffn.0": "blocks.1.ffn.net.0.proj",
    "blocks.1.ffn.2": "blocks.1.ffn.net.2",
    "text_embedding.0": "condition_embedder.text_embedder.linear_1",
    "time_embedding.2": "condition_embedder.time_embedder.linear_2",
    "time_projection.1": "condition_embedder.time_proj",
}
CHANGED = {
    "blocks.0.self_attn.norm_q": "blocks.0.attn1.norm_q",
    "blocks.1.cross_attn.norm_k": "blocks.1.attn2.norm_k",
    "blocks.0.norm3": "blocks.0.norm2",
    "head.head": "proj_out",
}


@pytest.fixture
def network():
    return tiny.transformer()


def of_few_steps(network):
    """A LoRA as the published ones for few steps are: low rank, biases, norms, layers outside of the blocks."""
    torch.manual_seed(7)
    own, told, expected = network.state_dict(), {}, {}
    for theirs, ours in LINEAR.items():
        out, into = own[f"{ours}.weight"].shape
        down, up, bias = torch.randn(RANK, into), torch.randn(out, RANK), torch.randn(out)
        told[f"diffusion_model.{theirs}.lora_down.weight"] = down
        told[f"diffusion_model.{theirs}.lora_up.weight"] = up
        told[f"diffusion_model.{theirs}.alpha"] = torch.tensor(2.0)
        told[f"diffusion_model.{theirs}.diff_b"] = bias
        expected[f"{ours}.weight"] = 0.5 * up @ down
        expected[f"{ours}.bias"] = bias
    for theirs, ours in CHANGED.items():
        weight = torch.randn(own[f"{ours}.weight"].shape)
        told[f"diffusion_model.{theirs}.diff"] = expected[f"{ours}.weight"] = weight
    table = torch.randn(own["blocks.0.scale_shift_table"].shape)
    told["diffusion_model.blocks.0.modulation.diff"] = expected["blocks.0.scale_shift_table"] = (
        table
    )
    return told, expected


def test_every_tensor_of_it_is_in_the_weights(network):
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    told, expected = of_few_steps(network)
    add(network, told)
    for name, tensor in network.state_dict().items():
        wanted = before[name] + expected.get(name, 0.0)
        assert torch.allclose(tensor, wanted, atol=1e-5), name


def test_layers_may_be_named_as_diffusers_names_them(network):
    other = tiny.transformer()
    down, up = torch.randn(RANK, WIDE), torch.randn(WIDE, RANK)
    add(network, {
        "diffusion_model.blocks.0.self_attn.q.lora_down.weight": down,
        "diffusion_model.blocks.0.self_attn.q.lora_up.weight": up,
    })  # fmt: skip
    add(other, {
        "transformer.blocks.0.attn1.to_q.lora_A.weight": down,
        "transformer.blocks.0.attn1.to_q.lora_B.weight": up,
    })  # fmt: skip
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, other.state_dict()[name]), name


@pytest.mark.parametrize(
    ("key", "shape", "said"),
    [
        ("diffusion_model.blocks.7.self_attn.q.diff", (WIDE, WIDE), "there is no blocks.7.attn1.to_q here"),
        ("diffusion_model.blocks.0.self_attn.q.diff", (WIDE, WIDE + 1), "is another layer here"),
        ("diffusion_model.blocks.0.self_attn.q.lora_up.weight", (WIDE, RANK), "it has one half"),
        ("diffusion_model.blocks.0.self_attn.norm_q.diff_b", (WIDE,), "is another layer here"),
        ("diffusion_model.blocks.0.self_attn.q.dora_scale", (WIDE,), "which is nothing known"),
    ],
)  # fmt: skip
def test_what_has_no_place_is_told(network, key, shape, said):
    with pytest.raises(ValueError, match=said):
        add(network, {key: torch.zeros(shape)})


def test_a_file_without_anything_is_no_lora(network):
    with pytest.raises(ValueError, match="nothing in it"):
        add(network, {})


def test_weights_keep_their_precision(network):
    network.to(torch.bfloat16)
    told, _ = of_few_steps(network)
    add(network, told)
    assert {one.dtype for one in network.parameters()} == {torch.bfloat16}
