"""Tiny random networks in the layout of the real repositories, saved to a folder for the real loader.

About 70,000 weights a pipeline: what they make is noise, but shapes, frames, steps and files are real.
"""

from pathlib import Path

import torch
from diffusers import (
    AutoencoderKLWan,
    FlowMatchEulerDiscreteScheduler,
    UniPCMultistepScheduler,
    WanAnimate2Transformer3DModel,
    WanPipeline,
    WanTransformer3DModel,
    WanVACEPipeline,
    WanVACETransformer3DModel,
)
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import (
    CLIPVisionConfig,
    CLIPVisionModel,
    PreTrainedTokenizerFast,
    UMT5Config,
    UMT5EncoderModel,
)

torch.set_num_threads(1)  # with networks this small, threads only wait for each other

TEXT = 32
"""Width of the text encoder's output."""


def tokenizer() -> PreTrainedTokenizerFast:
    """Bytes as tokens: no vocabulary has to be fetched."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {"<pad>": 0, "</s>": 1, "<unk>": 2}
    vocabulary |= {one: n + 3 for n, one in enumerate(alphabet)}
    inner = Tokenizer(models.BPE(vocab=vocabulary, merges=[], unk_token="<unk>"))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    inner.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 1)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=inner, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    )


def text_encoder() -> UMT5EncoderModel:
    torch.manual_seed(1)
    config = UMT5Config(vocab_size=300, d_model=TEXT, d_kv=8, d_ff=37, num_layers=2, num_heads=4)
    return UMT5EncoderModel(config).eval()


def vae(*, large: bool = False, base: int = 3) -> AutoencoderKLWan:
    """Wan's VAE; `large` is that of the 5B model: 48 channels, 16 x smaller sides. `base`: its channels."""
    torch.manual_seed(2)
    if large:
        return AutoencoderKLWan(
            base_dim=3, z_dim=48, dim_mult=[1, 1, 1, 1], num_res_blocks=1,
            temperal_downsample=[False, True, True], in_channels=12, out_channels=12,
            is_residual=True, patch_size=2, latents_mean=[0.0] * 48, latents_std=[1.0] * 48,
            scale_factor_spatial=16, scale_factor_temporal=4,
        ).eval()  # fmt: skip
    return AutoencoderKLWan(
        base_dim=base, z_dim=16, dim_mult=[1, 1, 1, 1], num_res_blocks=1,
        temperal_downsample=[False, True, True],
    ).eval()  # fmt: skip


def transformer(
    *, seed: int = 3, channels: int = 16, out: int = 16, layers: int = 2, head: int = 12, **more
) -> WanTransformer3DModel:
    torch.manual_seed(seed)
    return WanTransformer3DModel(
        patch_size=(1, 2, 2), num_attention_heads=2, attention_head_dim=head, in_channels=channels,
        out_channels=out, text_dim=TEXT, freq_dim=256, ffn_dim=32, num_layers=layers,
        cross_attn_norm=True, qk_norm="rms_norm_across_heads", rope_max_seq_len=32, **more,
    ).eval()  # fmt: skip


def scheduler(shift: float = 3.0) -> UniPCMultistepScheduler:
    return UniPCMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=shift
    )


def save(folder: Path, **components: object) -> Path:
    """Save every component into a folder of its name, as repositories on the hub are laid out."""
    for name, component in components.items():
        component.save_pretrained(folder / name)  # type: ignore[attr-defined]
    return folder


def wan(folder: Path, *, experts: int = 1, image: bool = False, large: bool = False) -> Path:
    """A repository of Wan: one expert or two, from text or from an image, or the large VAE's 5B model."""
    channels = 48 if large else 16
    transformers = [
        transformer(seed=3 + n, channels=36 if image else channels, out=channels)
        for n in range(experts)
    ]
    WanPipeline(
        tokenizer=tokenizer(), text_encoder=text_encoder(), vae=vae(large=large),
        scheduler=scheduler(), transformer=transformers[0],
        transformer_2=transformers[1] if experts == 2 else None,
        boundary_ratio=0.875 if experts == 2 else None, expand_timesteps=large,
    ).save_pretrained(folder)  # fmt: skip
    return folder


def bernini(folder: Path, *, experts: int = 1) -> Path:
    """A repository of Bernini-R: no index, one transformer or two."""
    names = ("transformer", "transformer_2")[:experts]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text('{"model_type": "bernini_renderer"}')
    return save(
        folder, tokenizer=tokenizer(), text_encoder=text_encoder(), vae=vae(), scheduler=scheduler(),
        **{name: transformer(seed=3 + n) for n, name in enumerate(names)},
    )  # fmt: skip


def vace(folder: Path) -> Path:
    """A repository of VACE."""
    torch.manual_seed(5)
    network = WanVACETransformer3DModel(
        patch_size=(1, 2, 2), num_attention_heads=2, attention_head_dim=12, in_channels=16,
        out_channels=16, text_dim=TEXT, freq_dim=256, ffn_dim=32, num_layers=3, cross_attn_norm=True,
        qk_norm="rms_norm_across_heads", rope_max_seq_len=32, vace_layers=[0, 2], vace_in_channels=96,
    ).eval()  # fmt: skip
    WanVACEPipeline(
        tokenizer=tokenizer(), text_encoder=text_encoder(), vae=vae(), scheduler=scheduler(),
        transformer=network,
    ).save_pretrained(folder)  # fmt: skip
    return folder


def lora(file: Path, *, name: str = "diffusion_model.blocks", scale: float = 0.5) -> Path:
    """A LoRA for the tiny transformer, its layers named as the published 4-step LoRAs name them."""
    torch.manual_seed(6)
    file.parent.mkdir(parents=True, exist_ok=True)
    weights = {}
    for block in range(2):
        for layer in ("self_attn.q", "self_attn.v", "cross_attn.k", "ffn.0"):
            whole = f"{name}.{block}.{layer}"
            wide = 32 if layer == "ffn.0" else 24
            weights[f"{whole}.lora_down.weight"] = torch.randn(4, 24) * scale
            weights[f"{whole}.lora_up.weight"] = torch.randn(wide, 4) * scale
            weights[f"{whole}.alpha"] = torch.tensor(4.0)
    save_file(weights, file)
    return file


def animate(folder: Path) -> Path:
    """A repository of Wan-Animate-2, its heads as wide as a card's compiled attention takes at least."""
    torch.manual_seed(8)
    network = WanAnimate2Transformer3DModel(
        patch_size=(1, 2, 2), text_len=512, in_dim=36, dim=32, ffn_dim=32, freq_dim=256, text_dim=TEXT,
        out_dim=16, num_heads=2, num_layers=2,
    ).eval()  # fmt: skip
    # Its width is hard-wired in diffusers, and would be most of what these tests need of memory.
    image_encoder = CLIPVisionModel(
        CLIPVisionConfig(
            hidden_size=1280, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2,
            image_size=224, patch_size=16,
        )
    ).eval()  # fmt: skip
    return save(
        folder, tokenizer=tokenizer(), text_encoder=text_encoder(), vae=vae(), transformer=network,
        image_encoder=image_encoder, scheduler=FlowMatchEulerDiscreteScheduler(shift=5.0),
    )  # fmt: skip
