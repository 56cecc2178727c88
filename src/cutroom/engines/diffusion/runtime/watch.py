"""Progress and cancelling of one shot, by hooks on the networks that make it.

Pipelines are called as they are: what runs before each pass of their networks counts the passes and calls the
tick, whose exception goes through the pipeline and leaves it usable. Such hooks come before those that move
weights, and hooks on a transformer stand outside its compiled blocks.
"""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import torch
from torch import nn

from cutroom.engine import Tick
from cutroom.engines.diffusion.family import Parts, Shot

GLANCE = 0.1
"""Seconds between two looks at the tick within a network's pass."""
_NAP = 0.001  # seconds between two looks at whether the card is done: what it idles at most


class Stage(IntEnum):
    """What a network's pass belongs to, in their order within a shot."""

    TEXT = 0
    ENCODE = 1
    DENOISE = 2
    DECODE = 3


@dataclass(slots=True)
class Pace:
    """How long the stages of a shot take, in passes of the transformer: kept with a family, measured with every shot.

    It begins with what was counted for Wan 14B at 832 x 480 x 81: 1678 TFLOP a pass in bf16, 275 to decode and
    164 to encode in fp32, taken as four times as slow; the text takes next to nothing.
    """

    text: float = 0.1
    encode: float = 0.4
    decode: float = 0.7

    def shares(self, forwards: int) -> tuple[float, ...]:
        """The part (0..1) of the whole that each stage takes."""
        times = (self.text, self.encode, float(forwards), self.decode)
        return tuple(one / sum(times) for one in times)


class Watch:
    """Counts the passes of one shot and tells the tick."""

    def __init__(
        self,
        tick: Tick,
        shot: Shot,
        forwards: int,
        pace: Pace,
        *,
        tiles: int = 1,
        device: str = "cpu",
    ) -> None:
        """`forwards` is how many passes of transformers there will be, `tiles` in how many the VAE works."""
        self._tick, self._pace, self._device = tick, pace, device
        forwards = max(forwards, 1)
        coded = ((shot.frames - 1) // 4 + 1) * tiles
        # How often each network is called. Where it is more, a stage waits at its end; where less, it is skipped.
        self._expected = (2, coded, forwards, coded)
        self._shares = pace.shares(forwards)
        self._counted = [0] * len(Stage)
        self._spent = [0.0] * len(Stage)
        self._stage: Stage | None = None
        self._since = self._looked = time.monotonic()
        self._told = 0.0

    def enter(self, stage: Stage) -> None:
        """A pass of this stage is about to begin. Raises what the tick raises."""
        self._settle()
        now = time.monotonic()
        if self._stage is not None:
            self._spent[self._stage] += now - self._since
        self._stage, self._since = stage, now
        self._told = max(self._told, self._progress(stage))
        self._counted[stage] += 1
        self._look()

    def leave(self) -> None:
        """A pass was given to the card. Returns when it is done. Raises what the tick raises.

        Samplers then ask the card for a number, and nobody would look at the tick while they wait for it.
        """
        self._settle()

    def glance(self) -> None:
        """A good moment to look whether this is still wanted. Raises what the tick raises."""
        if time.monotonic() - self._looked >= GLANCE:
            self._look()

    def end(self) -> None:
        """The shot is made: its pace is that of the next ones."""
        if self._stage is not None:
            self._spent[self._stage] += time.monotonic() - self._since
        if self._counted[Stage.DENOISE] and self._counted[Stage.DECODE]:
            text, encode, denoise, decode = self._spent
            forward = denoise / self._counted[Stage.DENOISE]
            # Text and source may have been known already: what took no time this time may yet take some.
            self._pace.text = text / forward or self._pace.text
            self._pace.encode = encode / forward or self._pace.encode
            self._pace.decode = decode / forward

    def _progress(self, stage: Stage) -> float:
        """How much is done when a pass of `stage` begins: all that were counted, and what was skipped."""
        done = 0.0
        for one in Stage:
            part = min(self._counted[one] / self._expected[one], 1.0)
            skipped = one < Stage.DENOISE <= stage
            done += self._shares[one] * (1.0 if skipped else part)
        return done

    def _look(self) -> None:
        self._looked = time.monotonic()
        self._tick(min(self._told, 1.0))

    def _settle(self) -> None:
        """Wait until the card has done what it was given, looking at the tick meanwhile.

        Kernels are only put into a queue: without this, progress would tell what is queued, and a cancel would
        be heard after the queue ran empty. The card idles for milliseconds before a pass that takes seconds.
        """
        if not self._device.startswith("cuda"):
            return
        given = torch.cuda.Event()
        given.record(torch.cuda.current_stream(self._device))
        while not given.query():
            self.glance()
            time.sleep(_NAP)


def tiles(vae: nn.Module, shot: Shot) -> int:
    """In how many tiles a VAE works on frames of this size."""
    if not getattr(vae, "use_tiling", False):
        return 1
    high = math.ceil(shot.height / int(vae.tile_sample_stride_height))
    wide = math.ceil(shot.width / int(vae.tile_sample_stride_width))
    return high * wide


@contextmanager
def watching(parts: Parts, watch: Watch) -> Iterator[None]:
    """Within, every pass of these networks is seen by `watch`; afterwards no hook of it is left."""
    handles: list[Any] = []

    def before(module: nn.Module | None, act: Callable[[], None]) -> None:
        if module is not None:
            handles.append(module.register_forward_pre_hook(lambda *_: act()))

    try:
        for transformer in parts.transformers:
            before(transformer, lambda: watch.enter(Stage.DENOISE))
            handles.append(transformer.register_forward_hook(lambda *_: watch.leave()))
        before(parts.text_encoder, lambda: watch.enter(Stage.TEXT))
        # An encoder or decoder is called for every latent frame, and for every tile of it.
        before(getattr(parts.vae, "encoder", None), lambda: watch.enter(Stage.ENCODE))
        before(getattr(parts.vae, "decoder", None), lambda: watch.enter(Stage.DECODE))
        for other in parts.others:
            before(other, watch.glance)
        for part in (*parts.transformers, parts.text_encoder, parts.vae, *parts.others):
            for block in _blocks(part):
                before(block, watch.glance)
        yield
    finally:
        for handle in handles:
            handle.remove()


def _blocks(module: nn.Module | None) -> Iterator[nn.Module]:
    """The rows of blocks a network is made of, less those that are compiled: a hook would be compiled along."""
    if module is None or _is_compiled(module):
        return
    for child in module.children():
        if isinstance(child, nn.ModuleList):
            yield from (block for block in child if not _is_compiled(block))
        else:
            yield from _blocks(child)


def _is_compiled(module: nn.Module) -> bool:
    return getattr(module, "_compiled_call_impl", None) is not None
