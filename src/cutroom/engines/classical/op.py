"""What an operation is. One file in `ops/` each; the file's docstring is its documentation."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from cutroom.engine import Tick
from cutroom.media.course import Course
from cutroom.media.sound import Block
from cutroom.types import Clip, Edit

if TYPE_CHECKING:
    from cutroom.engines.classical.air.anchor import Anchor
    from cutroom.engines.classical.planner.instruction import Instruction
    from cutroom.engines.classical.sight import Sight

Pixels: TypeAlias = NDArray[np.uint8]
"""One frame, (height, width, 3), RGB."""

Paint: TypeAlias = Callable[[Pixels, int, float], Pixels]
"""(frame, index, seconds) -> new frame of the same shape.

A pure function: it mutates nothing it was given, does not depend on the order of calls, and may be
called from several threads at once. All randomness comes from (seed, index).
"""


class Stage(IntEnum):
    """The order of ops within a plan: time first, then objects, then the picture as a whole."""

    TIME = 1
    """Another speed, order or number of frames: a pass of its own over the clip."""
    STEADY = 5
    """The camera held still, before anything is placed in the picture."""
    OBJECT = 10
    BACKGROUND = 20
    LIGHT = 30
    WEATHER = 40
    LOOK = 50
    FRAME = 55
    """What part of the picture is shown, and how it lies: crop, zoom, mirror."""
    TEXT = 60


@dataclass(frozen=True, slots=True)
class Scene:
    """All that an op may look at while it prepares."""

    edit: Edit
    clip: Clip
    sight: "Sight"
    """What is where in the clip: computed when first asked for, then remembered."""
    tick: Tick
    seed: int
    anchor: "Anchor | None" = None
    """How the world moves under the camera, where that is known since the scene is drawn."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An op found in an instruction, and the words it accounts for (indexes of Instruction.words).

    A word accounted for by no reading and not mere glue makes the whole instruction a refusal, so
    an op claims exactly the words whose meaning it carries out.
    """

    op: "Op"
    words: frozenset[int]
    weight: float = 1.0
    """Tie-breaker where readings overlap; more words win first, then weight."""
    may: frozenset[int] = frozenset()
    """Words that ask for nothing more beside the op (`BIG FLUFFY snowflakes`): others may claim them."""


class Op(Protocol):
    """One operation with its parameters: a frozen dataclass whose fields are JSON values."""

    name: ClassVar[str]
    """Stable; the `op` of the plan's JSON."""
    stage: ClassVar[Stage]
    # Besides, where a plan from a file or a model must be held to it: `choices`, field -> the values
    # it may have, and `bounds`, field -> (least, most); both ClassVars, both may be left out. And where
    # `read` is the op's own, `hint`, a regular expression without which it finds nothing in
    # `Instruction.text`: ops of which nothing is said are not even imported (`planner/likely.py`).
    examples: ClassVar[tuple[str, ...]]
    """Prompts that come to a plan of this op alone: its tests and its documentation."""

    @classmethod
    def read(cls, said: "Instruction") -> Iterable[Reading]:
        """Every way this op can be read out of the instruction."""

    def say(self) -> str:
        """The op in a few words for the plan shown to people, e.g. `night grade, strong`."""


@runtime_checkable
class Painting(Op, Protocol):
    """An op that paints every frame anew."""

    def prepare(self, scene: Scene) -> Paint:
        """Look at the clip once, then give the function that paints every frame.

        Raises CannotDo, saying what was not found, when the clip does not hold what it needs.
        """


@runtime_checkable
class Sought(Painting, Protocol):
    """An op on one thing that is done in every shot that shows the thing, or not at all."""

    def seek(self, sight: "Sight") -> None:
        """Look for the thing in one shot. Raises CannotDo where that does not show it."""


@runtime_checkable
class Timed(Op, Protocol):
    """An op of `Stage.TIME`: what is shown when, and heard."""

    def course(self, before: Course) -> Course:
        """The course of the clip from what it is before. Raises CannotDo when it cannot be."""

    def sound(self, blocks: Iterator[Block], before: Course) -> Iterator[Block]:
        """The sound that goes with it; nothing where there was none."""


@runtime_checkable
class Framed(Painting, Protocol):
    """An op after which frames have another size."""

    def framed(self, clip: Clip) -> Clip:
        """The clip with the size and pixel aspect that frames have then."""
