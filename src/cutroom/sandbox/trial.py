"""What of the sandbox holds on this machine: told by a process that is bound and tries to get out."""

import json
import logging
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from cutroom.errors import CutroomError
from cutroom.sandbox import Held, Mode

log = logging.getLogger(__name__)

SECONDS = 20
"""Within which a trial is over."""


class Unbound(CutroomError):  # noqa: N818 - says what happened
    """Processes that open strangers' files cannot be kept off the network here, which CUTROOM_SANDBOX=require asks for."""

    kind = "unreachable"


def trial(mode: Mode) -> Held:
    """By what a child is bound here, with what it could still do; nothing about this process changes.

    Raises Unbound where `mode` is `require` and the network stays in reach.
    """
    with (
        TemporaryDirectory(prefix="cutroom-") as folder,
        socket.create_server(("127.0.0.1", 0)) as there,
    ):
        secret = Path(folder, "secret")
        secret.write_text("secret", encoding="ascii")
        port = str(there.getsockname()[1])
        answer = subprocess.run(  # noqa: S603 - our own script
            [sys.executable, "-I", str(Path(__file__).with_name("__main__.py")), mode, str(secret), port],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False,
            env={}, cwd="/",
        )  # fmt: skip
    try:
        told = json.loads(answer.stdout)
    except ValueError:
        why = answer.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise CutroomError(f"The sandbox could not be tried: {''.join(why)}") from None
    if "lacking" in told:
        raise Unbound(f"CUTROOM_SANDBOX is require. {told['lacking']}")
    held = Held(tuple(told["active"]), tuple(told["missing"]), told["offline"])
    return replace(held, missing=(*held.missing, *_broken(told, held)))


def announce(mode: Mode) -> None:
    """Log what the sandbox is on this machine. Raises Unbound as `trial`."""
    held = trial(mode)
    if held.offline:
        log.info("sandbox: %s", held)
    else:
        log.warning("sandbox: %s; what opens strangers' files can reach the network", held)


def _broken(told: dict[str, object], held: Held) -> list[str]:
    """What should hold and does not."""
    broken = []
    if held.offline and told["connected"]:
        broken.append("the network's bounds, which do not hold")
    if told["read"] and any(one.startswith("landlock") for one in held.active):
        broken.append("the bounds of files, which do not hold")
    return broken
