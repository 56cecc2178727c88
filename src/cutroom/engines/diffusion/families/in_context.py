"""Wan's transformer with clean latents in its context: how Bernini sees a source video and references.

Nothing is added to the stock model but where its tokens come from, so its weights load unchanged. Source
and references are streams: each goes through the same patch embedding as what is denoised, its tokens stand
before the target's, and its rotary table is turned by one constant phase, by which the model tells the
streams apart. What comes out at their tokens is thrown away. (Bernini, arXiv 2605.22344,
section 2.3; the ids are those of the published inference code.)
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import torch
from diffusers import WanTransformer3DModel
from diffusers.models.modeling_outputs import Transformer2DModelOutput
from diffusers.models.transformers.transformer_wan import WanRotaryPosEmbed
from torch import nn

TRAINED_SOURCES = 5
"""The largest id that the published weights were trained with."""

Table = tuple[torch.Tensor, torch.Tensor]
"""Cosine and sine of the rotary angles, (1, tokens, 1, head width), each angle twice in a row."""


@dataclass(slots=True, eq=False)
class Stream:
    """A clean latent in the context; it keeps its tokens, which are the same at every step."""

    latent: torch.Tensor
    """(1, channels, frames, height, width), normalised."""
    source: float
    """Its id, from 1; the target's is 0."""
    _tokens: WeakKeyDictionary[nn.Module, torch.Tensor] = field(default_factory=WeakKeyDictionary)

    def tokens(self, embedding: nn.Module, like: torch.Tensor) -> torch.Tensor:
        """Its tokens in that model, computed once, in the type and on the device of `like`."""
        if (kept := self._tokens.get(embedding)) is None:
            kept = self._tokens[embedding] = _tokens(embedding, self.latent.to(like))
        return kept

    def forget(self) -> None:
        """Free the tokens: another model is to see it."""
        self._tokens.clear()


def sources(count: int) -> tuple[float, ...]:
    """The ids of so many streams in their order.

    Above TRAINED_SOURCES they are spread evenly between the first and the last trained id: phases between
    those of the training serve better than phases beyond them.
    """
    if count <= TRAINED_SOURCES:
        return tuple(float(place) for place in range(1, count + 1))
    step = (TRAINED_SOURCES - 1) / (count - 1)
    return tuple(1 + step * place for place in range(count))


class StreamRope(nn.Module):
    """The rotary table of all streams in a row. A module, so that context parallelism can split it."""

    def __init__(self, width: int, theta: float = 10000.0) -> None:
        super().__init__()
        self.width = width
        self.theta = theta

    def forward(self, tables: Sequence[Table], ids: Sequence[float]) -> Table:
        """Every stream's own table, turned by exp(i * id * theta ** (-2d / width)), joined."""
        turned = [
            self._turned(table, source) if source else table
            for table, source in zip(tables, ids, strict=True)
        ]
        cosines, sines = zip(*turned, strict=True)
        return torch.cat(cosines, dim=1), torch.cat(sines, dim=1)

    def _turned(self, table: Table, source: float) -> Table:
        pairs = torch.arange(0, self.width, 2, dtype=torch.float64)
        angles = (source * self.theta ** (-pairs / self.width)).repeat_interleave(2)
        cosine, sine = table
        turn_cosine, turn_sine = angles.cos().to(cosine), angles.sin().to(cosine)
        return cosine * turn_cosine - sine * turn_sine, sine * turn_cosine + cosine * turn_sine


class InContextWanTransformer3DModel(WanTransformer3DModel):
    """The stock transformer, which also takes streams; without any it is the stock transformer."""

    _cp_plan: ClassVar[dict[str, Any]] = {
        **WanTransformer3DModel._cp_plan,  # noqa: SLF001  the name by which diffusers finds it
        "stream_rope": WanTransformer3DModel._cp_plan["rope"],  # noqa: SLF001
    }

    # `from_pretrained` reads the signature: without it the file's config would be ignored.
    @functools.wraps(WanTransformer3DModel.__init__)  # type: ignore[misc]
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.stream_rope = StreamRope(self.config.attention_head_dim)

    def forward(  # noqa: PLR0917  the stock signature
        self,
        hidden_states: torch.Tensor,
        timestep: torch.Tensor,
        encoder_hidden_states: torch.Tensor,
        encoder_hidden_states_image: torch.Tensor | None = None,
        return_dict: bool = True,  # noqa: FBT001, FBT002
        attention_kwargs: dict[str, Any] | None = None,
        streams: Sequence[Stream] = (),
    ) -> Transformer2DModelOutput | tuple[torch.Tensor]:
        """The stock forward pass with `streams` before the target; one timestep for all tokens.

        Only text conditions streams: `encoder_hidden_states_image` and `attention_kwargs` are for calls
        without any.
        """
        if not streams:
            return super().forward(
                hidden_states,
                timestep,
                encoder_hidden_states,
                encoder_hidden_states_image,
                return_dict,
                attention_kwargs,
            )
        sample = self.in_context(hidden_states, timestep, encoder_hidden_states, streams)
        return Transformer2DModelOutput(sample=sample) if return_dict else (sample,)

    def in_context(
        self,
        target: torch.Tensor,
        timestep: torch.Tensor,
        text: torch.Tensor,
        streams: Sequence[Stream],
    ) -> torch.Tensor:
        """The prediction for `target`, (1, channels, frames, height, width)."""
        latents = [*(stream.latent for stream in streams), target]
        rotary = self.stream_rope(
            [self._table(latent, target.device) for latent in latents],
            [*(stream.source for stream in streams), 0.0],
        )
        own = _tokens(self.patch_embedding, target)
        given = [stream.tokens(self.patch_embedding, target) for stream in streams]
        hidden = torch.cat([*given, own], dim=1)
        time, modulation, text, _ = self.condition_embedder(timestep, text, None)
        modulation = modulation.unflatten(1, (6, -1))
        for block in self.blocks:
            hidden = block(hidden, text, modulation, rotary)
        table = self.scale_shift_table.to(time.device)
        shift, scale = (table + time.unsqueeze(1)).chunk(2, dim=1)
        hidden = (self.norm_out(hidden.float()) * (1 + scale) + shift).type_as(hidden)
        # All tokens are projected: under context parallelism they are whole again only after it.
        return self._unpatched(self.proj_out(hidden)[:, -own.shape[1] :], target)

    def _table(self, latent: torch.Tensor, device: torch.device) -> Table:
        # Of the class, not the instance: the hooks of context parallelism would split each by itself.
        cosine, sine = WanRotaryPosEmbed.forward(self.rope, latent)
        return cosine.to(device), sine.to(device)

    def _unpatched(self, tokens: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        grid = [
            side // patch
            for side, patch in zip(target.shape[2:], self.config.patch_size, strict=True)
        ]
        patches = tokens.reshape(len(tokens), *grid, *self.config.patch_size, -1)
        return patches.permute(0, 7, 1, 4, 2, 5, 3, 6).flatten(6, 7).flatten(4, 5).flatten(2, 3)


def _tokens(embedding: nn.Module, latent: torch.Tensor) -> torch.Tensor:
    tokens: torch.Tensor = embedding(latent).flatten(2).transpose(1, 2)
    return tokens.contiguous()
