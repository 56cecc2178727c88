"""What a worker and its engine's process say to each other: JSON, one message a line.

The worker sends one Order, and perhaps STOP. The child sends any number of Tick and Note,
then Done or Failed. Whoever says neither has died.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

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


Message = Tick | Note | Done | Failed

orders = TypeAdapter(Order)
messages: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="kind")])
