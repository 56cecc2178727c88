"""Contact sheets of prompts on clips: what an edit looks like, beginning, middle and end.

One picture for each clip and five prompts: the source in the first row, a prompt in each row below.
With `--motion` the columns are consecutive frames, cropped, to see flicker and jumps. With `--grid` it is one
picture for all: a row for each prompt, a column for each clip, the middle frames.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from cutroom.engine import Silent
from cutroom.engines.classical.engine import Classical
from cutroom.engines.classical.op import Stage
from cutroom.engines.classical.ops import OPS
from cutroom.errors import CannotDo
from cutroom.media.decode import frames
from cutroom.media.encode import Encoder
from cutroom.media.probe import probe
from cutroom.types import Clip, Edit, Element, Encoding, Kind

PROMPTS_A_SHEET = 5
_WIDTH = 1440
_LABEL = 22


def main() -> None:
    """Read the options; edit every clip by every prompt; draw the sheets."""
    given = options().parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    prompts = given.prompts or [op.examples[0] for op in OPS if op.stage >= Stage.LIGHT]
    if given.grid:
        out = given.out / "grid.jpg"
        grid(given, prompts).save(out, quality=88)
        print(out, flush=True)
        return
    for path in given.clips:
        clip = cut(path, given.out, given.seconds, given.start)
        rows = [(path.name, clip), *edited(clip, prompts, given)]
        for number, page in enumerate(pages(rows[1:])):
            drawn = sheet([rows[0], *page], motion=given.motion)
            out = given.out / f"{slug(path.stem)}-{slug(page[0][0])}-{number}.jpg"
            drawn.save(out, quality=88)
            print(out, flush=True)


def options() -> argparse.ArgumentParser:
    """What can be said on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=Path, nargs="+", required=True)
    parser.add_argument(
        "--prompts", nargs="+", help="default: every whole-frame op's first example"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder for sheets and clips")
    parser.add_argument("--image", type=Path, nargs="*", default=[], help="@Image1, @Image2, ...")
    parser.add_argument("--element", type=Path, nargs="*", default=[], help="@Element1, ...")
    parser.add_argument("--seconds", type=float, default=3, help="how much of each clip; default 3")
    parser.add_argument("--start", type=float, default=0, help="from where in each clip")
    parser.add_argument("--motion", action="store_true", help="consecutive frames of the middle")
    parser.add_argument("--grid", action="store_true", help="prompts by clips in one picture")
    return parser


def grid(given: argparse.Namespace, prompts: Sequence[str]) -> Image.Image:
    """The middle frames of every prompt on every clip, the sources in the first row; refusals stay blank."""
    clips = [cut(path, given.out, given.seconds, given.start) for path in given.clips]
    wide = max(160, _WIDTH // len(clips))
    columns = [{"": clip, **dict(edited(clip, prompts, given))} for clip in clips]
    cells = [
        {
            label: fitted(moments(shown, motion=False)[1], wide, motion=False)
            for label, shown in column.items()
        }
        for column in columns
    ]
    tall = max(picture.height for column in cells for picture in column.values()) + _LABEL
    drawn = Image.new("RGB", (wide * len(clips), tall * (1 + len(prompts))), (246, 245, 242))
    draw, font = ImageDraw.Draw(drawn), ImageFont.load_default(15)
    for row, prompt in enumerate(["", *prompts]):
        draw.text((4, row * tall + 2), prompt or "source", (32, 34, 38), font)
        for number, column in enumerate(cells):
            if prompt in column:
                drawn.paste(column[prompt], (number * wide, row * tall + _LABEL))
    return drawn


def cut(path: Path, folder: Path, seconds: float, start: float) -> Clip:
    """A short piece of the clip as a file of its own, nearly without loss, made once."""
    out = folder / f"cut-{slug(path.stem)}-{start:g}-{seconds:g}.mp4"
    if not out.exists():
        clip = probe(path)
        first = min(int(start * clip.rate), clip.frames - 1)
        stop = min(clip.frames, first + max(1, int(seconds * clip.rate)))
        with Encoder(out, clip.width, clip.height, clip.rate, Encoding(crf=8)) as encoder:
            for number, frame in enumerate(frames(clip, start=first, stop=stop)):
                encoder.write(frame.pixels, Fraction(number) / clip.rate)
    return probe(out)


def edited(
    clip: Clip, prompts: Sequence[str], given: argparse.Namespace
) -> Iterator[tuple[str, Clip]]:
    """(prompt, result) for each prompt the engine carries out; refusals go to stderr."""
    edit = Edit(
        id="sheet", model="", kind=Kind.EDIT, prompt="", video=clip, images=tuple(given.image),
        elements=tuple(Element(path) for path in given.element), seed=1,
    )  # fmt: skip
    for prompt in prompts:
        out = given.out / f"{clip.path.stem}-{slug(prompt)}.mp4"
        try:
            Classical().edit(replace(edit, prompt=prompt), out, Silent())
        except CannotDo as refusal:
            print(f"{clip.path.name}, “{prompt}”: {refusal}", file=sys.stderr, flush=True)
            continue
        yield prompt, probe(out)


def pages(rows: Sequence[tuple[str, Clip]]) -> Iterator[Sequence[tuple[str, Clip]]]:
    """The rows by so many as fit a sheet."""
    for at in range(0, len(rows), PROMPTS_A_SHEET):
        yield rows[at : at + PROMPTS_A_SHEET]


def sheet(rows: Sequence[tuple[str, Clip]], *, motion: bool) -> Image.Image:
    """One row of three frames for each clip, under its label."""
    cell = _WIDTH // 3
    pictures = [
        [fitted(p, cell, motion=motion) for p in moments(clip, motion=motion)] for _, clip in rows
    ]
    tall = pictures[0][0].height
    drawn = Image.new("RGB", (_WIDTH, len(rows) * (tall + _LABEL)), (246, 245, 242))
    draw, font = ImageDraw.Draw(drawn), ImageFont.load_default(15)
    for number, ((label, _), row) in enumerate(zip(rows, pictures, strict=True)):
        top = number * (tall + _LABEL)
        draw.text((4, top + 2), label, (32, 34, 38), font)
        for column, picture in enumerate(row):
            drawn.paste(picture, (column * cell, top + _LABEL))
    return drawn


def moments(clip: Clip, *, motion: bool) -> list[NDArray[np.uint8]]:
    """Three frames: the first, middle and last, or three consecutive ones."""
    last, middle = clip.frames - 1, clip.frames // 2
    wanted = (middle, middle + 1, middle + 2) if motion else (0, middle, last)
    return [
        next(iter(frames(clip, start=min(i, last), stop=min(i, last) + 1))).pixels for i in wanted
    ]


def fitted(pixels: NDArray[np.uint8], width: int, *, motion: bool) -> Image.Image:
    """A frame as wide as a column; for motion its middle at full size."""
    picture = Image.fromarray(pixels)
    if motion:
        wide, tall = width, round(width * 0.6)
        left, top = max(0, (picture.width - wide) // 2), max(0, (picture.height - tall) // 2)
        return picture.crop((left, top, left + wide, top + tall))
    share = min(width / picture.width, width * 0.75 / picture.height)
    return picture.resize((round(picture.width * share), round(picture.height * share)))


def slug(text: str) -> str:
    """Text as a file's name."""
    return re.sub(r"\W+", "-", text.lower()).strip("-")[:48]


if __name__ == "__main__":
    main()
