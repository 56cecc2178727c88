"""Something to be had: sockets that listen, a file that is nobody's business, a process to be hurt."""

import socket
import subprocess
import sys
from contextlib import ExitStack

import pytest


@pytest.fixture(scope="module")
def there(tmp_path_factory):
    """Where to try what, as `getting_out.attempts` takes it; `heard` is what came by UDP."""
    tmp_path = tmp_path_factory.mktemp("there")
    work, outside = tmp_path / "work", tmp_path / "outside"
    work.mkdir()
    outside.mkdir()
    (outside / "removed").write_bytes(b"x")
    secret = outside / "secret"
    secret.write_bytes(b"the secret")
    with ExitStack() as stack:
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.bind(("127.0.0.1", 0))
        abstract = f"cutroom-{tcp.getsockname()[1]}"
        for address in (str(tmp_path / "s"), "\0" + abstract):
            listener = stack.enter_context(socket.socket(socket.AF_UNIX))
            listener.bind(address)
            listener.listen()
        victim = stack.enter_context(
            subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        )
        stack.callback(victim.kill)
        yield {
            "tcp": tcp.getsockname()[1],
            "udp": udp.getsockname()[1],
            "unix": str(tmp_path / "s"),
            "abstract": abstract,
            "secret": str(secret),
            "outside": str(outside),
            "work": str(work),
            "victim": victim.pid,
        }
