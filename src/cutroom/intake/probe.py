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
from pathlib import Path
from typing import Any, Literal, TypeAlias

from pydantic import TypeAdapter, ValidationError

from cutroom.errors import CutroomError, InvalidMedia
from cutroom.intake import probe_child
from cutroom.intake.picture import Picture
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
        self._memory = settings.probe_memory

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
        answer = self._ask(kind, path, lambda: None, wish)
        try:
            return base64.b64decode(answer["jpeg"], validate=True)
        except (KeyError, ValueError, TypeError) as error:
            raise CutroomError from error

    def _ask(
        self, kind: Kind, path: Path, alive: Callable[[], None], wish: Sequence[str] = ()
    ) -> dict[str, Any]:
        ended = self._run(kind, path, alive, wish)
        if ended.code is None:
            raise InvalidMedia(f"The {kind} takes longer than {self._seconds:g} s to look through.")
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

    def _run(self, kind: str, path: Path, alive: Callable[[], None], wish: Sequence[str]) -> Ended:
        """Let a child look at the file. Kills it when `alive` raises."""
        command = [sys.executable, "-I", probe_child.__file__]
        options = [kind, os.fspath(path.absolute()), str(self._memory), str(self._seconds), *wish]
        with subprocess.Popen(  # noqa: S603 - our own script; the path is an argument, not a shell's
            [*command, *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=ENVIRONMENT,
            cwd="/",
        ) as child:
            try:
                said, complaint, in_time = self._listen(child, alive)
                if not in_time:
                    child.kill()
                code = child.wait()
            except BaseException:
                child.kill()
                raise
        return Ended(code if in_time else None, said, complaint[-2000:].decode(errors="replace"))

    def _listen(
        self, child: "subprocess.Popen[bytes]", alive: Callable[[], None]
    ) -> tuple[bytes, bytes, bool]:
        """What the child says on both outputs, and whether it came to its end in time."""
        heard: dict[str, bytearray] = {"stdout": bytearray(), "stderr": bytearray()}
        deadline = time.monotonic() + self._seconds
        in_time = True
        with selectors.DefaultSelector() as selector:
            for name, pipe in (("stdout", child.stdout), ("stderr", child.stderr)):
                assert pipe is not None
                selector.register(pipe, selectors.EVENT_READ, name)
            while selector.get_map() and in_time:
                for key, _ in selector.select(SLICE):
                    if part := os.read(key.fd, 1 << 16):
                        heard[key.data] += part
                        del heard[key.data][MOST_OUTPUT:]
                    else:
                        selector.unregister(key.fileobj)
                alive()
                in_time = time.monotonic() < deadline
        return bytes(heard["stdout"]), bytes(heard["stderr"]), in_time
