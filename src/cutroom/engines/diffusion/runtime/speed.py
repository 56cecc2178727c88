"""What makes a loaded family faster, put on by the operator's settings and taken off again."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import torch

from cutroom.engines.diffusion.family import Parts
from cutroom.engines.diffusion.knobs import Knobs
from cutroom.engines.diffusion.runtime import attention, fp8, skipping
from cutroom.engines.diffusion.runtime.code import keep_code
from cutroom.engines.diffusion.runtime.compiling import Compiled, start_compilers


class Speed:
    """A family's networks made as fast as its settings allow, until `undo`.

    Put it on once the weights are loaded and before they are placed: it may halve them. Films are made
    within `running`.
    """

    def __init__(self, parts: Parts, knobs: Knobs, device: torch.device) -> None:
        """`device` is where the transformers will run.

        Raises EngineFailed for a setting that these weights cannot have; nothing is changed then.
        """
        self._transformers = parts.transformers
        self._must_compile = parts.compiled
        self._on_card = device.type == "cuda"
        self._undo = ExitStack()
        self._compiled: Compiled | None = None
        self._cached = False
        self._notes: list[str] = []
        with self._undo:
            self._attend(device, knobs.attention, parallel=knobs.gpus > 1)
            # A CPU's compiler takes longer than it saves, but some attention is never without one.
            if parts.compiled or (knobs.compile and self._on_card):
                keep_code(knobs.compiled)
                start_compilers(knobs.compiled)
                if self._on_card:
                    self.compile()
            if knobs.cache:  # around what is compiled: it decides what runs
                self._skip(knobs.cache)
            if knobs.fp8:
                fp8.narrow(parts.transformers)
            self._undo = self._undo.pop_all()

    def compile(self) -> None:
        """Have the repeated blocks compiled when they next run."""
        self._compiled = Compiled(self._transformers, must=self._must_compile)
        self._undo.callback(self._compiled.stop)

    @contextmanager
    def running(self, note: Callable[[str], None]) -> Iterator[None]:
        """The time in which one film is made; `note` is told what it should know of how."""
        with ExitStack() as after:
            if self._on_card:
                # For the few products in fp32; convolutions have it anyway.
                after.callback(
                    torch.set_float32_matmul_precision, torch.get_float32_matmul_precision()
                )
                torch.set_float32_matmul_precision("high")
            if self._cached:
                skipping.forget(self._transformers)
                after.callback(skipping.forget, self._transformers)
            yield
        for sentence in self._told():
            note(sentence)

    def undo(self) -> None:
        """Leave nothing of it, but weights that were narrowed."""
        self._undo.close()

    def _attend(self, device: torch.device, asked: str, *, parallel: bool) -> None:
        _, lost = attention.attend(self._transformers, device, asked, parallel=parallel)
        self._undo.callback(attention.release, self._transformers)
        if lost:
            self._notes.append(lost)

    def _skip(self, cache: str) -> None:
        self._cached = skipping.skip(self._transformers, cache)
        if self._cached:
            self._undo.callback(skipping.stop, self._transformers)
        else:
            self._notes.append("No steps were skipped: these weights cannot.")

    def _told(self) -> Iterator[str]:
        yield from self._notes
        if self._compiled and self._compiled.failed:
            yield "The transformer could not be compiled and ran slower for it."
