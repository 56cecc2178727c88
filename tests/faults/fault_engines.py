"""An engine that does what its prompt says, to those around it and to itself.

Words of a prompt, one after the other: `sleep:2`, `kill-self`, `kill-worker`, `exit`, `raise`,
`refuse`, `nothing`, `junk`, `deaf:60` (sleeps without a tick). `once:WORD` only in a first attempt.
"""

import os
import shutil
import signal
import time
from pathlib import Path

from cutroom.errors import CannotDo


class Obedient:
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
            case "exit":
                os._exit(0)
            case "raise":
                raise ValueError("a bug")
            case "refuse":
                raise CannotDo("This cannot be done.")
            case "nothing":
                return True
            case "junk":
                out.write_bytes(b"junk" * 1000)
                return True
        return False
