"""The repeated blocks of transformers, compiled: one compilation serves all of them."""

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch._dynamo.exc import FailOnRecompileLimitHit, TorchDynamoException

from cutroom.errors import EngineFailed

if TYPE_CHECKING:
    from torch import nn

log = logging.getLogger(__name__)


class Compiled:
    """Blocks that run compiled until one of them cannot be; from then on all run as they are.

    It is `compile_repeated_blocks` around each block's `forward` and not around the block itself: hooks on blocks,
    which report progress, cancel, skip or move weights, stay outside of the graph and keep working.
    The first size of a film is compiled for that size; at a second one torch compiles once more, for all sizes.
    """

    def __init__(self, transformers: Sequence["nn.Module"], *, must: bool = False) -> None:
        """`must`: as they are they take more memory than there is. What cannot be compiled then raises EngineFailed.

        Such blocks are compiled in as many pieces as it takes: Wan-Animate-2 asks tensors for the grid of its tokens
        within its attention, and that is the end of a graph.
        """
        self.failed = ""
        """Why they no longer run compiled: how the error begins."""
        self._off, self._must = False, must
        # They come as views, and the compiler would settle for one shape of what they are views of after another.
        ropes = (getattr(transformer, "rope", None) for transformer in transformers)
        self._handles = [one.register_forward_hook(_copied) for one in ropes if one is not None]
        for block in blocks(transformers):
            block.forward = self._guarded(block.forward)

    def stop(self) -> None:
        """Run the blocks as they are, and give the memory of the compiled code back."""
        self._off = True
        for handle in self._handles:
            handle.remove()
        # All of the process's: what another family compiled comes back from the folder on disk.
        torch.compiler.reset()

    def _guarded(self, plain: Callable[..., Any]) -> Callable[..., Any]:
        quick = torch.compile(plain, fullgraph=not self._must)

        def forward(*args: Any, **named: Any) -> Any:  # noqa: ANN401  whatever the block takes and gives
            if not self._off:
                try:
                    return quick(*args, **named)
                except (TorchDynamoException, FailOnRecompileLimitHit) as error:
                    # The first line alone may tell no more than that the backend raised.
                    self.failed = " ".join(str(error).strip().splitlines()[:2])
                    if self._must:
                        raise EngineFailed(
                            f"These weights must be compiled, and cannot be: {self.failed}"
                        ) from error
                    # Nothing has been computed yet: blocks are compiled before they run.
                    self._off = True
                    log.warning("blocks cannot be compiled: %s", self.failed, exc_info=error)
            return plain(*args, **named)

        return forward


def _copied(
    _: "nn.Module", __: object, tables: tuple[torch.Tensor, ...]
) -> tuple[torch.Tensor, ...]:
    return tuple(table.clone() for table in tables)


def blocks(transformers: Sequence["nn.Module"]) -> Iterator["nn.Module"]:
    """The blocks that a transformer is made of, over and over."""
    for transformer in transformers:
        names = transformer._repeated_blocks or ()  # noqa: SLF001  how diffusers' classes say it
        yield from (one for one in transformer.modules() if type(one).__name__ in names)


def start_compilers(folder: Path) -> None:
    """Start the processes that torch compiles in, so that they outlive the edit that needs them first.

    They keep the folder for temporary files and the working folder that they are started with, and this process's are
    an edit's, which are gone after it: the next size of film could not be compiled then.
    """
    here, temporary, folder = Path.cwd(), os.environ.get("TMPDIR"), folder.absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.chdir(folder)
        os.environ["TMPDIR"] = str(folder)
        from torch._inductor.async_compile import AsyncCompile  # noqa: PLC0415  starts some itself

        AsyncCompile.warm_pool()
    except OSError as error:
        log.info("no processes to compile in were started: %s", error)
    finally:
        os.chdir(here)
        os.environ.pop("TMPDIR", None)
        if temporary is not None:
            os.environ["TMPDIR"] = temporary
