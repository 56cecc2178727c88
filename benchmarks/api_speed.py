"""How fast the API takes generations and tells of them, next to a bare route and to Celery over Redis. Prints Markdown.

One server after the other, none with workers, each asked over connections that stay open. Redis
writes every task to disk before it answers (`appendfsync always`), as cutroom's database does.
The peer is left out where `redis-server` or the package `celery[redis]` is missing.
"""

import argparse
import http.client
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from measure import as_installed, machine

from cutroom.cli.local_server import free_port, local_server

KEY = "YOUR_API_KEY"
BODY = json.dumps({
    "model": "kling-video-v2-6-pro-text-to-video",
    "prompt": "a boat on the sea at sunset",
    "duration": 5,
})  # fmt: skip
HEADERS = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
CLIENTS = (1, 4, 16)
Call = tuple[str, str, str | None]
"""Method, path, body."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1600, help="calls for each line (1600)")
    calls = parser.parse_args().calls
    as_installed()
    print(f"{machine()}; {calls} calls a line.\n")
    print("| what | clients | a second | p50 ms | p99 ms |")
    print("| --- | --: | --: | --: | --: |")
    with tempfile.TemporaryDirectory() as folder:
        with peer({}) as url:
            rows("bare Starlette route", url, ("POST", "/bare", BODY), calls)
        if shutil.which("redis-server") and importlib.util.find_spec("celery"):
            with redis(Path(folder)) as broker, peer({"BROKER": broker}) as url:
                one(url, ("POST", "/queue", BODY))
                rows("Celery: enqueue", url, ("POST", "/queue", BODY), calls)
                poll(url, "/queue", "Celery: poll", calls)
        with local_server(Path(folder), workers="0") as server:
            server.cutroom("keys", "create", "--namespace", "alice", "--key", KEY)
            server.cutroom("credits", "add", "--namespace", "alice", "1000000")
            rows("cutroom: enqueue", server.url, ("POST", "/api/ai/queue", BODY), calls)
            poll(server.url, "/api/ai/queue", "cutroom: poll", calls)


def poll(url: str, queue: str, name: str, calls: int) -> None:
    """The lines of looking at one generation that waits."""
    accepted = json.loads(one(url, ("POST", queue, BODY)))
    rows(
        name,
        url,
        ("GET", f"{queue}/{accepted['generations'][0]['generation_id']}", None),
        calls,
    )


def rows(name: str, url: str, call: Call, calls: int) -> None:
    """A line for each number of clients that ask at once."""
    for clients in CLIENTS:
        with ThreadPoolExecutor(clients) as pool:
            began = time.perf_counter()
            parts = pool.map(lambda n: asking(url, call, n), [calls // clients] * clients)
            times = sorted(seconds for part in parts for seconds in part)
            rate = len(times) / (time.perf_counter() - began)
        p50, p99 = (1000 * times[int(len(times) * share)] for share in (0.5, 0.99))
        print(f"| {name} | {clients} | {rate:.0f} | {p50:.1f} | {p99:.1f} |", flush=True)


def asking(url: str, call: Call, times: int) -> list[float]:
    """Seconds that each of some calls over one connection took."""
    ask = connection(url, call)
    ask()  # the connection is made, and caches are filled
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        ask()
        seconds.append(time.perf_counter() - began)
    return seconds


def one(url: str, call: Call) -> bytes:
    """The answer to one call."""
    return connection(url, call)()


def connection(url: str, call: Call) -> Callable[[], bytes]:
    """What makes the call over a connection of its own and returns the answer."""
    method, path, body = call
    http_connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)

    def ask() -> bytes:
        http_connection.request(method, path, body, HEADERS)
        answer = http_connection.getresponse()
        said = answer.read()
        if answer.status != 200:
            sys.exit(f"{method} {path}: {answer.status} {said.decode(errors='replace')}")
        return said

    return ask


@contextmanager
def peer(environment: dict[str, str]) -> Iterator[str]:
    """`peer.py` under uvicorn, as cutroom runs; its base URL."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "peer:app", "--port", str(port)]
    options = ["--http", "h11", "--no-access-log", "--log-level", "warning"]
    with running([*command, *options], port, os.environ | environment):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """A Redis that loses nothing it was told; its URL."""
    port = free_port()
    options = ["--port", str(port), "--dir", str(folder), "--appendonly", "yes", "--save", ""]
    command = ["redis-server", *options, "--appendfsync", "always", "--loglevel", "warning"]
    with running(command, port, dict(os.environ)):
        yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def running(command: list[str], port: int, environment: dict[str, str]) -> Iterator[None]:
    """A program that listens on a port, until the end of the block."""
    here = Path(__file__).parent
    with subprocess.Popen(command, env=environment, cwd=here, stdout=subprocess.DEVNULL) as process:
        try:
            until_it_listens(port)
            yield
        finally:
            process.terminate()


def until_it_listens(port: int) -> None:
    """Wait for a port to be listened on; ends the program after 20 seconds."""
    for _ in range(200):
        connection_ = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        try:
            connection_.connect()
        except OSError:
            time.sleep(0.1)
        else:
            connection_.close()
            return
    sys.exit(f"Nothing listens on port {port}.")


if __name__ == "__main__":
    main()
