"""What a worker and its engine's process say to each other.

The worker sends Orders, pickled: the child trusts it, as its environment. After an order perhaps STOP. The child
sends JSON, one message a line, for it may be out of its mind: Stays if it is an engine that does, any number of
Tick, Note, Detail and Frame, then Done or Failed. Whoever says neither has died. It is sent another order only if it
said `again`. The child needs no pydantic, which would be a part of its start.

An engine that makes a long result in segments sends Divided, then Next after each, which the worker answers with
a turn, and At now and then.

What the child prints goes to the log, and in between, where it belongs in that stream, what the worker must
know of it: lines that begin with ASIDE.
"""

import json
import pickle
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import BinaryIO, Literal

from cutroom.engine import Turn
from cutroom.types import Edit, Model

ORDER = b"order\n"
"""Says that an order follows."""
STOP = b"stop\n"
"""Says that nobody wants the result of the last order any more."""
TURN = b"turn\n"
"""Says that the answer to a Next follows."""
ASIDE = b"\0"
"""Begins a line between those that the child prints: a text in JSON that no log may repeat, or nothing: what was
printed for one order ends here."""
LINE = 1 << 20
"""Bytes of a line at most: a child that says more has gone out of its mind."""
PIECE = 500
"""Letters of such a text in one line; what several threads print must not get into it, and at most 4096 bytes
are written to a pipe in one piece."""


@dataclass(frozen=True, slots=True)
class Order:
    """One edit for one engine."""

    edit: Edit
    model: Model
    out: str
    """Path of the file to write; its folder is the engine's for what is temporary."""
    helps: bool = False
    """Whether only segments are to be made of it, and no file."""

    def to_bytes(self) -> bytes:
        """As `received` reads it."""
        return ORDER + pickle.dumps(self)


def answer(turn: Turn) -> bytes:
    """What is to be done next, as `received` reads it."""
    return TURN + pickle.dumps(turn)


def received(stream: BinaryIO) -> Iterator[Order | Turn | None]:
    """The orders on the stream until its end, and turns; None where it says STOP."""
    for line in iter(stream.readline, b""):
        if line in {ORDER, TURN}:
            yield pickle.load(stream)  # noqa: S301 - from our own parent
        elif line == STOP:
            yield None


@dataclass(frozen=True, slots=True)
class Stays:
    """The engine is Resident: what it loads is worth some patience."""

    kind: Literal["stays"] = "stays"


@dataclass(frozen=True, slots=True)
class Tick:
    """So much (0..1) is done."""

    done: float
    kind: Literal["tick"] = "tick"


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence for the caller, about the result."""

    sentence: str
    kind: Literal["note"] = "note"


@dataclass(frozen=True, slots=True)
class Detail:
    """A text for the caller alone, to be kept beside the result under that name."""

    name: str
    text: str
    kind: Literal["detail"] = "detail"


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame of the result to be seen meanwhile."""

    jpeg: str
    """In base64."""
    kind: Literal["frame"] = "frame"


@dataclass(frozen=True, slots=True)
class Divided:
    """A long result has these segments, of frames [first, stop)."""

    mark: str
    """What they are made of: equal ones fit together."""
    spans: tuple[tuple[int, int], ...]
    joins: bool
    """Whether all parts must lie here in the end, for they are joined then."""
    kind: Literal["divided"] = "divided"


@dataclass(frozen=True, slots=True)
class Next:
    """Asks for a segment to make."""

    made: int | None
    """The one that has just been made."""
    kind: Literal["next"] = "next"


@dataclass(frozen=True, slots=True)
class At:
    """So many frames of the segment are made."""

    frames: int
    kind: Literal["at"] = "at"


@dataclass(frozen=True, slots=True)
class Done:
    """The result lies there and can be played."""

    seconds: float
    again: bool = False
    """Whether the process waits for another order; else it ends."""
    kind: Literal["done"] = "done"


@dataclass(frozen=True, slots=True)
class Failed:
    """The engine ended with an error that is an outcome."""

    error_kind: str
    message: str
    again: bool = False
    """As that of Done."""
    kind: Literal["failed"] = "failed"


Message = Stays | Tick | Note | Detail | Frame | Divided | Next | At | Done | Failed


def as_line(message: Message) -> bytes:
    """The message as the child sends it."""
    return json.dumps(asdict(message)).encode() + b"\n"


def asides(*texts: str) -> Iterator[bytes]:
    """The lines that tell what no log may repeat, each short enough to stay in one piece."""
    for text in texts:
        for start in range(0, len(text), PIECE):
            yield ASIDE + json.dumps(text[start : start + PIECE]).encode() + b"\n"
