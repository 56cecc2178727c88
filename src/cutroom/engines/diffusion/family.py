"""The nouns between tasks, families and runtime: one shot, the parts of a pipeline, and who makes frames."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from cutroom.errors import EngineFailed

if TYPE_CHECKING:
    from torch import nn

    from cutroom.engine import Tick

Pixels = NDArray[np.uint8]
"""One RGB frame, (height, width, 3)."""
Film = NDArray[np.uint8]
"""RGB frames, (frames, height, width, 3)."""


def halfway(film: Film) -> Pixels:
    """The frame in its middle: what is seen of it while the rest is made."""
    frame: Pixels = film[len(film) // 2]
    return frame


STEP = 4
"""Frames that the weights make together, as one latent frame; the first frame has one by itself."""


@dataclass(frozen=True, slots=True)
class Shot:
    """What one call of a pipeline is to make: so many frames of one size, already fitted to its rules."""

    prompt: str
    """In the model's own wording: no mention is left in it."""
    frames: int
    """4k+1."""
    width: int
    height: int
    seed: int
    negative: str = ""
    video: Film | None = None
    """The frames to edit or to be driven by, at this size and as many; None for what has no source."""
    images: tuple[Pixels, ...] = ()
    """What the model sees in its slots, in their order, each in its own size."""
    first: Pixels | None = None
    """The first frame, at this size."""
    last: Pixels | None = None
    """The last frame, at this size."""
    start: int = 0
    """Where on the timeline of the whole film the first frame stands; a multiple of 4.

    Noise belongs to places on the timeline: two windows have the same noise where they overlap.
    """
    options: Mapping[str, Any] = field(default_factory=dict)
    """What only one family knows."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The networks of a loaded pipeline, for whoever places, watches or speeds them up."""

    transformers: tuple["nn.Module", ...]
    """In the order of the noise they work at: high first."""
    text_encoder: "nn.Module | None"
    vae: "nn.Module"
    others: tuple["nn.Module", ...] = ()
    """Image encoders and the like."""
    compiled: bool = False
    """Whether the transformers must be compiled on a card, whatever the settings say: uncompiled they do not fit."""


class Family(Protocol):
    """A pipeline with its weights loaded. Made as `Class(recipe, folders, machine)`.

    `folders` gives the local folder of each set of weights of the recipe by its id. Weights are loaded
    onto the CPU; `runtime.memory` places them. Reports no progress and looks for no cancelling: hooks
    on its parts do, and their exceptions must pass through it and leave it usable.
    """

    @property
    def parts(self) -> Parts:
        """The networks."""

    def forwards(self, shot: Shot) -> int:
        """How many forward passes of the transformers `make` will take: the measure of progress."""

    def make(self, shot: Shot) -> Film:
        """The frames: as many and as large as the shot says. The same shot makes the same frames.

        It keeps nothing of the shot: what it holds afterwards is what it held before. Inputs of a part belong on
        `runtime.memory.device_of(part)`; its weights may lie elsewhere until it is called.
        Raises CannotDo for what the shot asks of these weights and they cannot do.
        """


class SmallerWindow(EngineFailed):
    """The card has too little memory for so many frames at once, but may have it for fewer.

    Whoever cuts a film into windows cuts it anew, into windows of at most `frames`; to everybody else it is a
    failure like others.
    """

    def __init__(self, message: str, frames: int) -> None:
        super().__init__(message)
        self.frames = frames
        """4k+1, less than were asked for."""


Make = Callable[[Shot, "Tick"], Film]
"""Makes a shot's frames with the memory there is, telling the tick 0..1.

Raises what the tick raises, CannotDo, SmallerWindow, and EngineFailed in words. Whatever it raises, the weights
are sound and the next shot can be made, unless the process itself is broken (see `runtime.residents`).
"""
