"""The forward passes of one step that do not depend on each other: shared out, where there is somebody to share with."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from torch import Tensor

Pass = Callable[[], Tensor]
"""One forward pass: the prediction of one branch of guidance."""


class Sharing(Protocol):
    """Somebody to share passes with."""

    def each(self, passes: Sequence[Pass]) -> list[Tensor]:
        """The predictions of all passes in their order, whoever made them."""


_sharing: ContextVar[Sharing | None] = ContextVar("sharing", default=None)


def each(passes: Sequence[Pass]) -> list[Tensor]:
    """The predictions of all passes, in their order; some may have been made on other cards, and are the same bit for bit.

    All predictions must be of one shape and type, and every process that shares must ask for the same passes.
    """
    sharing = _sharing.get()
    return sharing.each(passes) if sharing else [one() for one in passes]


@contextmanager
def shared(sharing: Sharing) -> Iterator[None]:
    """Within, passes are shared out."""
    token = _sharing.set(sharing)
    try:
        yield
    finally:
        _sharing.reset(token)
