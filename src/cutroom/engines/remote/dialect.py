"""What the engine asks of a protocol, and how a generation stands at the remote server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from cutroom.errors import CutroomError


@dataclass(frozen=True, slots=True)
class Stand:
    """What the server last said of a generation."""

    status: Literal["queued", "processing", "succeeded", "failed", "cancelled", "gone"]
    """`gone`: the server does not know it."""
    progress: float = 0.0
    """0..1, as far as the server tells."""
    url: str = ""
    """Where the result lies."""
    notes: tuple[str, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    """What its engine told besides, for whoever asked alone."""
    error: CutroomError | None = None
    """What it failed with."""


def share(told: object, of: int) -> float:
    """What a server calls progress as 0..1; 0 for what is none, NaN among it."""
    return told / of if isinstance(told, int | float) and 0 <= told <= of else 0.0


class Dialect(Protocol):
    """One edit in the words of one protocol."""

    left: list[str]
    """Addresses of what was put there for it."""

    def check(self) -> None:
        """Raises CannotDo where the server cannot be given all of the edit; sends none of it."""

    def begin(self, attempt: int) -> str:
        """Ask for the generation; its id there. The same attempt is the same generation, where the server knows that."""

    def look(self, generation: str) -> Stand:
        """How it stands."""

    def drop(self, generation: str) -> None:
        """Say that nobody wants it any more, nor what was left; whether that was heard is not waited for."""

    def bring(self, stand: Stand, out: Path) -> None:
        """Put the result into `out`, as whoever asked is promised it."""

    def tidy(self) -> None:
        """Remove what was left with the server."""
