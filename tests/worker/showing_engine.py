"""An engine that shows frames, as it should, or as one out of its mind."""

import base64
import shutil
import time

import numpy as np

from cutroom.worker.messages import Frame


class Showing:
    """Words of a prompt: `frames`, `odd` (what is no frame), `large`, `endless` (a line)."""

    def edit(self, edit, out, tick):
        for word in edit.prompt.split():
            getattr(self, word)(tick)
        time.sleep(0.3)
        shutil.copyfile(edit.video.path, out)

    def frames(self, tick):
        for level in range(50):
            tick.show(lambda level=level: np.full((1080, 1920, 3), level, np.uint8))
            tick(level / 50)

    def odd(self, tick):
        for made in (None, np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((0, 4, 3))):
            tick._next_frame = 0.0
            tick.show(lambda made=made: made)
        tick._next_frame = 0.0
        tick.show(lambda: 1 / 0)
        tick._next_frame = 0.0

    def large(self, tick):
        for start, size in ((b"\xff\xd8\xff", 700_000), (b"<svg", 10)):
            tick.send(Frame(base64.b64encode(start + bytes(size)).decode()))
        tick.send(Frame("no base64"))

    def endless(self, tick):
        while True:
            tick._channel.write(b"x" * 65536)
