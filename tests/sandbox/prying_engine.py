"""Engines that try to get out, and tell how far they came; the prompt says where there is something to be had."""

import json
import os
import stat
import threading
import time
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import numpy as np
from getting_out import tried

from cutroom.engine import Needs
from cutroom.media.film import film

threading.Thread(target=time.sleep, args=(600,), daemon=True).start()  # as libraries do
GREY = np.full((36, 64, 3), 128, np.uint8)


class Untold:
    """Says nothing of what it needs."""

    def edit(self, edit, out, tick):
        there = json.loads(edit.prompt)
        there |= {"work": str(out.parent), "victim": os.getppid()}
        told = tried(there)
        for path in there["private"]:
            try:
                Path(path).read_bytes()
                told[path] = "done"
            except OSError as error:
                told[path] = type(error).__name__
        edit.parts.joinpath("kept").write_bytes(b"x")
        told["environ of its own"] = sorted(os.environ)
        tick.note(json.dumps(told))
        film(out, (64, 36), Fraction(12), 60, lambda *_: GREY, tick, encoding=edit.encoding)


class Content(Untold):
    """Needs nothing, as the classical engine."""

    @staticmethod
    def needs(environment):
        return Needs()


class Calling(Untold):
    """Needs one port of the network."""

    @staticmethod
    def needs(environment):
        return Needs(out=True, ports=(int(environment["CUTROOM_PRYING_PORT"]),))


class Linking(Content):
    """Leaves a link where its signed copy is written, and in the place of its result if the prompt says to what."""

    def edit(self, edit, out, tick):
        there = json.loads(edit.prompt)
        out.with_name(f".{out.name}.signed").symlink_to(there["secret"])
        if "clip" not in there:
            film(out, (64, 36), Fraction(12), 60, lambda *_: GREY, tick, encoding=edit.encoding)
            return
        out.symlink_to(there["clip"])
        for fd in range(3, 64):  # what looks at results in this process is not asked
            with suppress(OSError):
                if stat.S_ISFIFO(os.fstat(fd).st_mode):
                    os.write(fd, b'{"kind": "done", "seconds": 1.0}\n')
        time.sleep(600)
