"""How one server answers while workers work on the same machine: many who poll, some who listen. Prints Markdown.

The server and its workers are `cutroom serve`; the workers edit a drawn clip without a pause. Every poller asks for a
generation of its own over a connection that stays open, every so many seconds, each beginning at a moment of its own;
every listener holds `/api/events` open. All of them are one other process on the same machine, so what it needs is
taken from the server too.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from measure import as_installed, machine

from cutroom.cli.local_server import LocalServer, local_server
from cutroom.sample import birds

KEY = "YOUR_API_KEY"
MODEL = "kling-video-o3-pro-video-to-video-edit"
HEADERS = {"Authorization": f"Bearer {KEY}"}


@dataclass
class Seen:
    """What came back."""

    polls: list[float] = field(default_factory=list)
    """Seconds that each took."""
    events: int = 0
    errors: list[str] = field(default_factory=list)


def main() -> None:
    """Measure and print."""
    options = parsed()
    as_installed()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clip = folder / "birds.mp4"
        birds(clip, seconds=3, size=(1280, 720), rate=24)
        settings = {"workers": str(options.workers), "relax_limits": "true"}
        if options.database:
            settings["database_url"] = options.database
        (folder / "data").mkdir()
        with local_server(folder / "data", **settings) as server:
            print(f"{machine()}; {options.workers} workers, {options.seconds} s a line,")
            print(f"{'PostgreSQL' if options.database else 'SQLite'}.\n")
            print("| pollers | every s | listeners | polls | p50 ms | p90 ms | p99 ms | longest ms | events heard | errors |")  # fmt: skip
            print("| --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |")
            prepare(server, clip, options)
            for every in options.every:
                seen = asyncio.run(load(server.url, options, every))
                print(line(seen, options, every), flush=True)
                for error in sorted(set(seen.errors))[:5]:
                    print(f"\n{error}", file=sys.stderr)
            ended = sum(row["status"] == "succeeded" for row in rows(server.url))
            print(f"\n{ended} generations were made meanwhile.")


def parsed() -> argparse.Namespace:
    """The options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pollers", type=int, default=500)
    parser.add_argument("--every", type=float, nargs="+", default=[5.0, 2.0], help="seconds between two polls of one")  # fmt: skip
    parser.add_argument("--listeners", type=int, default=90, help="a namespace may have 100")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--database", default="", help="a URL of PostgreSQL; else SQLite")
    return parser.parse_args()


def prepare(server: LocalServer, clip: Path, options: argparse.Namespace) -> None:
    """Queue a generation for every poller, which the workers will have enough of."""
    server.cutroom("keys", "create", "--namespace", "alice", "--key", KEY)
    server.cutroom("credits", "add", "--namespace", "alice", "1000000")
    with httpx.Client(base_url=server.url, headers=HEADERS, timeout=60) as http:
        file = "/api/repos/alice/media/file/main/birds.mp4"
        http.put(file, content=clip.read_bytes()).raise_for_status()
        body = {
            "model": MODEL, "prompt": "make it sepia", "input_video": server.url + file,
            "num_generations": 4,
        }  # fmt: skip
        for _ in range(-(-options.pollers // 4)):
            http.post("/api/ai/queue", json=body).raise_for_status()


def rows(url: str) -> Sequence[dict[str, object]]:
    """The generations that there are."""
    found, page = [], 1
    with httpx.Client(base_url=url, headers=HEADERS, timeout=60) as http:
        while True:
            answer = http.get("/api/ai/generations", params={"page": page, "page_size": 100}).json()
            found += answer["generations"]
            if len(answer["generations"]) < 100:
                return found
            page += 1


async def load(url: str, options: argparse.Namespace, every: float) -> Seen:
    """Poll and listen for as long as was asked."""
    ids = [str(row["generation_id"]) for row in rows(url)]
    seen, until = Seen(), time.monotonic() + options.seconds
    tasks = [
        asyncio.create_task(polling(url, ids[n % len(ids)], every, until, seen))
        for n in range(options.pollers)
    ]
    ears = [asyncio.create_task(listening(url, until, seen)) for _ in range(options.listeners)]
    await asyncio.gather(*tasks)
    for ear in ears:
        ear.cancel()
    await asyncio.gather(*ears, return_exceptions=True)
    return seen


async def polling(url: str, generation: str, every: float, until: float, seen: Seen) -> None:
    """Ask for one generation again and again over one connection; the first round does not count."""
    warm = time.monotonic() + every
    await asyncio.sleep(random.uniform(0, every))  # noqa: S311 - no secret
    host = urlsplit(url).netloc
    asked = f"GET /api/ai/queue/{generation} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {KEY}\r\n\r\n"
    reader, writer = await asyncio.open_connection(*host.split(":"))
    while time.monotonic() < until:
        began = time.perf_counter()
        try:
            writer.write(asked.encode())
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(row.split(b":")[1]) for row in head.split(b"\r\n") if row.lower().startswith(b"content-length"))  # fmt: skip
            body = json.loads(await reader.readexactly(length))
            if not head.startswith(b"HTTP/1.1 200") or body["generation_id"] != generation:
                seen.errors.append(head.split(b"\r\n")[0].decode())
        except (OSError, EOFError, asyncio.IncompleteReadError) as error:
            seen.errors.append(f"poll: {error!r}")
            reader, writer = await asyncio.open_connection(*host.split(":"))
        if time.monotonic() > warm:
            seen.polls.append(time.perf_counter() - began)
        await asyncio.sleep(max(0.0, every - (time.perf_counter() - began)))
    writer.close()


async def listening(url: str, until: float, seen: Seen) -> None:
    """Hold the stream of events open and count what is told."""
    host = urlsplit(url).netloc
    reader, writer = await asyncio.open_connection(*host.split(":"))
    writer.write(f"GET /api/events HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {KEY}\r\n\r\n".encode())  # fmt: skip
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        seen.errors.append(f"listen: {head.split(chr(13).encode())[0].decode()}")
        return
    while time.monotonic() < until:
        told = await reader.readline()
        if not told:
            seen.errors.append("listen: the stream ended")
            return
        seen.events += told.startswith(b"event:")


def line(seen: Seen, options: argparse.Namespace, every: float) -> str:
    """One row of the table."""
    times = sorted(seen.polls)
    shown = [1000 * times[min(len(times) - 1, int(len(times) * share))] for share in (0.5, 0.9, 0.99, 1)]  # fmt: skip
    told = " | ".join(f"{ms:.1f}" for ms in shown)
    return f"| {options.pollers} | {every:g} | {options.listeners} | {len(times)} | {told} | {seen.events} | {len(seen.errors)} |"  # fmt: skip


if __name__ == "__main__":
    main()
