"""A contact sheet: clips side by side, four moments of each one below the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from cutroom.media.decode import frames
from cutroom.media.probe import probe
from cutroom.types import Clip

ROWS = ("beginning", "quarter", "middle", "end")

_PAPER = (246, 245, 242)
_INK = (32, 34, 38)
_FAINT = (128, 128, 124)
_GAP = 14
_MARGIN = 26
_LABEL_LINES = 2
_LINE = 28
_TALLEST = 520
"""Most pixels of height for a frame, so that upright videos do not make a tower."""
_FONTS = ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "Arial.ttf", "Helvetica.ttc")


@dataclass(frozen=True, slots=True)
class Column:
    """A clip on the sheet and what stands above it."""

    label: str
    path: Path


def contact_sheet(columns: Sequence[Column], out: Path, width: int = 1600) -> None:
    """Draw the sheet, `width` pixels wide, as PNG or JPEG by the name of `out`."""
    clips = [probe(column.path) for column in columns]
    cell = (width - 2 * _MARGIN - _GAP * (len(columns) - 1)) // len(columns)
    sizes = [_inside(clip, cell) for clip in clips]
    tall = max(height for _, height in sizes)
    font, small = _font(22), _font(15)
    labels = [fitting_lines(column.label, font.getlength, cell) for column in columns]
    head = _MARGIN + max(map(len, labels)) * _LINE + _GAP
    row_height = tall + 24 + _GAP
    sheet = Image.new("RGB", (width, head + len(ROWS) * row_height + _MARGIN - _GAP), _PAPER)
    draw = ImageDraw.Draw(sheet)
    for number, (clip, size) in enumerate(zip(clips, sizes, strict=True)):
        left = _MARGIN + number * (cell + _GAP)
        for line, text in enumerate(labels[number]):
            draw.text((left, _MARGIN + _LINE * line), text, _INK, font)
        for row, (index, pixels) in enumerate(shown_frames(clip, size)):
            top = head + row * row_height
            sheet.paste(Image.fromarray(pixels), (left, top + (tall - size[1]) // 2))
            if number == 0:
                when = f"{ROWS[row]}, {float(index / clip.rate):.1f} s"
                draw.text((left, top + tall + 4), when, _FAINT, small)
    sheet.save(out, quality=88, optimize=True)


def _inside(clip: Clip, cell: int) -> tuple[int, int]:
    """(width, height) of a clip's frames on the sheet: as wide as a cell, unless that is too tall."""
    share = min(cell / clip.width, _TALLEST / clip.height)
    return max(1, round(clip.width * share)), max(1, round(clip.height * share))


def shown_frames(clip: Clip, size: tuple[int, int]) -> list[tuple[int, NDArray[np.uint8]]]:
    """(index, pixels) of a clip at the moments of ROWS, scaled to `size` (width, height)."""
    found = []
    for index in (0, clip.frames // 4, clip.frames // 2, clip.frames - 1):
        frame = next(iter(frames(clip, size=size, start=index, stop=index + 1)))
        found.append((index, frame.pixels))
    return found


def fitting_lines(label: str, length: Callable[[str], float], width: float) -> list[str]:
    """The label in at most two lines of `width` pixels, with an ellipsis where it is longer."""
    lines = [""]
    for word in label.split():
        longer = f"{lines[-1]} {word}".strip()
        if length(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) <= _LABEL_LINES:
        return lines
    last = lines[_LABEL_LINES - 1]
    while last and length(f"{last} ...") > width:
        last = last.rpartition(" ")[0]
    return [*lines[: _LABEL_LINES - 1], f"{last} ..."]


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """A font of the system that knows accents, else the plain one that Pillow carries."""
    for name in _FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)
