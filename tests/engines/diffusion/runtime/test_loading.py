import json
import pickle
import shutil

import pytest

pytest.importorskip("torch", reason="needs torch: make gpu")

import tiny
import torch
from diffusers import AutoencoderKLWan, WanTransformer3DModel
from safetensors.torch import load_file, save_file
from transformers import PreTrainedTokenizerFast, UMT5EncoderModel

from cutroom.engines.diffusion.runtime import loading
from cutroom.engines.diffusion.runtime.loading import Role, load, plain, told
from cutroom.engines.diffusion.runtime.machine import Machine
from cutroom.errors import Cancelled, EngineFailed

CPU = Machine("cpu", "CPU", card=False, memory=8 << 30, free=8 << 30, host_free=8 << 30)
CARD = Machine("cuda:0", "pretended", card=True, memory=80 << 30, free=80 << 30, host_free=99 << 30, bf16=True)  # fmt: skip
SMALL = Machine("cuda:0", "pretended", card=True, memory=16 << 30, free=15 << 30, host_free=99 << 30, bf16=True)  # fmt: skip
FILE = "diffusion_pytorch_model.safetensors"


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weights")
    tiny.transformer().save_pretrained(folder / "sharded", max_shard_size="20KB")
    return tiny.save(
        folder,
        tokenizer=tiny.tokenizer(),
        text_encoder=tiny.text_encoder(),
        vae=tiny.vae(),
        transformer=tiny.transformer(),
    )


@pytest.fixture
def folder(saved, tmp_path):
    return shutil.copytree(saved, tmp_path / "weights")


def transformer(folder, name="transformer", machine=CPU):
    return load(WanTransformer3DModel, folder, name, Role.DENOISE, machine)


def test_what_was_saved_is_loaded_ready_to_be_used(saved):
    network = transformer(saved)
    expected = tiny.transformer().state_dict()
    assert all(torch.equal(value, expected[name]) for name, value in network.state_dict().items())
    assert not network.training
    assert not any(one.requires_grad for one in network.parameters())
    assert all(
        torch.equal(value, expected[name])
        for name, value in transformer(saved, "sharded").state_dict().items()
    )


def test_weights_that_the_host_has_no_room_for_are_not_begun(saved, monkeypatch):
    numbers = sum(one.numel() for one in tiny.transformer().state_dict().values())
    monkeypatch.setattr(loading, "host_memory", lambda: 4 * numbers)
    transformer(saved)
    transformer(saved, "sharded")
    monkeypatch.setattr(loading, "host_memory", lambda: 4 * numbers - 1)
    for name in ("transformer", "sharded"):
        with pytest.raises(EngineFailed, match=rf"do not fit into .* memory: .*{name} takes"):
            transformer(saved, name)
    transformer(saved, machine=CARD)  # half as much


def test_each_network_is_as_exact_as_its_role_asks(saved):
    assert {one.dtype for one in transformer(saved).parameters()} == {torch.float32}
    large = transformer(saved, machine=CARD)
    kinds = {name: one.dtype for name, one in large.named_parameters()}
    assert kinds["blocks.0.attn1.to_q.weight"] == torch.bfloat16
    assert kinds["condition_embedder.time_embedder.linear_1.weight"] == torch.float32  # kept so
    assert kinds["blocks.0.scale_shift_table"] == torch.float32
    text = load(UMT5EncoderModel, saved, "text_encoder", Role.TEXT, CARD)
    assert text.dtype == torch.bfloat16
    # Tied to the first, and in no file by itself.
    assert text.shared.weight.data_ptr() == text.encoder.embed_tokens.weight.data_ptr()
    assert load(AutoencoderKLWan, saved, "vae", Role.VAE, CARD).dtype == torch.float32
    assert load(AutoencoderKLWan, saved, "vae", Role.VAE, SMALL).dtype == torch.bfloat16


def test_loading_beats_and_can_be_cancelled(saved):
    class Tick:
        beats = 0

        def __call__(self, done):
            self.beats += 1
            if self.beats > 2:
                raise Cancelled

        def note(self, sentence):
            raise AssertionError(sentence)

    tick = Tick()
    with told(tick):
        transformer(saved)
        assert tick.beats >= 2
        with pytest.raises(Cancelled):
            transformer(saved)
    transformer(saved)  # nobody listens any more


def test_missing_files_are_named(folder):
    with pytest.raises(EngineFailed, match=r"incomplete: .*/weights/nothing is missing"):
        transformer(folder, "nothing")
    (folder / "transformer" / FILE).unlink()
    with pytest.raises(EngineFailed, match=r"/transformer holds no safetensors\.$"):
        transformer(folder)
    (folder / "transformer" / "config.json").unlink()
    with pytest.raises(EngineFailed, match=r"/transformer/config\.json is missing"):
        transformer(folder)
    shard = sorted((folder / "sharded").glob("*.safetensors"))[1]
    shard.unlink()
    with pytest.raises(EngineFailed, match=f"{shard.name} is missing"):
        transformer(folder, "sharded")


@pytest.mark.parametrize("name", ["diffusion_pytorch_model.bin", "model.pt", "model.ckpt"])
def test_a_pickle_is_never_opened(folder, tmp_path, name):
    class Trap:
        def __reduce__(self):
            return (exec, (f"open({str(tmp_path / 'sprung')!r}, 'w').close()",))

    (folder / "transformer" / FILE).unlink()
    (folder / "transformer" / name).write_bytes(pickle.dumps(Trap()))
    with pytest.raises(EngineFailed, match=f"no safetensors; {name} is of a format that can run"):
        transformer(folder)
    assert not (tmp_path / "sprung").exists()


def cut(data):
    return data[:-7]


def lengthened(data):
    return data + b"more"


def no_header(data):
    return b"\xff" * 8 + data[8:]


def nothing(data):
    return b""


def page(data):
    return b"<html>504 Gateway Timeout</html>" * 20


@pytest.mark.parametrize("damage", [cut, lengthened, no_header, nothing, page])
def test_damaged_weights_are_named(folder, damage):
    file = folder / "transformer" / FILE
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(EngineFailed, match=rf"damaged: .*/transformer/{FILE} "):
        transformer(folder)


def test_weights_of_another_network_are_refused(folder):
    shutil.copy(folder / "vae" / FILE, folder / "transformer" / FILE)
    with pytest.raises(EngineFailed, match=r"/transformer lacks \d+ tensors of a WanTransf"):
        transformer(folder)


def test_a_tensor_that_is_missing_is_not_made_up(folder):
    file = folder / "transformer" / FILE
    tensors = load_file(file)
    del tensors["proj_out.weight"]
    save_file(tensors, file)
    with pytest.raises(EngineFailed, match=r"lacks 1 tensors .* among them proj_out\.weight"):
        transformer(folder)


@pytest.mark.parametrize("text", ["{", "[]", "\x00"])
def test_a_config_that_is_none_is_named(folder, text):
    (folder / "transformer" / "config.json").write_text(text)
    with pytest.raises(EngineFailed, match=r"/transformer/config\.json is not readable as JSON"):
        transformer(folder)


def test_a_config_of_another_size_is_refused(folder):
    file = folder / "transformer" / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"ffn_dim": 48}))
    with pytest.raises(
        EngineFailed, match=r"/transformer does not load as a WanTransformer3DModel"
    ):
        transformer(folder)


def test_what_has_no_weights(folder):
    assert plain(PreTrainedTokenizerFast, folder, "tokenizer")("a").input_ids
    (folder / "tokenizer" / "tokenizer.json").write_text("{")
    with pytest.raises(EngineFailed, match=r"/tokenizer does not load as a Tokenizer"):
        plain(PreTrainedTokenizerFast, folder, "tokenizer")
    with pytest.raises(EngineFailed, match="is missing"):
        plain(PreTrainedTokenizerFast, folder, "tokenizer_2")
