"""Processes that do not outlive the one that started them."""

import ctypes
import os
import signal
import sys
from contextlib import suppress
from threading import Thread
from typing import BinaryIO

PR_SET_PDEATHSIG = 1


def die_with(parent: int) -> None:
    """Have the kernel kill this process the moment `parent`, which started it, is gone.

    Linux only; elsewhere only the end of stdin tells, see `watch`.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the kernel was told
        os.kill(os.getpid(), signal.SIGKILL)


def take_along() -> None:
    """Have all that this process starts die with it, however it ends; it must lead a group of its own.

    Nothing happens where there is no shell.
    """
    import subprocess  # noqa: PLC0415 - only few that are on a leash start something

    if os.getpgrp() != os.getpid():
        return
    # The other end is open for as long as this process lives; the last thing that hears of it ends all.
    end, _ = os.pipe()
    with suppress(OSError):
        subprocess.Popen(
            ["/bin/sh", "-c", "read -r _; kill -KILL 0"],
            stdin=end,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ).returncode = 0  # nobody is going to wait for it
    os.close(end)


def watch(stream: BinaryIO) -> None:
    """Kill this process when the stream that its parent holds open ends."""

    def wait() -> None:
        # Not through the stream's buffer: its lock, held here for ever, would abort Python's own end.
        while os.read(stream.fileno(), 4096):
            pass
        os.kill(os.getpid(), signal.SIGKILL)

    Thread(target=wait, name="leash", daemon=True).start()
