"""The parent's side of the child that makes and reads manifests."""

import base64
import json
import logging
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from cutroom.provenance import child
from cutroom.sandbox import Mode

MEMORY = 1_500_000_000
"""Bytes of memory that it may take; it hashes in pieces of 256 MB, two at a time."""
ENVIRONMENT = {"MALLOC_ARENA_MAX": "2"}
"""What it finds in its environment besides the folder for its temporary files."""
SLICE = 0.25
"""Seconds between two looks at whether anybody still waits."""

log = logging.getLogger(__name__)


class Lost(Exception):  # noqa: N818 - says what happened
    """There is no manifest: the child could not make or read one, took too long or died. Says why, for a log."""


def ask(
    order: Mapping[str, Any],
    files: Iterable[int],
    seconds: float,
    *,
    sandbox: Mode = "auto",
    folder: Path | None = None,
    written: int = 0,
    sign: Callable[[bytes], bytes] | None = None,
    alive: Callable[[], None] = lambda: None,
) -> Mapping[str, Any]:
    """What a child of its own answers to the order, in which the descriptors of `files` are named.

    It may write files of `written` bytes, temporary ones in `folder`, and ask once that something is signed. Raises
    Lost, and what `alive` raises, which is called often.
    """
    words = (sandbox, str(MEMORY), str(seconds), str(written))
    with subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-I", child.__file__, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT | ({"TMPDIR": str(folder.absolute())} if folder else {}),
        cwd="/",
        pass_fds=list(files),
    ) as process:
        talk = _Talk(process, time.monotonic() + seconds, alive)
        try:
            talk.say(order)
            for said in talk.lines():
                if "sign" not in said:
                    return _good(said)
                if sign is None:
                    break
                wanted, sign = sign, None
                talk.say({"signature": _signed(wanted, said["sign"])})
            raise Lost(f"it says what nobody asked, or nothing: {talk.complaint()}")
        finally:
            process.kill()


class _Talk:
    """A conversation in lines, up to a deadline by time.monotonic."""

    def __init__(
        self, process: "subprocess.Popen[bytes]", deadline: float, alive: Callable[[], None]
    ) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._stdin: IO[bytes] = process.stdin
        self._deadline = deadline
        self._alive = alive
        self._complaint = bytearray()
        self._selector = selectors.DefaultSelector()
        self._selector.register(process.stdout, selectors.EVENT_READ, data=True)
        self._selector.register(process.stderr, selectors.EVENT_READ, data=False)

    def say(self, line: Mapping[str, Any]) -> None:
        """Write one line; a child that is gone is noticed when it is listened to."""
        with suppress(BrokenPipeError):
            self._stdin.write(json.dumps(line).encode() + b"\n")
            self._stdin.flush()

    def complaint(self) -> str:
        """The end of what it wrote to its error output."""
        return self._complaint[-500:].decode(errors="replace").strip()

    def lines(self) -> "Iterable[Mapping[str, Any]]":
        """What it says, line by line, after it said that it is ready. Raises Lost."""
        heard, ready = bytearray(), False
        with self._selector:
            while self._selector.get_map():
                for key, _ in self._selector.select(SLICE):
                    part = os.read(key.fd, 1 << 18)
                    if not part:
                        self._selector.unregister(key.fileobj)
                    (heard if key.data else self._complaint).extend(part)
                del self._complaint[:-2000]
                while b"\n" in heard:
                    line, _, rest = bytes(heard).partition(b"\n")
                    heard[:] = rest
                    if ready:
                        yield _understood(line)
                    ready = True
                if len(heard) > child.MOST:
                    raise Lost("it says too much")
                self._alive()
                if time.monotonic() >= self._deadline:
                    raise Lost("it takes too long")


def _understood(line: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise Lost("it speaks in tongues")
    return said


def _good(said: Mapping[str, Any]) -> Mapping[str, Any]:
    if "error" in said:
        raise Lost(str(said["error"]))
    return said


def _signed(sign: Callable[[bytes], bytes], content: object) -> str:
    try:
        wanted = base64.b64decode(str(content), validate=True)
    except ValueError:
        raise Lost("it asks for a signature of nothing") from None
    return base64.b64encode(sign(wanted)).decode()
