"""The protocols between the service and whatever turns an edit into a video."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias, runtime_checkable

from cutroom.types import Edit

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

Seen: TypeAlias = "Callable[[], NDArray[np.uint8]]"
"""Makes a frame to be seen: RGB, (height, width, 3), of any size."""


class Tick(Protocol):
    """Report of progress that also raises when cancelled. Call it at least once a second of work."""

    def __call__(self, done: float) -> None:
        """Say that `done` (0..1) of the work is done.

        Raises Cancelled when the caller no longer wants the result; let it pass.
        """

    def note(self, sentence: str) -> None:
        """Tell the caller something about the result, e.g. that HDR was tone-mapped to SDR."""

    def detail(self, name: str, text: str) -> None:
        """Keep a text beside the result for its owner alone, e.g. `enhanced_prompt`; never logged.

        The same name again takes the place of what was told before.
        """

    def show(self, frame: Seen) -> None:
        """Let the caller see a finished frame of the result while the rest is made.

        Say so of as many as there are, from any thread: `frame` is called now and then only, here and at once.
        Whatever it raises does no harm.
        """


class Engine(Protocol):
    """Turns one edit into one video file. Options of the catalog row come to __init__ as keywords."""

    def edit(self, edit: Edit, out: Path, tick: Tick) -> None:
        """Write the finished MP4 to `out`.

        Raises CannotDo when the instruction is beyond this engine (nothing is half done),
        InvalidMedia when a file is at fault, EngineFailed otherwise, and whatever `tick` raises.
        """


@runtime_checkable
class Planning(Protocol):
    """What an engine may offer besides: to say what it understood before it does anything."""

    def plan(self, edit: Edit) -> Mapping[str, Any]:
        """Read the prompt into a plan: a JSON object with `ops`. Raises CannotDo as `edit` would."""


@runtime_checkable
class Following(Protocol):
    """What an engine may offer besides: to carry out a plan instead of reading a prompt."""

    def follow(self, plan: object, edit: Edit, out: Path, tick: Tick) -> None:
        """Write the finished MP4 as a JSON value has it that `plan` gave, or that somebody wrote.

        Raises InvalidParams, saying where it is wrong, for what is no plan of this engine; else as
        `Engine.edit` does.
        """


@runtime_checkable
class Resident(Protocol):
    """What an engine may offer besides: to stay, with all that it loaded, and be given edit after edit.

    Its process lives as long as it is sound and no other engine is asked for. It ticks while it loads, too:
    what does not obey a cancel in time is killed, and has to load again. Temporary files of an edit are gone
    after it; what should last longer has no place in `tempfile.gettempdir()`.
    """

    @property
    def sound(self) -> bool:
        """Whether it may be given another edit; asked after each, however that ended.

        False, after an error of CUDA say, ends its process; the next edit gets a new one. So does any
        exception that is no CutroomError.
        """


@dataclass(frozen=True, slots=True)
class Needs:
    """What an engine needs of the machine besides its libraries, the files of its edits and a folder to work in.

    Its process gets nothing more (docs/11-operations.md, the sandbox).
    """

    out: bool = False
    """Whether it speaks to other machines."""
    ports: tuple[int, ...] = ()
    """TCP ports that it is content with; empty: any."""
    local: bool = False
    """Whether processes of its own speak to each other by sockets."""
    programs: bool = False
    """Whether it starts processes: a compiler, ffmpeg, others like itself."""
    devices: bool = False
    """Whether it uses a GPU, and with it as much memory as it likes."""
    reads: tuple[Path, ...] = ()
    """What it reads: its weights. Of `/` it gets everything but the data folder and what is known to be secret."""
    writes: tuple[Path, ...] = ()
    """Folders in which it leaves what lasts, made if they are not there."""
    bound: bool = True
    """False: nobody can say what it does, and only limits bind it."""


UNTOLD = Needs(programs=True, devices=True, reads=(Path("/"),))
"""What an engine gets that does not say what it needs: no network, no writing outside its work, the rest."""


@runtime_checkable
class Needing(Protocol):
    """What an engine may offer besides: to say what it needs, asked of its class before it is made."""

    @staticmethod
    def needs(environment: Mapping[str, str]) -> Needs:
        """What it needs with these settings: the CUTROOM_* variables of its process."""


class Turn(NamedTuple):
    """What a division says is to be done next."""

    number: int | None
    """The segment to make; None: none just now."""
    over: bool
    """Whether nothing is left to be made here; where the parts are to be joined, all of them lie here then."""
    done: int
    """Frames of the result that are made, besides those of this segment."""


class Division(Protocol):
    """The segments of one long result, made by this process and perhaps by others at the same time."""

    @property
    def joins(self) -> bool:
        """Whether this process is to write the result; else it helps another to."""

    def begin(self, mark: str, spans: Sequence[tuple[int, int]], *, joined: bool) -> None:
        """Say of what frames the segments are. `mark` tells what they are made of: equal ones fit together.

        `joined`: whether all parts must lie here when it is over.
        """

    def next(self, made: int | None) -> Turn:
        """Say which segment has just been made, its part in its place, and hear of another."""

    def at(self, frames: int) -> None:
        """Say how many frames of the segment are made."""


@runtime_checkable
class Dividing(Protocol):
    """What an engine may offer besides: to make the segments of a long result together with other processes.

    What each makes of a segment must be the same to the bit.
    """

    def share(self, edit: Edit, out: Path, tick: Tick, division: Division) -> None:
        """As `Engine.edit`, but make only segments that the division gives, each into its part.

        Where the division does not join, no result is written. What is not made in segments is made as
        by `edit`, and the division never hears of it.
        """


class Silent:
    """A tick that nobody listens to."""

    def __call__(self, done: float) -> None:
        """Do nothing."""

    def note(self, sentence: str) -> None:
        """Do nothing."""

    def detail(self, name: str, text: str) -> None:
        """Do nothing."""

    def show(self, frame: Seen) -> None:
        """Do nothing."""


class Share:
    """A tick whose 0..1 is a stretch of another's."""

    def __init__(self, tick: Tick, start: float, stop: float) -> None:
        self._tick, self._start, self._stop = tick, start, stop

    def __call__(self, done: float) -> None:
        """Report to the other tick."""
        self._tick(self._start + min(max(done, 0.0), 1.0) * (self._stop - self._start))

    def note(self, sentence: str) -> None:
        """Pass the sentence on."""
        self._tick.note(sentence)

    def detail(self, name: str, text: str) -> None:
        """Pass the text on."""
        self._tick.detail(name, text)

    def show(self, frame: Seen) -> None:
        """Pass the frame on."""
        self._tick.show(frame)


class Once:
    """A tick that passes no sentence on twice."""

    def __init__(self, tick: Tick) -> None:
        self._tick = tick
        self._noted: set[str] = set()

    def __call__(self, done: float) -> None:
        """Report to the other tick."""
        self._tick(done)

    def note(self, sentence: str) -> None:
        """Pass the sentence on, the first time."""
        if sentence not in self._noted:
            self._noted.add(sentence)
            self._tick.note(sentence)

    def detail(self, name: str, text: str) -> None:
        """Pass the text on."""
        self._tick.detail(name, text)

    def show(self, frame: Seen) -> None:
        """Pass the frame on."""
        self._tick.show(frame)
