"""`cutroom demo`: the whole way once, through the real API."""

import re
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from cutroom.cli.board import Board
from cutroom.cli.client import Client
from cutroom.cli.local_server import local_server
from cutroom.cli.sheet import Column, contact_sheet
from cutroom.cli.show import json_option, wants_json, write_json
from cutroom.errors import EngineFailed, by_kind
from cutroom.media.probe import probe
from cutroom.sample import birds
from cutroom.types import Status

PROMPTS = (
    "A red bird flies in and lands in-between the two birds on the wire",
    "make it a snowy night",
)
MODEL = "kling-video-o3-pro-video-to-video-edit"
NAMESPACE = "demo"
_CREDIT = "1000"
"""Dollars for the demo; it costs a few."""
_POLL = 0.25
"""Seconds between two looks at the generations."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One prompt of the demo, and where its result goes."""

    prompt: str
    out: Path


@click.command(
    epilog="""
\b
Examples:
  cutroom demo
  cutroom demo --video my.mp4 --prompt "make it black and white" --out tried
"""
)
@click.option(
    "--video",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A clip of your own; default: two birds on a wire, drawn.",
)
@click.option(
    "--prompt",
    "prompts",
    multiple=True,
    metavar="TEXT",
    help="What should change; repeat it for more results.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default="demo-out",
    show_default=True,
    help="Folder for the clips and the picture.",
)
@json_option
def demo(*, video: Path | None, prompts: tuple[str, ...], out: Path) -> None:
    """Try everything: a server, two edits, a picture.

    Starts the API with a worker on a free port and a data folder of its own,
    makes a key, uploads the clip, posts each prompt to /api/ai/queue, shows the
    progress, downloads the results and draws before and after side by side.
    Whatever fails stops it, with the reason.
    """
    out.mkdir(parents=True, exist_ok=True)
    wanted = [
        Wanted(prompt, out / f"{number}-{slug(prompt)}.mp4")
        for number, prompt in enumerate(prompts or PROMPTS, 1)
    ]
    source = video or _drawn(out / "two-birds.mp4")
    _through_the_api(source, wanted)
    for one in wanted:
        compare(source, one.out)
    picture = out / "before-and-after.png"
    columns = [Column("before", source), *(Column(f"“{one.prompt}”", one.out) for one in wanted)]
    contact_sheet(columns, picture)
    _finish(source, wanted, picture)


def slug(prompt: str) -> str:
    """The beginning of a prompt as a file's name: `make-it-a-snowy-night`."""
    words = re.findall(r"\w+", prompt.lower())
    return "-".join(words)[:40].strip("-") or "edit"


def _drawn(path: Path) -> Path:
    _say("drawing", "two birds on a wire, 4 s, 1280x720")
    birds(path)
    return path


def _through_the_api(source: Path, wanted: Sequence[Wanted]) -> None:
    """Serve, make a key, upload, submit, wait, download."""
    # One's own file is welcome whatever its length; a stranger's is not.
    with (
        tempfile.TemporaryDirectory(prefix="cutroom-demo-") as data,
        local_server(Path(data), relax_limits="true") as server,
        Client(server.url, server.cutroom("keys", "create", "--namespace", NAMESPACE)) as client,
    ):
        _say("serving", f"{server.url} (ready after {server.ready_after:.1f} s)")
        server.cutroom("credits", "add", "--namespace", NAMESPACE, _CREDIT)
        url = client.upload(source, NAMESPACE, "media")
        _say("uploaded", url)
        ids = [client.submit(MODEL, one.prompt, url) for one in wanted]
        results = _wait(client, ids, [one.prompt for one in wanted])
        for one, result in zip(wanted, results, strict=True):
            client.download(result, one.out)


def _wait(client: Client, ids: Sequence[str], labels: Sequence[str]) -> list[str]:
    """The result's URL of every generation. Raises what the first that failed ended with."""
    board = Board(labels)
    while True:
        rows = [client.generation(generation_id) for generation_id in ids]
        states = [(Status(row["status"]), float(row.get("progress") or 0.0)) for row in rows]
        board.show(states)
        for (status, _), row, label in zip(states, rows, labels, strict=True):
            if status.final and status is not Status.SUCCEEDED:
                error = by_kind(str(row["error_type"]))
                raise error(f"“{label}” {status.value}: {row['error_message']}")
        if all(status.final for status, _ in states):
            return [str(row["result_url"]) for row in rows]
        time.sleep(_POLL)


def compare(source: Path, result: Path) -> None:
    """See that a result has the size, rate and length of its source. Raises EngineFailed."""
    before, after = probe(source), probe(result)
    for name in ("width", "height", "frames"):
        was, became = getattr(before, name), getattr(after, name)
        if was != became:
            raise EngineFailed(f"{result} has {became} as {name}; the source has {was}.")
    if abs(before.duration - after.duration) > 1 / before.rate:
        lengths = f"{float(after.duration):.3f} s, the source {float(before.duration):.3f} s"
        raise EngineFailed(f"{result} lasts {lengths}.")


def _finish(source: Path, wanted: Sequence[Wanted], picture: Path) -> None:
    if wants_json():
        write_json(
            {
                "picture": str(picture),
                "source": str(source),
                "results": [{"prompt": one.prompt, "file": str(one.out)} for one in wanted],
            }
        )
        return
    for one in wanted:
        click.echo(one.out)
    click.echo(click.style(f"before and after: {picture.absolute()}", bold=True))


def _say(what: str, more: str) -> None:
    click.echo(f"  {click.style(what.ljust(10), dim=True)} {more}", err=True)
