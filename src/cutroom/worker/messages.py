"""What a worker and its engine's process say to each other.

The worker sends one Order, pickled: the child trusts it, as its environment. Then perhaps STOP. The child
sends JSON, one message a line, for it may be out of its mind: any number of Tick, Note and Detail, then Done or
Failed. Whoever says neither has died. The child needs no pydantic, which would be a part of its start.
"""

import json
import pickle
from dataclasses import asdict, dataclass
from typing import BinaryIO, Literal, cast

from cutroom.types import Edit, Model

STOP = b"stop\n"
"""Says that nobody wants the result any more."""


@dataclass(frozen=True, slots=True)
class Order:
    """One edit for one engine."""

    edit: Edit
    model: Model
    out: str
    """Path of the file to write."""

    def to_bytes(self) -> bytes:
        """As `ordered` reads it."""
        return pickle.dumps(self)


def ordered(stream: BinaryIO) -> Order:
    """The order that comes next on the stream. Raises EOFError when none does."""
    return cast("Order", pickle.load(stream))  # noqa: S301 - from our own parent


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
class Done:
    """The result lies there and can be played."""

    seconds: float
    kind: Literal["done"] = "done"


@dataclass(frozen=True, slots=True)
class Failed:
    """The engine ended with an error that is an outcome."""

    error_kind: str
    message: str
    kind: Literal["failed"] = "failed"


Message = Tick | Note | Detail | Done | Failed


def as_line(message: Message) -> bytes:
    """The message as the child sends it."""
    return json.dumps(asdict(message)).encode() + b"\n"
