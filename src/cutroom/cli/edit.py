"""`cutroom edit`: a file in, a file out, no server and no key."""

import os
import signal
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click
from click.core import ParameterSource

from cutroom import fragment
from cutroom.catalog import Catalog, load_engine
from cutroom.cli.plans import Planned, plan_of, read, show
from cutroom.cli.progress import Bar, watched
from cutroom.cli.show import bytes_size, json_option, wants_json, write_json
from cutroom.cli.signed import Signing
from cutroom.cli.target import check_target
from cutroom.cli.unfinished import Unfinished, telling
from cutroom.engine import Engine
from cutroom.errors import InvalidParams
from cutroom.fragment import Fragment
from cutroom.media.excerpt import excerpt, shortened
from cutroom.media.probe import probe
from cutroom.types import Clip, Edit, Element, Encoding, Kind, Model

if TYPE_CHECKING:
    from cutroom.settings import Settings

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_MODEL = "kling-video-o3-pro-video-to-video-edit"


@click.command(
    epilog="""
\b
Examples:
  cutroom edit birds.mp4 "make it a snowy night" -o out.mp4
  cutroom edit dog.mp4 "replace the dog with @Image1" --image fox.png
  cutroom edit walk.mp4 "replace the person with @Element1" \\
      --element front.png,left.png,back.png
  cutroom edit long.mp4 "make it a painting" --from 3 --to 12
  cutroom edit birds.mp4 "warmer, with light rain" --plan
  cutroom edit birds.mp4 --with-plan plan.json
"""
)
@click.argument("video", type=_FILE)
@click.argument("prompt", required=False)
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the result goes; default: VIDEO with `-edited` in its name, in this folder.",
)
@click.option(
    "--image",
    "images",
    type=_FILE,
    multiple=True,
    metavar="FILE",
    help="A picture the prompt calls @Image1, @Image2, ...; repeat it.",
)
@click.option(
    "--element",
    "elements",
    multiple=True,
    metavar="FRONT[,SIDE...]",
    help="A character the prompt calls @Element1, ...: its front and up to 3 more angles.",
)
@click.option(
    "--keep-audio/--no-audio",
    default=True,
    show_default=True,
    help="Whether the sound of VIDEO comes along, bit for bit where MP4 can hold it.",
)
@click.option(
    "--from",
    "begin",
    metavar="SECONDS",
    help="Where in VIDEO to begin: only what is between --from and --to is edited; 12.5 or 00:12.5.",
)
@click.option("--to", "end", metavar="SECONDS", help="Where in VIDEO to end; default: its end.")
@click.option("--plan", "plan_only", is_flag=True, help="Say what was understood; edit nothing.")
@click.option(
    "--with-plan",
    "plan_file",
    type=click.File("rb"),
    metavar="FILE",
    help="Carry out a plan as --plan --json tells it, instead of a PROMPT; - reads it from stdin.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**32 - 1),
    help="The same seed gives the same result; default: drawn, and told with --json.",
)
@click.option(
    "--codec",
    type=click.Choice(["h264", "av1", "vp9"]),
    help="Codec of the result; default: CUTROOM_CODEC, else h264.",
)
@click.option(
    "--model",
    default=_MODEL,
    metavar="ID",
    help="A model of the catalog whose engine does the work; default: the editing model.",
)
@click.option("-f", "--force", is_flag=True, help="Write over a file that is there.")
@json_option
@click.pass_context
def edit(
    ctx: click.Context,
    *,
    video: Path,
    prompt: str | None,
    out: Path | None,
    images: tuple[Path, ...],
    elements: tuple[str, ...],
    keep_audio: bool,
    begin: str | None,
    end: str | None,
    plan_only: bool,
    plan_file: BinaryIO | None,
    seed: int | None,
    codec: str | None,
    model: str,
    force: bool,
) -> None:
    """Edit a video file by saying what should change.

    VIDEO keeps its size, frame rate, length and (unless --no-audio) its sound;
    PROMPT says the change. What the engine cannot do it refuses, and says what
    it can; it never passes half an edit off as done. A file of your own has no
    limits of length or size here. A long edit that was stopped goes on when the
    same command is given again.
    """
    if not video.is_file():
        raise InvalidParams(f"{video} is not a file: a pipe or device cannot be read twice.")
    if prompt is None and plan_file is None:
        raise click.UsageError(
            f'Say what should change: cutroom edit {video} "make it a snowy night"'
        )
    if (prompt is None) == (plan_file is None) or (plan_only and plan_file):
        raise click.UsageError("Give a PROMPT, or a plan with --with-plan, and not both.")
    target = out or Path(f"{video.stem}-edited.mp4")
    if not plan_only:
        check_target(video, target, force=force)
    wanted = _edit(
        video,
        prompt,
        images=images,
        elements=tuple(_element(text) for text in elements),
        keep_audio=keep_audio,
        seed=seed or 0,
    )
    if ctx.get_parameter_source("keep_audio") is ParameterSource.DEFAULT:
        # Nobody asked for sound, so a silent video is nothing to remark on.
        wanted = replace(wanted, keep_audio=wanted.video is not None and bool(wanted.video.audio))
    engine, wanted, row = _engine(wanted, model, codec)
    stretch = None
    if wanted.video is not None and (begin or end):
        stretch = fragment.read(f"{begin or ''},{end or ''}").within(wanted.video.duration)
        wanted = replace(wanted, video=shortened(wanted.video, stretch))
    if plan_only:
        show(plan_of(engine, wanted))
        return
    if plan_file:
        engine = Planned(engine, read(plan_file))
    _carry_out(Signing(engine, row, _settings()), wanted, target, seed, stretch)


def _element(text: str) -> Element:
    paths = [Path(part.strip()) for part in text.split(",") if part.strip()]
    if not 1 <= len(paths) <= 4:
        raise click.BadParameter(
            "an element is 1 to 4 pictures: front[,side...]", param_hint="--element"
        )
    for path in paths:
        if not path.is_file():
            raise click.BadParameter(f"File '{path}' does not exist.", param_hint="--element")
    return Element(paths[0], tuple(paths[1:]))


def _edit(
    video: Path,
    prompt: str | None,
    *,
    images: tuple[Path, ...],
    elements: tuple[Element, ...],
    keep_audio: bool,
    seed: int,
) -> Edit:
    if prompt is not None and not prompt.strip():
        raise InvalidParams("The prompt is empty: say what should change.")
    return Edit(
        id=str(uuid.uuid4()),
        model="",
        kind=Kind.EDIT,
        prompt=prompt or "",
        video=probe(video),
        images=images,
        elements=elements,
        keep_audio=keep_audio,
        seed=seed,
    )


def _engine(edit: Edit, model_id: str, codec: str | None) -> tuple[Engine, Edit, Model]:
    """The model's engine, the edit with what settings and catalog add to it, and the model."""
    settings = _settings()
    model = Catalog.load(settings).model(model_id)
    if model.kind is not Kind.EDIT:
        raise InvalidParams(
            f"{model_id} does not edit videos; `cutroom models` lists those that do."
        )
    encoding = settings.encoding if settings else Encoding()
    if codec is not None:
        encoding = replace(encoding, codec=codec)
    return load_engine(model), replace(edit, model=model.id, encoding=encoding), model


def _settings() -> "Settings | None":
    """The settings, or None where no variable sets one: to read what is not there took 0.1 s."""
    if not any(name.startswith("CUTROOM_") for name in os.environ):
        return None
    from cutroom.cli.settings import read_settings  # noqa: PLC0415  it loads pydantic

    return read_settings()


def _carry_out(
    engine: Engine, edit: Edit, target: Path, seed: int | None, stretch: Fragment | None
) -> None:
    """Edit into a file beside `target`, then put it in its place in one step."""
    began = time.monotonic()
    with _sigterm_tidies_up(), Unfinished(target) as work:
        if stretch is not None and edit.video is not None:
            cut = work.folder / "stretch.mp4"
            excerpt(edit.video, stretch, cut)
            edit = replace(
                edit, video=replace(probe(cut), alpha=edit.video.alpha, cut_from=edit.video.path)
            )
        edit = replace(edit, parts=work.parts, seed=work.seed() if seed is None else seed)
        with watched("editing") as bar, telling(bar):
            if stretch is not None:
                bar.note(stretch.told())
            engine.edit(edit, work.out, bar)
        result = replace(probe(work.out), path=target)
        work.out.replace(target)
    _show_result(edit, result, bar, time.monotonic() - began)


@contextmanager
def _sigterm_tidies_up() -> Iterator[None]:
    """Let SIGTERM leave the block as an exception, as Ctrl-C does, instead of ending Python at once."""
    before = signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _show_result(edit: Edit, result: Clip, told: Bar, took: float) -> None:
    if wants_json():
        write_json(
            {
                "result": str(result.path),
                "width": result.width,
                "height": result.height,
                "rate": str(result.rate),
                "frames": result.frames,
                "seconds": float(result.duration),
                "bytes": result.bytes,
                "codec": result.codec,
                "audio": result.audio,
                "seed": edit.seed,
                "took": round(took, 2),
                "notes": told.notes,
                "details": told.details,
            }
        )
        return
    facts = (
        f"{result.width}x{result.height}",
        f"{float(result.rate):.4g} frames/s",
        f"{float(result.duration):.1f} s",
        bytes_size(result.bytes),
        f"in {took:.1f} s",
    )
    click.echo(f"{result.path}  {click.style(', '.join(facts), dim=True)}")
    for note in told.notes:
        click.echo(f"note: {note}", err=True)
    for name, text in told.details.items():
        if name == "request_salt":  # which nobody reads
            continue
        click.echo(f"{name.replace('_', ' ')}: {text}", err=True)
