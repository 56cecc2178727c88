"""An engine that does what its prompt says, to those around it and to itself.

Words of a prompt, one after the other: `sleep:2`, `kill-self`, `kill-worker`, `exit`, `raise`,
`refuse`, `nothing`, `junk`, `deaf:60` (sleeps without a tick), `spawn` (a process of its own), `show` (a frame).
`hoard:500` keeps as many megabytes. `once:WORD` only in a first attempt.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from cutroom.engine import Needs
from cutroom.errors import CannotDo, EngineFailed


class Obedient:
    @staticmethod
    def needs(environment):
        """To kill its worker, and to leave marks in the data folder: what no bound engine may."""
        return Needs(bound=False)

    def edit(self, edit, out, tick):
        for given in edit.prompt.split():
            word = given.removeprefix("once:")
            if word != given:
                mark = Path(os.environ["CUTROOM_DATA_DIR"], f"mark-{edit.id}")
                if mark.exists():
                    continue
                mark.touch()
            if self.obey(word, out, tick):
                return
        shutil.copyfile(edit.video.path, out)

    def obey(self, word, out, tick):
        """Whether the result is written, or not to be."""
        name, _, amount = word.partition(":")
        match name:
            case "sleep":
                end = time.monotonic() + float(amount)
                while (left := end - time.monotonic()) > 0:
                    tick(1 - left / float(amount))
                    time.sleep(0.02)
            case "deaf":
                time.sleep(float(amount))
            case "kill-self":
                os.kill(os.getpid(), signal.SIGKILL)
            case "kill-worker":
                os.kill(os.getppid(), signal.SIGKILL)
                time.sleep(60)
            case "hoard":
                self.hoard = [os.urandom(1_000_000) for _ in range(int(amount))]
            case "exit":
                os._exit(0)
            case "raise":
                raise ValueError("a bug")
            case "refuse":
                raise CannotDo("This cannot be done.")
            case "spawn":
                code = "import time; time.sleep(600)"
                tick.note(f"spawned {subprocess.Popen([sys.executable, '-c', code]).pid}")
            case "show":
                tick.show(lambda: np.full((90, 160, 3), 200, np.uint8))
            case "nothing":
                return True
            case "junk":
                out.write_bytes(b"junk" * 1000)
                return True
        return False


class Staying(Obedient):
    """Stays; tells which edit of its life this is, where it works and what it found there.

    `break`: it is not sound any more, and fails; `nag`: a thread of it goes on after the edit.
    """

    def __init__(self, **options):
        self.sound = True
        self.edits = 0

    def edit(self, edit, out, tick):
        self.edits += 1
        found = sorted(path.name for path in Path.cwd().iterdir())
        tick.note(f"edit {self.edits} of {os.getpid()}")
        tick.note(f"in {Path.cwd()} with {found} and {tempfile.gettempdir()}")
        with tempfile.NamedTemporaryFile(delete=False) as left_behind:
            left_behind.write(edit.prompt.encode())
        print(f"asked for {edit.prompt}")
        super().edit(edit, out, tick)

    def obey(self, word, out, tick):
        if word == "break":
            self.sound = False
            raise EngineFailed("CUDA error: an illegal memory access was encountered.")
        return super().obey(word, out, tick)


class Noted(Obedient):
    """Stays; notes in a file that it began, and gives the same clip whatever it is asked; `large` makes that large."""

    def __init__(self, **options):
        self.sound = True

    def edit(self, edit, out, tick):
        with Path(os.environ["FAULTS_STARTS"]).open("a") as starts:
            starts.write(f"{edit.id} {time.time():.3f}\n")
        again = Path(os.environ["FAULTS_STARTS"]).read_text().count(edit.id) > 1
        for given in edit.prompt.split():
            word = given.removeprefix("once:")
            if (word == given or not again) and self.obey(word, out, tick):
                return
        shutil.copyfile(os.environ["FAULTS_CLIP"], out)
        if "large" in edit.prompt.split():
            size = 17 << 20
            with out.open("ab") as file:
                file.write(size.to_bytes(4, "big") + b"free" + bytes(size - 8))
