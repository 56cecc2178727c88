"""Work in windows as long as the card has memory for."""

from collections.abc import Callable
from typing import TypeVar

from cutroom.engine import Tick
from cutroom.engines.diffusion.family import SmallerWindow

T = TypeVar("T")


def windowed(most: int, work: Callable[[int], T], tick: Tick) -> T:
    """What `work` returns, done with windows of at most `most` frames, or of fewer where memory runs out.

    Begins anew with shorter ones, and notes that. Raises what the work raises.
    """
    while True:
        try:
            return work(most)
        except SmallerWindow as smaller:
            if not 1 < smaller.frames < most:
                raise
            tick.note(f"The GPU has memory for {smaller.frames} frames at once, not for {most}.")
            most = smaller.frames
