"""A server of one's own for a while: `cutroom serve` in a child process, on a free port."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from cutroom.errors import Unreachable

_START = 30.0
"""Seconds a server may take until it is ready; 2 are usual."""
_DRAIN = 15.0
"""Seconds it may take to end before it is killed."""


@dataclass(frozen=True, slots=True)
class LocalServer:
    """Where it listens and the environment it runs in."""

    url: str
    environment: Mapping[str, str]
    ready_after: float
    """Seconds from start until /readyz answered 200."""

    def cutroom(self, *words: str) -> str:
        """What a `cutroom` command over the same data prints. Raises Unreachable when it fails."""
        done = subprocess.run(  # noqa: S603  our own program with our own words
            [*_CUTROOM, *words], env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise Unreachable(f"`cutroom {' '.join(words)}` failed: {done.stderr.strip()}")
        return done.stdout.strip()


_CUTROOM = (sys.executable, "-m", "cutroom.cli")


@contextmanager
def local_server(data_dir: Path, **settings: str) -> Iterator[LocalServer]:
    """A server over `data_dir`, ended with the block. `settings` are CUTROOM_* in lower case.

    Raises Unreachable with the end of its log when it does not become ready.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CUTROOM_")},
        **{f"CUTROOM_{name.upper()}": value for name, value in settings.items()},
        "CUTROOM_DATA_DIR": str(data_dir),
    }
    log = data_dir / "serve.log"
    command = [*_CUTROOM, "serve", "--host", "127.0.0.1", "--port", str(port)]
    began = time.monotonic()
    with log.open("wb") as stream:
        process = subprocess.Popen(  # noqa: S603  our own program with our own words
            command,
            env=environment,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _until_ready(process, url, log)
            yield LocalServer(url, environment, time.monotonic() - began)
        finally:
            _end(process)


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end = time.monotonic() + _START
    with httpx.Client(trust_env=False, timeout=2.0) as http:
        while time.monotonic() < end:
            if process.poll() is not None:
                raise Unreachable(f"The server ended at once:\n{_tail(log)}")
            try:
                if http.get(f"{url}/readyz").status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
    raise Unreachable(f"The server was not ready after {_START:.0f} s:\n{_tail(log)}")


def _tail(log: Path, lines: int = 20) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def _end(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM, and SIGKILL for the whole session when that is not enough."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(_DRAIN)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
