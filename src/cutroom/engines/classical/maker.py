"""What makes the videos of one kind. One module for each kind that is no edit of a clip."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from cutroom.engine import Tick
from cutroom.types import Edit


class Maker(Protocol):
    """Turns edits of one kind into videos; made anew for every edit, without arguments."""

    def plan(self, edit: Edit) -> Mapping[str, Any]:
        """What the prompt comes to, as JSON values. Raises CannotDo as `make` would."""

    def make(self, edit: Edit, out: Path, tick: Tick) -> None:
        """Write the finished MP4 to `out`, or nothing. Raises as `Engine.edit` does."""
