"""The smallest engine: gives the input video back as it is."""

import shutil
import time
from pathlib import Path

from cutroom.engine import Tick
from cutroom.errors import CannotDo
from cutroom.types import Edit


class Echo:
    """Copies the input video, taking `seconds` over it."""

    def __init__(self, seconds: float = 0.0, ticks: int = 10) -> None:
        self._seconds = seconds
        self._ticks = ticks

    def edit(self, edit: Edit, out: Path, tick: Tick) -> None:
        """Write the input video to `out`. Raises CannotDo without one, and what `tick` raises."""
        if edit.video is None:
            raise CannotDo("This engine gives the input video back, and there is none.")
        for step in range(self._ticks):
            tick(step / self._ticks)
            time.sleep(self._seconds / self._ticks)
        shutil.copyfile(edit.video.path, out)
        tick(1.0)
