"""What the process that plans is bound by. It opens no file of a stranger, but reads what they wrote."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from cutroom.sandbox import Held, Mode, Room, bind


@dataclass(frozen=True, slots=True)
class Bounds:
    """For the process of one installation."""

    mode: Mode
    private: tuple[Path, ...]
    """What it may not read."""
    planner: str
    """The URL of the chat model that it may ask; empty: nobody."""
    strange: bool
    """Whether engines of others plan in it, of which nobody knows what they need: whom they ask, what they start."""

    def to_text(self) -> str:
        """As `of_text` reads it."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def of_text(cls, text: str) -> Self:
        """What `to_text` wrote."""
        told = json.loads(text)
        return cls(**{**told, "private": tuple(Path(one) for one in told["private"])})

    def bind(self) -> Held:
        """Bind this process. Raises sandbox.Lacking where the network has to be out of reach, and is not."""
        asked = urlsplit(self.planner)
        port = asked.port or (443 if asked.scheme == "https" else 80)
        room = Room(
            reads=(Path("/"),),
            hidden=self.private,
            out=bool(self.planner) or self.strange,
            ports=() if self.strange else (port,),
            programs=self.strange,
        )
        return bind(room, self.mode)
