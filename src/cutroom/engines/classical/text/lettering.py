"""Text as pixels: what can be drawn, broken into lines, with a rim that keeps it legible.

The letters are those of the font that OpenCV 5 carries in its wheel (Rubik, with fallbacks for
Greek, Cyrillic, Chinese, Japanese and Korean); no font is looked for on the machine.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Pixels
from cutroom.errors import CannotDo

Colour = tuple[int, int, int]
Floats = NDArray[np.float32]

_MOST = 300
"""Letters that anybody reads off a moving picture."""
_LINE = 1.28
"""Height of a line, in font sizes."""
_WIDE = "\u1100-\u11ff\u2e80-\u303f\u3040-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
_UNIT = re.compile(rf"[{_WIDE}]|[^\s{_WIDE}]+")
_CLOSING = frozenset(
    "\u3001\u3002\uff0c\uff0e\uff01\uff1f\uff1b\uff1a\uff09\u300d\u300f\u3011,.!?;:)]}"
)
"""No line begins with one of these."""


@dataclass(frozen=True)
class Lettering:
    """Text ready to be laid over a frame: colour times cover, and cover."""

    colour: Floats
    """(height, width, 3), 0..255, times its own cover."""
    cover: Floats
    """(height, width, 1), 0..1."""
    edge: int
    """Pixels about the letters that only their rim reaches."""

    def over(self, pixels: Pixels, left: int, top: int, share: float = 1.0) -> Pixels:
        """The frame with the text at (left, top), `share` of it (0..1) seen; a new array.

        What lies outside the text's own box is untouched; what sticks out of the frame is cut.
        """
        painted = pixels.copy()
        height, width = pixels.shape[:2]
        rows = slice(max(top, 0), min(top + self.cover.shape[0], height))
        columns = slice(max(left, 0), min(left + self.cover.shape[1], width))
        if share <= 0 or rows.start >= rows.stop or columns.start >= columns.stop:
            return painted
        own = (
            slice(rows.start - top, rows.stop - top),
            slice(columns.start - left, columns.stop - left),
        )
        under = painted[rows, columns] * (1 - np.float32(share) * self.cover[own])
        laid = under + np.float32(share) * self.colour[own]
        painted[rows, columns] = np.clip(laid + 0.5, 0, 255).astype(np.uint8)
        return painted


def legible(text: str) -> str:
    """The text as it will be drawn: composed, without control characters, blank ends cut.

    Raises CannotDo, naming them, for characters that the font lacks and for scripts that run from
    right to left or join their letters, which it cannot set.
    """
    text = unicodedata.normalize("NFC", text.replace("\\n", "\n").replace("\t", " "))
    text = "\n".join(" ".join(line.split()) for line in text.splitlines()).strip()
    text = "".join(c for c in text if c == "\n" or not unicodedata.category(c).startswith("C"))
    if not text:
        raise CannotDo(
            "There is no text to show: put it in quotes, as in: add the caption “Hello”."
        )
    if len(text) > _MOST:
        raise CannotDo(f"A text may have {_MOST} letters; this one has {len(text)}. Split it.")
    if any(unicodedata.bidirectional(c) in {"R", "AL", "AN"} for c in text):
        raise CannotDo(f"“{text}” runs from right to left, which this engine cannot set.")
    missing = [c for c in dict.fromkeys(text) if c != "\n" and not _drawable(c)]
    if missing:
        raise CannotDo(
            f"The engine's font has no {' '.join(missing)}; leave it out or say it in letters."
        )
    return text


@lru_cache(maxsize=4096)
def _drawable(character: str) -> bool:
    """Whether the font has it: what it lacks it draws as a question mark."""
    if character in "? ":
        return True
    if unicodedata.combining(character):
        return False  # what could be composed was; the rest would stand beside its letter
    return not np.array_equal(_sample(character), _sample("?"))


def _sample(character: str) -> NDArray[np.uint8]:
    canvas = np.zeros((48, 96), np.uint8)
    cv2.putText(canvas, character, (24, 36), (255,), _font(), 24, 400)
    return canvas


def _font() -> "cv2.FontFace":
    """A face of its own for every caller: one may not be shared between threads."""
    return cv2.FontFace("sans")


def broken(text: str, size: float, weight: int, width: float) -> tuple[str, ...]:
    """The text in as few lines as fit in `width` pixels, of about the same length."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        rough = _filled(paragraph, size, weight, width)
        if len(rough) > 1:  # narrow it while it stays as many lines: no last word alone
            low, high = width / len(rough), width
            for _ in range(7):
                middle = (low + high) / 2
                fits = len(_filled(paragraph, size, weight, middle)) <= len(rough)
                low, high = (low, middle) if fits else (middle, high)
            rough = _filled(paragraph, size, weight, high)
        lines += rough
    return tuple(lines)


def _filled(paragraph: str, size: float, weight: int, width: float) -> list[str]:
    """Lines filled one after the other; a word longer than a line is cut."""
    lines: list[str] = []
    line = ""
    at = 0
    for found in _UNIT.finditer(paragraph):
        gap = " " if found.start() > at and line else ""
        at = found.end()
        unit = found.group()
        if _width(line + gap + unit, size, weight) <= width or (line and unit in _CLOSING):
            line += gap + unit
            continue
        if line:
            lines.append(line)
        while len(unit) > 1 and _width(unit, size, weight) > width:
            cut = max(
                1,
                next(
                    n
                    for n in range(len(unit), 0, -1)
                    if n == 1 or _width(unit[:n], size, weight) <= width
                ),
            )
            lines.append(unit[:cut])
            unit = unit[cut:]
        line = unit
    return [*lines, line] if line or not lines else lines


@lru_cache(maxsize=4096)
def _width(text: str, size: float, weight: int) -> float:
    """Pixels that a line of text takes, roughly to its last letter."""
    if not text:
        return 0.0
    measured = cv2.getTextSize((0, 0), text, (0, 0), _font(), round(size), weight)
    return float(measured[2])


def lettered(
    lines: tuple[str, ...], size: float, *, colour: Colour, weight: int, align: float
) -> Lettering:
    """Lines of text with a soft rim; `align` 0 is flush left, 0.5 centred, 1 flush right.

    The rim is black under light letters and white under dark ones, so that they can be read over
    anything. The picture is as large as the letters and the rim about them.
    """
    rim = max(1.0, 0.075 * size)
    edge = int(np.ceil(3 * rim)) + 2
    widths = [_width(line, size, weight) for line in lines]
    height = round(_LINE * size * len(lines)) + 2 * edge
    width = round(max(widths)) + 2 * edge
    ink = np.zeros((height, width), np.uint8)
    for n, (line, wide) in enumerate(zip(lines, widths, strict=True)):
        x = edge + round(align * (max(widths) - wide))
        y = edge + round(_LINE * size * n + 0.98 * size)
        cv2.putText(ink, line, (x, y), (255,), _font(), round(size), weight, 0, (0, width + 4096))
    reach = 2 * round(rim) + 1
    element = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    wide_ink = cv2.GaussianBlur(cv2.dilate(ink, element), (0, 0), max(0.6, 0.55 * rim))
    letters = ink.astype(np.float32)[..., None] / 255
    under = np.maximum(wide_ink.astype(np.float32)[..., None] / 255 * 0.85, 0)
    dark = 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2] < 90
    rim_colour = np.full(3, 255 if dark else 0, np.float32)
    mixed = letters * np.array(colour, np.float32) + (1 - letters) * under * rim_colour
    return Lettering(
        np.asarray(mixed, np.float32),
        np.asarray(letters + (1 - letters) * under, np.float32),
        edge,
    )
