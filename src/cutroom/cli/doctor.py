"""`cutroom doctor`: what this machine has, and what it can do with it."""

import os
import platform
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path

import click
import httpx

from cutroom import __version__
from cutroom.catalog import ENGINES, Catalog, load_engine
from cutroom.cli.engines import engines
from cutroom.cli.exits import Exit
from cutroom.cli.finding import Finding, Mark
from cutroom.cli.settings import read_settings
from cutroom.cli.show import bytes_size, json_option, wants_json, write_json
from cutroom.cli.staff import workers
from cutroom.engine import Silent
from cutroom.errors import CutroomError
from cutroom.media import codecs
from cutroom.media.probe import probe
from cutroom.sample import birds
from cutroom.sandbox.trial import trial
from cutroom.service import Service
from cutroom.settings import Settings
from cutroom.types import Edit, Kind

_LITTLE_MEMORY = 2_000_000_000
_LITTLE_DISK = 2_000_000_000
_MODEL = "kling-video-o3-pro-video-to-video-edit"


@click.command(
    epilog="""
\b
Examples:
  cutroom doctor
  cutroom doctor --json
  cutroom doctor --quick
  cutroom doctor --security
  cutroom doctor --security --only policy --only maze
  cutroom doctor --security --url https://a.example --key KEY --other-key KEY

Exit code 1 when something that cutroom needs is missing, or an attack got
through.
"""
)
@click.option("--quick", is_flag=True, help="Leave out what takes long.")
@click.option("--security", is_flag=True, help="Attack the running server, and say what held.")
@click.option("--url", metavar="URL", help="The server to attack. Default: this installation's.")
@click.option("--key", metavar="KEY", envvar="CUTROOM_KEY", help="A key there, and")
@click.option(
    "--other-key",
    metavar="KEY",
    envvar="CUTROOM_OTHER_KEY",
    help="one of another namespace. Default: two are made for it.",
)
@click.option("--only", multiple=True, metavar="NAME", help="This attack alone; may be repeated.")
@click.option(
    "--log",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A log of the server, searched for secrets.",
)
@click.option(
    "--media",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of hostile files, tried too.",
)
@click.option("--yes", is_flag=True, help="Do not ask before another machine is attacked.")
@json_option
@click.pass_context
def doctor(
    ctx: click.Context,
    *,
    quick: bool,
    security: bool,
    url: str | None,
    key: str | None,
    other_key: str | None,
    only: tuple[str, ...],
    log: tuple[Path, ...],
    media: Path | None,
    yes: bool,
) -> None:
    """Say what this machine has and can do.

    Looks at versions, codecs, cores, memory, engines with the GPU and the weights
    they take, the sandbox, disk, database, storage, the books, workers and the server's port, then edits a short clip to measure speed. Changes nothing
    but the data folder, which it makes if there is none.

    With --security it attacks the running server instead, as two tenants that it
    makes for that, and takes away what it made. It never touches what is others'.
    """
    if security:
        from cutroom.cli import security as attacks  # noqa: PLC0415 - it loads the server's code

        keys = tuple(filter(None, (key, other_key)))
        ctx.exit(attacks.security(attacks.Orders(url, keys, only, log, media, yes, quick)))
    found = []
    for finding in findings(quick=quick):
        found.append(finding)
        if not wants_json():
            _show(finding)
    if wants_json():
        write_json([asdict(finding) for finding in found])
    ctx.exit(Exit.FAILED if any(finding.mark is Mark.BAD for finding in found) else Exit.OK)


def findings(*, quick: bool) -> Iterator[Finding]:
    """Everything there is to say, as it is found."""
    settings = read_settings()
    yield Finding(Mark.OK, "cutroom", f"{__version__}, Python {platform.python_version()}")
    yield Finding(Mark.OK, "libraries", ", ".join(_libraries()))
    yield from _codecs(settings)
    yield _cores()
    yield _memory()
    try:
        yield from engines(settings)
    except CutroomError as error:
        yield Finding(Mark.BAD, "engines", error.message)
    yield _tried("sandbox", lambda: _sandbox(settings))
    yield _tried("data folder", lambda: _disk(settings))
    yield from _database(settings)
    yield _tried("server", lambda: _server(settings))
    if not quick:
        yield _tried("speed", _speed)


def _show(finding: Finding) -> None:
    colour = {Mark.OK: "green", Mark.WARN: "yellow", Mark.BAD: "red"}[finding.mark]
    mark = click.style(finding.mark.value.ljust(4), fg=colour)
    text = click.wrap_text(finding.says, width=60)
    click.echo(f"{mark}  {finding.subject:<12}  " + text.replace("\n", "\n" + 20 * " "))


def _tried(subject: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except (CutroomError, OSError) as error:
        return Finding(Mark.BAD, subject, str(error))


def _libraries() -> Iterator[str]:
    yield f"FFmpeg {codecs.ffmpeg_version()} (PyAV {version('av')})"
    yield f"OpenCV {version('opencv-contrib-python-headless')}"
    yield f"NumPy {version('numpy')}"
    yield f"DBOS {version('dbos')}"


def _codecs(settings: Settings) -> Iterator[Finding]:
    able = [name for name in codecs.RESULTS if codecs.can_encode(name)]
    missing = [name for name in codecs.RESULTS if name not in able]
    if settings.codec not in able:
        says = f"CUTROOM_CODEC is {settings.codec}, which this FFmpeg cannot encode"
        yield Finding(Mark.BAD, "encoders", says)
    else:
        without = f"; not: {', '.join(missing)}" if missing else ""
        yield Finding(Mark.OK, "encoders", ", ".join(able) + without)
    unread = [name for name in codecs.SOURCES if not codecs.can_decode(name)]
    readable = ", ".join(name for name in codecs.SOURCES if name not in unread)
    if unread:
        yield Finding(Mark.WARN, "decoders", f"{readable}; not: {', '.join(unread)}")
    else:
        yield Finding(Mark.OK, "decoders", readable)


def _cores() -> Finding:
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    says = f"{cores}, of a machine with {os.cpu_count()} ({platform.machine()})"
    return Finding(Mark.OK if cores > 1 else Mark.WARN, "cores", says)


def _memory() -> Finding:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = _container_memory()
    size = min(total, limit) if limit else total
    says = bytes_size(size) + (" (this container's limit)" if limit and limit < total else "")
    return Finding(Mark.OK if size >= _LITTLE_MEMORY else Mark.WARN, "memory", says)


def _container_memory() -> int | None:
    """The memory limit of the control group, None without one."""
    try:
        text = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None


def _sandbox(settings: Settings) -> Finding:
    """What binds a process that opens strangers' files, as one of them found when it tried to get out."""
    held = trial(settings.sandbox)
    if held.offline:
        return Finding(Mark.WARN if held.missing else Mark.OK, "sandbox", str(held))
    says = f"{held}; what opens strangers' files can reach the network"
    return Finding(Mark.WARN, "sandbox", says)


def _disk(settings: Settings) -> Finding:
    folder = settings.data_dir
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder):
        free = shutil.disk_usage(folder).free
    says = f"{folder}, writable, {bytes_size(free)} free"
    return Finding(Mark.OK if free >= _LITTLE_DISK else Mark.WARN, "data folder", says)


def _database(settings: Settings) -> Iterator[Finding]:
    """Whether work could be taken, and whether every balance is the sum of what moved it."""
    try:
        service = Service.open(settings)
    except (CutroomError, OSError) as error:
        yield Finding(Mark.BAD, "database", str(error))
        return
    kind = settings.database.partition(":")[0]
    with closing(service):
        why_not = service.ready()
        says = why_not or "a server could take work"
        yield Finding(Mark.WARN if why_not else Mark.OK, "database", f"{kind}, answers; {says}")
        yield _tried("books", lambda: _books(service))
        yield _tried("workers", lambda: workers(service, settings))


def _books(service: Service) -> Finding:
    wrong = service.audit()
    if wrong:
        return Finding(Mark.BAD, "books", "; ".join(wrong))
    return Finding(Mark.OK, "books", "every balance is the sum of its entries")


def _server(settings: Settings) -> Finding:
    url = settings.public_url or f"http://{settings.host}:{settings.port}"
    try:
        answer = httpx.get(f"{url}/readyz", timeout=2.0, trust_env=False)
    except httpx.TransportError:
        return Finding(Mark.OK, "server", f"none at {url}; `cutroom serve` starts one")
    if answer.status_code == httpx.codes.OK:
        return Finding(Mark.OK, "server", f"at {url}, ready")
    return Finding(Mark.WARN, "server", f"at {url}, answers {answer.status_code} to /readyz")


def _speed() -> Finding:
    """Edit half a second of 720p: what a look costs here.

    By the classical engine whichever is set: others would load weights for it, or have it paid for elsewhere.
    """
    settings = read_settings()
    model = replace(Catalog.load(settings).model(_MODEL), engine=ENGINES["classical"], options={})
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "birds.mp4")
        birds(source, seconds=0.5)
        clip = probe(source)
        edit = Edit(
            "doctor", model.id, Kind.EDIT, "make it sepia", video=clip, encoding=settings.encoding
        )
        engine = load_engine(model)
        began = time.perf_counter()
        engine.edit(edit, Path(folder, "result.mp4"), Silent())
        took = time.perf_counter() - began
    says = f"a classical look on 1280x720: {clip.frames / took:.0f} frames a second"
    says += (
        f", {float(clip.duration) / took:.1f} times real time at {float(clip.rate):.0f} frames/s"
    )
    return Finding(Mark.OK, "speed", says)
