"""A set of random weights in a folder, in the layout of Bernini-R's repository, for the engine's own loader.

14B in bf16 with its text encoder take 41 GB: both experts are one file with two names. Numbers are repeated from a
block of 64 MB, since drawing so many would take longer than what is to be measured.
"""

import json
import os
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
from networks import MODELS, TINY_MODELS, text_encoder, transformer, vae
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

from cutroom.weights.manifest import Entry, Manifest, Marks, found_in

ID = "random"
BLOCK = 64 << 20
SPREAD = 0.02
"""Standard deviation of the weights."""
_NAMES = {torch.bfloat16: "BF16", torch.float32: "F32"}


def write(root: Path, model: str, *, experts: int, tiny: bool) -> None:
    """Leave the set in `root`, whole as far as `cutroom weights` can tell, unless it is there."""
    folder = root / ID
    if (folder / "cutroom.json").is_file():
        return
    meta, half = torch.device("meta"), torch.bfloat16
    denoiser = transformer((TINY_MODELS if tiny else MODELS)[model], meta, half, ours=False)
    coder = vae(meta, torch.contiguous_format, tiny=tiny)
    reader = text_encoder(meta, half, tiny=tiny)
    _save(folder / "transformer", denoiser, "diffusion_pytorch_model.safetensors")
    for file in (folder / "transformer").iterdir() if experts == 2 else ():
        second = folder / "transformer_2" / file.name
        second.parent.mkdir(exist_ok=True)
        os.link(file, second)
    _save(folder / "vae", coder, "diffusion_pytorch_model.safetensors")
    _save(folder / "text_encoder", reader, "model.safetensors")
    tokenizer().save_pretrained(folder / "tokenizer")
    # Nobody sent these files, so there is nothing to compare them with, and hashing them would take a minute.
    files = {path: Entry((folder / path).stat().st_size, "0" * 64) for path in found_in(folder)}
    marks = Marks(folder)
    for path, entry in files.items():
        marks.add(path, entry)
    marks.save()
    Manifest(ID, "nobody/random", "0" * 40, files, "none").write(folder)


def rows(*, memory: int, window: int, long_side: int, area: int, steps: int) -> str:
    """Rows for CUTROOM_RECIPES by which edits are made with this set: without guidance, and guided with references."""
    recipe = (
        f'profile = "{{profile}}"\nkind = "video-to-video-edit"\nfamily = "bernini"\nweights = ["{ID}"]\n'
        f"memory = {memory}\nmemory_least = {memory // 4}\nrate = 16\nwindow = {window}\noverlap = 5\nmultiple = 16\n"
        f"long_side = {long_side}\narea = {area}\nsteps = {steps}\nshift = 3.0\nimages = 4\n"
    )
    guided = (
        'when = "references"\nguidance = { video = 1.25, image = 4.5, text = 4.0, low = 0.8 }\n'
    )
    weights = (
        f'[[weights]]\nid = "{ID}"\ntitle = "Random weights"\nrepo = "nobody/random"\nlicence = "none"\n'
        "restricted = false\nbytes = 1\nfiles = []\n"
    )
    told = [weights]
    for profile in ("small", "default"):
        told += [
            f"[[recipe]]\n{recipe.replace('{profile}', profile)}{more}" for more in (guided, "")
        ]
    return "\n".join(told)


def tokenizer() -> PreTrainedTokenizerFast:
    """Bytes as tokens."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {"<pad>": 0, "</s>": 1, "<unk>": 2}
    vocabulary |= {one: n + 3 for n, one in enumerate(alphabet)}
    inner = Tokenizer(models.BPE(vocab=vocabulary, merges=[], unk_token="<unk>"))  # noqa: S106  a token of text
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    inner.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 1)]
    )
    marks = {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    return PreTrainedTokenizerFast(tokenizer_object=inner, **marks)


def _save(folder: Path, network: torch.nn.Module, name: str) -> None:
    """config.json and one file of safetensors, of which no more than a block is in memory."""
    folder.mkdir(parents=True)
    config = network.config
    if hasattr(config, "to_json_file"):
        config.architectures = [type(network).__name__]
        config.to_json_file(folder / "config.json")
    else:
        network.save_config(folder)
    tensors = {key: one for key, one in network.state_dict().items() if key in _saved(network)}
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    end = 0
    for key, one in tensors.items():
        header[key] = {
            "dtype": _NAMES[one.dtype], "shape": list(one.shape),
            "data_offsets": [end, end + one.nbytes],
        }  # fmt: skip
        end += one.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with (folder / name).open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for piece in _numbers(tensors):
            file.write(piece)


def _saved(network: torch.nn.Module) -> set[str]:
    """Keys of the state that a checkpoint holds: tied weights once."""
    seen: dict[int, str] = {}
    for key, one in network.state_dict(keep_vars=True).items():
        seen.setdefault(id(one), key)
    return set(seen.values())


def _numbers(tensors: Mapping[str, torch.Tensor]) -> Iterator[memoryview]:
    """The bytes of all tensors, from one block of each type, at another place for each."""
    generator = torch.Generator().manual_seed(0)
    blocks = {
        dtype: memoryview(
            (torch.randn(BLOCK // dtype.itemsize, generator=generator) * SPREAD)
            .to(dtype).view(torch.uint8).numpy()
        )
        for dtype in {one.dtype for one in tensors.values()}
    }  # fmt: skip
    for place, one in enumerate(tensors.values()):
        block, left = blocks[one.dtype], one.nbytes
        start = place * 4096 % BLOCK
        while left:
            piece = block[start : start + left]
            yield piece
            left -= len(piece)
            start = 0
