"""The child that opens a file of unknown intent, started as a script of its own: `python -I {file}`.

It gives up what it does not need, loads the codecs, says `ready`, and answers with one JSON object:
the fields of the Clip or Picture, a thumbnail, or `error` with the sentence why not. A stretch of a clip goes
through a pipe, in pieces. It imports little: the parent waits for it at every file.
"""

import base64
import ctypes
import json
import math
import os
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from cutroom.errors import CutroomError
from cutroom.fragment import Fragment
from cutroom.sandbox import Mode, Room, bind

READY = b"ready\n"
"""Said when the libraries are loaded and the file is about to be opened."""
PROCESSORS = 4
"""Processors that the child may use."""

_PR_SET_PDEATHSIG = 1


def confine(
    path: Path, memory: int, seconds: float, threads: int = 1, sandbox: Mode = "auto"
) -> None:
    """Bind this process: that one file to read, memory, time, no writing, few files, no network.

    The parent looks at the clock; of processor time each of so many `threads` may take as much. Raises
    sandbox.Lacking where `sandbox` requires what this system does not have.
    """
    if sys.platform == "linux":
        # A decoder starts a thread for each processor, and each thread takes of the address space.
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[-PROCESSORS:]))
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: math.ceil(seconds * threads) + 1,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 64,
    }
    bind(Room(reads=(path,), limits=limits), sandbox)


def video(path: Path) -> dict[str, Any]:
    """The fields of the Clip."""
    from cutroom.media import probe  # noqa: PLC0415 - codecs are loaded once confined

    return asdict(probe.probe(path))


def image(path: Path) -> dict[str, Any]:
    """The fields of the Picture, after decoding all of it."""
    from cutroom.media import images  # noqa: PLC0415 - codecs are loaded once confined

    height, width = images.load(path).shape[:2]
    return {"width": width, "height": height}


def thumbnail(kind: str, path: Path, width: str, height: str, moment: str) -> dict[str, Any]:
    """The JPEG of a video's moment or of an image, in base64."""
    from cutroom.media import thumbnail as small  # noqa: PLC0415 - codecs are loaded once confined

    box = int(width), int(height)
    made = (
        small.of_video(path, box, float(moment)) if kind == "video" else small.of_image(path, box)
    )
    return {"jpeg": base64.b64encode(made).decode()}


def excerpt(path: Path, start: str, end: str, pipe: str) -> dict[str, Any]:
    """Nothing, after the stretch from `start` to `end` seconds went through the pipe of that number."""
    from cutroom.media import excerpt, pieces, probe  # noqa: PLC0415 - codecs are loaded once confined

    fragment = Fragment(Fraction(start), Fraction(end))
    excerpt.excerpt(probe.probe(path), fragment, pieces.Sender(int(pipe)))
    return {}


def load(work: str) -> Callable[..., dict[str, Any]]:
    """The function for a kind of work, its libraries loaded."""
    match work:
        case "video":
            import cutroom.media.probe  # noqa: PLC0415 - codecs are loaded once confined

            return video
        case "image":
            import cutroom.media.images  # noqa: PLC0415 - codecs are loaded once confined

            return image
        case "excerpt":
            import cutroom.media.excerpt  # noqa: PLC0415 - codecs are loaded once confined

            return excerpt
    os.nice(10)  # generations go first
    import cutroom.media.thumbnail  # noqa: F401, PLC0415 - codecs are loaded once confined

    return partial(thumbnail, work.partition(" ")[2])


def main(work: str, path: str, memory: str, seconds: str, sandbox: Mode, *wish: str) -> None:
    """Answer for one file. `work`: video, image, excerpt, `thumbnail video` or `thumbnail image`."""
    threads = PROCESSORS if work == "excerpt" else 1
    confine(Path(path), int(memory), float(seconds), threads, sandbox)
    do = load(work)
    os.write(1, READY)
    try:
        answer = do(Path(path), *wish)
    except CutroomError as error:
        answer = {"error": error.message}
    except MemoryError:
        kind = "image" if work.endswith("image") else "video"
        answer = {"error": f"Reading the {kind} takes too much memory."}
    os.write(1, json.dumps(answer, default=str).encode())


if __name__ == "__main__":
    main(*sys.argv[1:])  # type: ignore[arg-type]  # from our own parent
