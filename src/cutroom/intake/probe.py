"""Looking into files in a child process that has little memory, little time and no network."""

import base64
import json
import logging
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO, Any, Literal, TypeAlias

from pydantic import TypeAdapter, ValidationError

from cutroom.errors import CutroomError, InvalidMedia
from cutroom.fragment import Fragment
from cutroom.intake import probe_child
from cutroom.intake.picture import Picture
from cutroom.media.pieces import Receiver
from cutroom.settings import Settings
from cutroom.types import Clip

MOST_OUTPUT = 2 << 20
"""Bytes that a child may say; a thumbnail is the most it has to."""
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
"""All that a child finds in its environment: what keeps libraries from reserving address space."""
SLICE = 0.25
"""Seconds between two looks at whether anybody still waits."""

_CLIP = TypeAdapter(Clip)
_PICTURE = TypeAdapter(Picture)
_log = logging.getLogger(__name__)


Kind: TypeAlias = Literal["video", "image"]


@dataclass(frozen=True, slots=True)
class Ended:
    """A child's life."""

    code: int | None
    """Its exit status, negative for a signal; None when it was killed for taking too long."""
    said: bytes
    complaint: str
    """The end of what it wrote to its error output."""


class Probe:
    """Tells what a file is by decoding it where that can do no harm."""

    def __init__(self, settings: Settings) -> None:
        self._seconds = settings.probe_timeout
        self._cutting = settings.excerpt_timeout
        self._memory = settings.probe_memory
        self._sandbox = settings.sandbox

    def video(self, path: Path, alive: Callable[[], None]) -> Clip:
        """What a video is. Raises InvalidMedia."""
        try:
            clip = _CLIP.validate_python(self._ask("video", path, alive))
        except ValidationError as error:
            raise CutroomError from error
        return replace(clip, path=path)

    def image(self, path: Path, alive: Callable[[], None]) -> Picture:
        """What an image is. Raises InvalidMedia."""
        try:
            return _PICTURE.validate_python(self._ask("image", path, alive))
        except ValidationError as error:
            raise CutroomError from error

    def thumbnail(self, kind: Kind, path: Path, box: tuple[int, int], moment: float) -> bytes:
        """A JPEG that fits into `box` (width, height), of a video at `moment` seconds. Raises InvalidMedia."""
        wish = (str(box[0]), str(box[1]), repr(moment))
        answer = self._ask(f"thumbnail {kind}", path, lambda: None, *wish)
        try:
            return base64.b64decode(answer["jpeg"], validate=True)
        except (KeyError, ValueError, TypeError) as error:
            raise CutroomError from error

    def excerpt(
        self, path: Path, fragment: Fragment, out: Path, most: int, alive: Callable[[], None]
    ) -> None:
        """Write a stretch of a video, which has an end, to `out`: at most `most` bytes. Raises InvalidMedia."""
        heard, told = os.pipe()
        wish = (str(fragment.start), str(fragment.end), str(told))
        with (
            os.fdopen(heard, "rb") as ours,
            os.fdopen(told, "wb") as its,
            Receiver(out, most) as receiver,
        ):
            self._ask("excerpt", path, alive, *wish, pipe=Pipe(ours, its, receiver.take))

    def _ask(
        self,
        work: str,
        path: Path,
        alive: Callable[[], None],
        *wish: str,
        pipe: "Pipe | None" = None,
    ) -> dict[str, Any]:
        kind = "image" if work.endswith("image") else "video"
        seconds = self._seconds if pipe is None else self._cutting
        command = [
            work,
            os.fspath(path.absolute()),
            str(self._memory),
            str(seconds),
            self._sandbox,
            *wish,
        ]
        ended = _run(command, seconds, alive, pipe)
        if ended.code is None:
            raise InvalidMedia(f"The {kind} takes longer than {seconds:g} s to look through.")
        if not ended.said.startswith(probe_child.READY):
            _log.error("the probe did not start: exit %s, %s", ended.code, ended.complaint)
            raise CutroomError("The probe of files could not start.")
        try:
            answer = json.loads(ended.said.removeprefix(probe_child.READY))
        except ValueError:
            answer = None
        if ended.code != 0 or not isinstance(answer, dict):
            _log.warning("the probe died on a file: exit %s, %s", ended.code, ended.complaint)
            raise InvalidMedia(
                f"The {kind} is damaged or made to do harm: reading it crashed or ran out of memory."
            )
        if "error" in answer:
            raise InvalidMedia(str(answer["error"]))
        return answer


@dataclass(frozen=True, slots=True)
class Pipe:
    """Where a child sends a file."""

    ours: IO[bytes]
    its: IO[bytes]
    """Its end, closed here once the child has it."""
    take: Callable[[bytes], None]
    """Gets what comes."""


def _run(
    options: Sequence[str], seconds: float, alive: Callable[[], None], pipe: Pipe | None
) -> Ended:
    """Let a child work for so long. Kills it when `alive` raises, or who takes what it sends."""
    with subprocess.Popen(  # noqa: S603 - our own script; the path is an argument, not a shell's
        [sys.executable, "-I", probe_child.__file__, *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
        cwd="/",
        pass_fds=[pipe.its.fileno()] if pipe else [],
    ) as child:
        try:
            said, complaint, in_time = _listen(child, seconds, alive, pipe)
            if not in_time:
                child.kill()
            code = child.wait()
        except BaseException:
            child.kill()
            raise
    return Ended(code if in_time else None, said, complaint[-2000:].decode(errors="replace"))


def _listen(
    child: "subprocess.Popen[bytes]", seconds: float, alive: Callable[[], None], pipe: Pipe | None
) -> tuple[bytes, bytes, bool]:
    """What the child says on both outputs, and whether it came to its end in time."""
    said, complaint = bytearray(), bytearray()
    takers: list[tuple[IO[bytes] | None, Callable[[bytes], None]]] = [
        (child.stdout, partial(_keep, said)),
        (child.stderr, partial(_keep, complaint)),
    ]
    if pipe is not None:
        pipe.its.close()
        takers.append((pipe.ours, pipe.take))
    deadline = time.monotonic() + seconds
    in_time = True
    with selectors.DefaultSelector() as selector:
        for source, take in takers:
            assert source is not None
            selector.register(source, selectors.EVENT_READ, take)
        while selector.get_map() and in_time:
            for key, _ in selector.select(SLICE):
                if part := os.read(key.fd, 1 << 18):
                    key.data(part)
                else:
                    selector.unregister(key.fileobj)
            alive()
            in_time = time.monotonic() < deadline
    return bytes(said), bytes(complaint), in_time


def _keep(heard: bytearray, part: bytes) -> None:
    heard += part
    del heard[MOST_OUTPUT:]
