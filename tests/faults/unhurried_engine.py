"""An engine that gives others the time to help, as long as a test wants it."""

import os
import time
from pathlib import Path

from cutroom.engines.classical.engine import Classical


class Unhurried(Classical):
    """The classical engine; while there is a file `hold` in the data folder, it rests after each frame of a segment."""

    def share(self, edit, out, tick, division):
        super().share(edit, out, tick, Rests(division))


class Rests:
    def __init__(self, division):
        self.division = division
        self.joins = division.joins
        self.begin, self.next = division.begin, division.next
        self.hold = Path(os.environ["CUTROOM_DATA_DIR"], "hold")

    def at(self, frames):
        self.division.at(frames)
        if self.hold.exists():
            time.sleep(1)
