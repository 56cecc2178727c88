"""Engines that stay: one that does what its prompt says, and one that needs what it was made with."""

import logging
import shutil
import sys
from threading import Thread
from time import sleep

from cutroom.errors import CannotDo


class Staying:
    """Words of a prompt: `hold:BYTES` takes memory and fails with it, `flood:WORD` says it
    some thousand times, `say:WORD` into the log and on stdout, `tell:WORD` as a detail, `raise`, and
    `nag:WORD`: a thread of it goes on telling and saying so after the edit."""

    sound = True

    def __init__(self, greeting="hello"):
        self.greeting = greeting

    def edit(self, edit, out, tick):
        tick.note(self.greeting)
        for word in edit.prompt.split():
            name, _, what = word.partition(":")
            match name:
                case "say":
                    logging.getLogger("staying").warning("was told %s", edit.prompt)
                    print(f"half a line about {what}", end="", file=sys.stderr)
                case "tell":
                    tick.detail("enhanced_prompt", f"{what} by candle light\nin the rain")
                    print(f"how about {what} by candle light")
                case "nag":
                    Thread(target=self.nag, args=(what, tick), daemon=True).start()
                case "flood":
                    print(f"all about {what}\n" * 3000)
                case "hold":
                    taken = bytearray(b"x") * int(what)
                    raise CannotDo(f"{len(taken)} bytes are too many.")
                case "raise":
                    raise RuntimeError(edit.prompt)
        shutil.copyfile(edit.video.path, out)

    def nag(self, what, tick):
        for _ in range(200):
            tick.note(what)
            print(f"it goes on about {what}")
            sleep(0.01)


class Unsure(Staying):
    """Cannot say whether it is sound."""

    @property
    def sound(self):
        raise OSError("the device does not answer")
